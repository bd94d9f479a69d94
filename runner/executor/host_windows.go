package executor

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/ledger"
)

var neededTools = []struct{ name, why string }{
	{"powershell", "scripts are run by it, and attempts are put out of a session's reach by it where that session forbids it otherwise"},
}

var throughSudo [][]string

// homeNames: what a shell from elsewhere has set as HOME may be no path here.
var homeNames = []string{"USERPROFILE", "HOME"}

const shellName = "ComSpec"

// systemName is what the registry calls this Windows, with its build: the name
// alone has not changed since Windows 10.
func systemName() string {
	name, release := "Windows", ""
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Windows NT\CurrentVersion`, registry.QUERY_VALUE)
	if err == nil {
		defer key.Close()
		if text, _, err := key.GetStringValue("ProductName"); err == nil && text != "" {
			name = strings.TrimPrefix(text, "Microsoft ")
		}
		release, _, _ = key.GetStringValue("DisplayVersion")
	}
	v := windows.RtlGetVersion()
	words := []string{name, release, fmt.Sprintf("(%d.%d.%d)", v.MajorVersion, v.MinorVersion, v.BuildNumber)}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// freeBytes is what the user may still write on the disk of dir.
func freeBytes(dir string) int64 {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(path, &free, nil, nil) != nil {
		return 0
	}
	return int64(free)
}

// handDown does nothing: locks belong to one process here, so the child takes
// the lock itself once we have let go.
func handDown(*exec.Cmd, *os.File) {}

func handedDown() *os.File { return nil }

// afterHandDown lets go of the lock and stays until the child has begun, has
// ended, or took too long. Without that the caller would find the lock free and
// the attempt waiting, and would start another process for it.
func (c *call) afterHandDown(a ledger.Attempt, lock *ledger.Lock, gone <-chan struct{}) error {
	lock.Close()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	tooLong := time.After(attempts.Patience)
	for {
		report, err := a.Report(c.now())
		if err != nil || report.Phase != task.Waiting {
			return err
		}
		select {
		case <-look.C:
		case <-gone:
			return nil
		case <-tooLong:
			return nil
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
}

// pipeInformation is FILE_PIPE_LOCAL_INFORMATION.
type pipeInformation struct {
	Kind, Configuration, MostInstances, Instances, InQuota, Readable, OutQuota, Writable, State, End uint32
}

const (
	pipeLocalInformation = 24 // the class of pipeInformation
	pipeIsClosing        = 4
	pipeIsDisconnected   = 1
)

// listenerGone says whether nobody reads what we print any more: where that goes
// into a pipe, the pipe knows.
func listenerGone(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	var info pipeInformation
	var status windows.IO_STATUS_BLOCK
	err := windows.NtQueryInformationFile(windows.Handle(f.Fd()), &status, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), pipeLocalInformation)
	return err == nil && (info.State == pipeIsClosing || info.State == pipeIsDisconnected)
}

// readableByOthers has nothing to do: what is installed inherits the access list
// of the folder above.
func readableByOthers() {}
