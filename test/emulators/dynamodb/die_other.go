//go:build !linux

package dynamodb

import "syscall"

// dieWithParent can do nothing here: an emulator that nobody stopped stays.
func dieWithParent() *syscall.SysProcAttr { return nil }
