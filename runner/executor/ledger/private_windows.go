package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// makePrivate makes the folder and those above it. The first that is missing gets
// an access list of its own the moment it is made, and what is made in it inherits
// that: so there is no time in which others could open it. A folder that is there
// keeps what its owner has decided.
func makePrivate(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: windows.ERROR_DIRECTORY}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if _, err := os.Stat(parent); errors.Is(err, fs.ErrNotExist) {
		if err := makePrivate(parent); err != nil {
			return err
		}
	}
	return mkdirPrivate(dir)
}

func mkdirPrivate(dir string) error {
	access, err := ownersOnly()
	if err != nil {
		return fmt.Errorf("the access list for %s: %w", dir, err)
	}
	path, err := windows.UTF16PtrFromString(long(dir))
	if err != nil {
		return err
	}
	with := &windows.SecurityAttributes{SecurityDescriptor: access}
	with.Length = uint32(unsafe.Sizeof(*with))
	err = windows.CreateDirectory(path, with)
	if errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return nil // another call was faster, with the same list
	}
	if err != nil {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	return nil
}

// ownersOnly lets the user of this process, the system and administrators in, and
// nobody else, whatever the folder above would hand down. A folder's list is not
// stronger than an administrator, so there is no point in leaving them out.
func ownersOnly() (*windows.SECURITY_DESCRIPTOR, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	const inherited = "OICI" // by files and folders below
	return windows.SecurityDescriptorFromString(fmt.Sprintf(
		"D:P(A;%[1]s;FA;;;SY)(A;%[1]s;FA;;;BA)(A;%[1]s;FA;;;%[2]s)", inherited, user.User.Sid))
}

// long is the path in the form without a limit of 260 characters, which the os
// package takes by itself.
func long(path string) string {
	full, err := filepath.Abs(path)
	if err != nil || len(full) < 200 || full[1:3] != `:\` {
		return path
	}
	return `\\?\` + full
}
