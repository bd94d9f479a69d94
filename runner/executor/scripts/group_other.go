//go:build !linux && !windows

package scripts

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
