package ledger

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"

	"slipway/runner/executor/inuse"
)

// openShared opens a file to be read while others replace or remove it, which the
// os package's way of opening forbids them. They may be about to do so at this
// moment: then it is tried again.
func openShared(path string) (f *os.File, err error) {
	err = inuse.Retry(path, func() error {
		f, err = openOnce(path)
		return err
	})
	return f, err
}

func openOnce(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(long(path))
	if err != nil {
		return nil, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	h, err := windows.CreateFile(name, windows.GENERIC_READ, share, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}
