//go:build !windows

package ledger

import "os"

// openShared opens a file to be read while others replace or remove it.
func openShared(path string) (*os.File, error) { return os.Open(path) }
