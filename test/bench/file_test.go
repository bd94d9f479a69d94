package bench

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// newSyncedFile returns what writes a record to a file and waits until the disk has it. The file has its length before,
// which is the fastest there is; at its end it begins anew.
func newSyncedFile(b *testing.B) (write func()) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "floor")
	const record, all = 1 << 10, 1 << 20
	must(b, os.WriteFile(path, make([]byte, all), 0o600))
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_DSYNC, 0)
	must(b, err)
	b.Cleanup(func() { must(b, f.Close()) })
	at := int64(0)
	return func() {
		_, err := f.WriteAt(make([]byte, record), at)
		must(b, err)
		at = (at + record) % all
	}
}
