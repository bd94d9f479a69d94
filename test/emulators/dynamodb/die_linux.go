package dynamodb

import "syscall"

// dieWithParent ends the emulator when the process that started it ends, however it ends.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
