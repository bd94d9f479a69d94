//go:build !windows

package executor

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"slipway/runner/executor/ledger"
)

var neededTools = []struct{ name, why string }{
	{"bash", "scripts are run by it"},
	{"base64", "scripts use it to set output variables"},
}

var throughSudo = [][]string{
	{"cp", "--version"}, {"mv", "--version"}, {"rm", "--version"}, {"nginx", "-v"}, {"systemctl", "--version"}, {"journalctl", "--version"},
}

var homeNames = []string{"HOME", "USERPROFILE"}

const shellName = "SHELL"

// systemName is the distribution's own name for itself.
func systemName() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return runtime.GOOS
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"'`)
		}
	}
	return runtime.GOOS
}

// freeBytes is what an ordinary user may still write on the disk of dir.
func freeBytes(dir string) int64 {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return 0
	}
	return int64(fs.Bavail) * int64(fs.Bsize)
}

// detach gives the child a session of its own, so that no hang-up or
// interrupt meant for our connection reaches it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// handDown lets the child have the held lock as its file 3.
func handDown(cmd *exec.Cmd, lock *os.File) { cmd.ExtraFiles = []*os.File{lock} }

// handedDown takes file 3, and keeps it from our own children: a lock that a
// daemon inherited would never be freed.
func handedDown() *os.File {
	unix.CloseOnExec(3)
	return os.NewFile(3, "lock")
}

// startDetached begins a process that belongs to no session.
func startDetached(cmd *exec.Cmd, _ string) error { return cmd.Start() }

// afterHandDown has nothing to wait for: the child has the lock from its start.
func (c *call) afterHandDown(ledger.Attempt, *ledger.Lock, <-chan struct{}) error { return nil }

// sayInto has nothing to do: what a detached process says goes into its file.
func (c *call) sayInto() error { return nil }

// listenerGone says whether nobody reads what we print any more. Without it
// an attach to a silent attempt would outlive its connection for hours.
func listenerGone(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	poll := []unix.PollFd{{Fd: int32(f.Fd())}}
	_, err := unix.Poll(poll, 0)
	return err == nil && poll[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0
}

// readableByOthers makes what we install readable for the web server, whatever
// the login's own mask is; private files are created private.
func readableByOthers() { unix.Umask(0o022) }
