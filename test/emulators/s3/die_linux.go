package s3

import "syscall"

// dyingWithUs has the kernel end the server when the tests end, however they end.
func dyingWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
