package keyfilesecrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"slipway/runner/secrets"
)

// file is the key file's form.
type file struct {
	Format  int    `json:"format"`
	Note    string `json:"note"`
	Public  []byte `json:"public"`
	Private []byte `json:"private"`
}

const note = "Opens every secret this server has sealed. Keep a copy apart from the backups of the data folder."

// Create makes a key pair and writes it to a new file that only its owner may
// read. A file that is there is never overwritten: its secrets would be lost.
func Create(path string, rand io.Reader) (*Keeper, error) {
	private, err := secrets.NewPrivate(rand)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	public, err := private.Public()
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	text, err := json.MarshalIndent(file{1, note, public[:], private[:]}, "", "  ")
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("key file %s: %w, and is kept: without it no secret could be opened", path, fs.ErrExist)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, errors.Join(err, os.Remove(path)))
	}
	return &Keeper{&Sealer{public, rand}, private}, nil
}

// Load reads a key file. One that others may read is refused.
func Load(path string, rand io.Reader) (*Keeper, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	defer f.Close()
	if err := private(path, f); err != nil {
		return nil, err
	}
	var k file
	if err := json.NewDecoder(f).Decode(&k); err != nil {
		return nil, fmt.Errorf("key file %s is no key file: bring back the copy you kept", path)
	}
	return k.keeper(path, rand)
}

func (k file) keeper(path string, rand io.Reader) (*Keeper, error) {
	if k.Format != 1 {
		return nil, fmt.Errorf("key file %s has format %d, this slipway knows 1", path, k.Format)
	}
	if len(k.Public) != 32 || len(k.Private) != 32 {
		return nil, fmt.Errorf("key file %s holds no whole key: bring back the copy you kept", path)
	}
	private := secrets.Private(k.Private)
	public, err := private.Public()
	if err != nil || public != secrets.Public(k.Public) {
		return nil, fmt.Errorf("key file %s: its two halves do not belong together; bring back the copy you kept", path)
	}
	return &Keeper{&Sealer{public, rand}, private}, nil
}

// private refuses a file that others may read or change. On Windows the mode
// says nothing about that.
func private(path string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("key file %s may be read by others (mode %04o): it opens every secret; run `chmod 600 %s`", path, mode, path)
	}
	return nil
}
