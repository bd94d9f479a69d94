package pretendhosts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folder is a host's memory on disk:
//
//	ledger.log         the attempts in the order they began, and the stops
//	packages/<sha256>  delivered packages, empty files
//	payload.log        one line for each payload that ran
//
// It outlives a kill of the server, which is what it is for. Nothing in it is
// synced: a power cut may take what was begun last, and then the host has
// neither heard of it nor run it.
type folder struct {
	dir    string
	ledger ledger
	ran    *os.File // payload.log; nil before the first payload
}

func newFolder(dir string) *folder {
	return &folder{dir: dir, ledger: ledger{dir: dir}}
}

// run writes the attempt's line into payload.log. Its place and its bytes follow
// from the ledger: to write it twice, even from two processes at once, changes
// nothing.
func (f *folder) run(a *attempt) error {
	if f.ran == nil {
		var err error
		if f.ran, err = os.OpenFile(filepath.Join(f.dir, "payload.log"), os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return err
		}
	}
	_, err := f.ran.WriteAt([]byte(a.logged()), a.place)
	return err
}

func (f *folder) payloads() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(f.dir, "payload.log"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for line := range strings.Lines(string(text)) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		ids = append(ids, id)
	}
	return ids, nil
}

func (f *folder) keep(sum string) error {
	name := f.packageFile(sum)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, nil, 0o600)
}

func (f *folder) holds(sum string) bool {
	_, err := os.Stat(f.packageFile(sum))
	return err == nil
}

func (f *folder) packageFile(sum string) string {
	return filepath.Join(f.dir, "packages", filepath.Base(sum))
}
