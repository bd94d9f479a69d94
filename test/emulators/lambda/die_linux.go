package lambda

import "syscall"

// ownGroup puts a process into a group of its own, and ends it when we end, however that comes.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
