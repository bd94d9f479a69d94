package ledger

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// createJSON makes the file with its whole content or, when it is there,
// returns fs.ErrExist. A reader sees all of it or nothing: the content is
// synced under another name first and then linked, which is as exclusive as
// O_EXCL and leaves no half-written file after a power cut.
func createJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return CreateDurably(path, b)
}

// CreateDurably makes the file with these bytes, 0600 and on the disk when it
// returns, or returns fs.ErrExist.
func CreateDurably(path string, b []byte) error {
	return place(path, b, os.Link)
}

// ReplaceDurably is CreateDurably that takes the place of what is there.
func ReplaceDurably(path string, b []byte) error {
	return place(path, b, os.Rename)
}

func place(path string, b []byte, into func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = into(f.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// RemoveDurably removes a file so that it does not come back after a power cut.
func RemoveDurably(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
