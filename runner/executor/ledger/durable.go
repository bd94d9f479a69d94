package ledger

import (
	"encoding/json"
	"path/filepath"
)

// createJSON makes the file with its whole content or, when it is there,
// returns fs.ErrExist. A reader sees all of it or nothing: the content is
// synced under another name first and then linked, which is as exclusive as
// O_EXCL and leaves no half-written file after a power cut.
func createJSON(on Machine, path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return place(on, path, b, on.Link)
}

// CreateDurably makes the file with these bytes, 0600 and on the disk when it
// returns, or returns fs.ErrExist.
func CreateDurably(path string, b []byte) error {
	return place(system{}, path, b, system{}.Link)
}

// ReplaceDurably is CreateDurably that takes the place of what is there.
func ReplaceDurably(path string, b []byte) error { return replace(system{}, path, b) }

func replace(on Machine, path string, b []byte) error { return place(on, path, b, on.Rename) }

func place(on Machine, path string, b []byte, into func(from, to string) error) error {
	f, err := on.Temp(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer on.Remove(f.Name())
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
	return on.SyncDir(filepath.Dir(path))
}

// RenameDurably gives a file whose bytes are synced its last name.
func RenameDurably(from, to string) error {
	if err := (system{}).Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// RemoveDurably removes a file so that it does not come back after a power cut.
func RemoveDurably(path string) error { return remove(system{}, path) }

func remove(on Machine, path string) error {
	if err := on.Remove(path); err != nil {
		return err
	}
	return on.SyncDir(filepath.Dir(path))
}
