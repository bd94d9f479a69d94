//go:build !windows

package conventions

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a new file the owner of the one it replaces, where we may.
func keepOwner(to *os.File, was fs.FileInfo) {
	if s, ok := was.Sys().(*syscall.Stat_t); ok {
		to.Chown(int(s.Uid), int(s.Gid))
	}
}
