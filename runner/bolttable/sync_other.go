//go:build !linux

package bolttable

import "os"

func syncData(f *os.File) error { return f.Sync() }
