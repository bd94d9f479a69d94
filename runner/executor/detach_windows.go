package executor

import (
	_ "embed" // the script that starts a process by way of WMI
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
)

// detach gives the child a console of its own without a window, in which its
// scripts can be asked to end, and takes it out of the job of the session that
// called us: OpenSSH ends that job with the session.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
	if _, letsGo := sessionsJob(); letsGo {
		cmd.SysProcAttr.CreationFlags |= windows.CREATE_BREAKAWAY_FROM_JOB
	}
}

// sessionsJob says whether the job we are in ends its processes when it is closed,
// and whether it lets them leave. Without a job nothing is ended and all may leave.
// Jobs around ours cannot be asked; they show when the child is started.
func sessionsJob() (ends, letsGo bool) {
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	const ours = windows.Handle(0)
	if windows.QueryInformationJobObject(ours, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)), nil) != nil {
		return false, true
	}
	flags := limits.BasicLimitInformation.LimitFlags
	const leave = windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK | windows.JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK
	return flags&windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE != 0, flags&leave != 0
}

// startDetached begins a process outside of the session's job. Where the job
// forbids that, WMI starts it, which is in no job of ours. A process that we feed
// through a pipe cannot be started so; it stays, and ends with the session: that
// is a listener, and whoever listens asks again.
func startDetached(cmd *exec.Cmd, log string) error {
	if cmd.Stdin != nil {
		return cmd.Start()
	}
	if ends, letsGo := sessionsJob(); ends && !letsGo {
		return startByWMI(cmd, log)
	}
	err := cmd.Start()
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) { // a job around the job
		return startByWMI(cmd, log)
	}
	return err
}

//go:embed outside.ps1
var outside string

// Names by which the script and the process it starts are told what to do: so no
// text has to be quoted for anybody.
const (
	commandLine = "SLIPWAY_COMMAND"
	startFolder = "SLIPWAY_FOLDER"
	wordsGoTo   = "SLIPWAY_WORDS"
)

func startByWMI(cmd *exec.Cmd, log string) error {
	words := make([]string, len(cmd.Args))
	for i, arg := range cmd.Args {
		words[i] = syscall.EscapeArg(arg)
	}
	shell := exec.Command("powershell.exe", "-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand", encoded(outside))
	shell.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	shell.Env = append(cmd.Env, commandLine+"="+strings.Join(words, " "), startFolder+"="+cmd.Dir, wordsGoTo+"="+log)
	out, err := shell.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the session forbids processes that outlive it, and WMI did not start one either: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// encoded is a script as -EncodedCommand takes it.
func encoded(script string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// sayInto has what this process says, also of its crash, go into the file that
// WMI could not give it.
func (c *call) sayInto() error {
	log, ok := c.env(wordsGoTo)
	if !ok {
		return nil
	}
	os.Unsetenv(wordsGoTo)
	f, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	os.Stderr, c.stderr = f, f
	return windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(f.Fd()))
}
