package setup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/keyfilesecrets"
)

// DataFormat is the newest form of a data folder that this program reads, and the one it writes. Since 2 small pieces
// of output lie in the table; a program that knows only 1 would show a log without them.
const DataFormat = 2

// Init makes a data folder: its format, and the key that seals secrets. A
// folder that holds anything already is refused, by name of what was found.
func Init(dir string, random io.Reader) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return pipelines.Refuse(pipelines.Conflict, "%s holds data already (%s): choose an empty folder, or start `slipway serve --data %s`", dir, found(entries), dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := keyfilesecrets.Create(filepath.Join(dir, "key"), random); err != nil {
		return err
	}
	return writeFormat(dir)
}

// writeFormat says that from now on the folder is as this program writes it. It is one digit over another, so a crash
// leaves the one or the other.
func writeFormat(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "format"), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, DataFormat)
	return errors.Join(err, f.Sync(), f.Close())
}

func found(entries []fs.DirEntry) string {
	names := make([]string, 0, 3)
	for _, e := range entries[:min(len(entries), 3)] {
		names = append(names, e.Name())
	}
	if len(entries) > 3 {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// checkFormat refuses a folder that is none of ours or newer than we are.
func checkFormat(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "format"))
	if errors.Is(err, fs.ErrNotExist) {
		return pipelines.Refuse(pipelines.NotFound, "%s is no data folder of slipway: make one with `slipway init --data %s`", dir, dir)
	}
	if err != nil {
		return err
	}
	format, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return fmt.Errorf("%s says nothing of a format: %q", filepath.Join(dir, "format"), b)
	}
	if format > DataFormat {
		return pipelines.Refuse(pipelines.Unavailable, "%s has format %d, this program understands up to %d: use the newer program", dir, format, DataFormat)
	}
	return nil
}
