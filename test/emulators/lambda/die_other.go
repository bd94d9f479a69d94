//go:build !linux

package lambda

import "syscall"

// ownGroup puts a process into a group of its own; if we are killed, it stays.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
