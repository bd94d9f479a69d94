//go:build !windows

package ledger

import "os"

// makePrivate makes the folder and those above it, for its owner only.
func makePrivate(dir string) error { return os.MkdirAll(dir, 0o700) }
