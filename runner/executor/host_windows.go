package executor

import (
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

var neededTools []struct{ name, why string }

var throughSudo [][]string

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

// detach keeps the child free of our console and its signals.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}

// handDown does nothing: locks belong to one process here, so the child takes
// the lock itself once we have let go.
func handDown(*exec.Cmd, *os.File) {}

func handedDown() *os.File { return nil }

func listenerGone(io.Writer) bool { return false }

func readableByOthers() {}
