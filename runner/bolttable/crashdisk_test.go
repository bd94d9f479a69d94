package bolttable

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
)

// crashDisk keeps files in memory and knows what of them is durable. At every point of every call it offers the moment
// to whoever wants to see what a crash would leave.
type crashDisk struct {
	files map[string]*crashFile
	point func()
	fail  func(call string) error
}

type crashFile struct {
	on      *crashDisk
	durable []byte
	now     []byte
	since   []written // the last sync
}

type written struct {
	at    int
	bytes []byte
}

func newCrashDisk() *crashDisk {
	return &crashDisk{files: map[string]*crashFile{}, point: func() {}, fail: func(string) error { return nil }}
}

func (d *crashDisk) Open(path string) (logFile, error) {
	if err := d.fail("open"); err != nil {
		return nil, err
	}
	if d.files[path] == nil {
		d.files[path] = &crashFile{on: d}
	}
	return d.files[path], nil
}

func (d *crashDisk) SyncNames(string) error {
	d.point()
	return nil
}

func (d *crashDisk) Read(path string) ([]byte, error) {
	if d.files[path] == nil {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return bytes.Clone(d.files[path].now), nil
}

func (d *crashDisk) Remove(path string) error {
	d.point()
	delete(d.files, path)
	return nil
}

func (f *crashFile) WriteAt(b []byte, at int64) (int, error) {
	f.on.point()
	if err := f.on.fail("write"); err != nil {
		return 0, err
	}
	f.now = put(f.now, int(at), b)
	f.since = append(f.since, written{int(at), bytes.Clone(b)})
	f.on.point()
	return len(b), nil
}

func (f *crashFile) Sync() error {
	if err := f.on.fail("sync"); err != nil {
		return err
	}
	f.durable, f.since = bytes.Clone(f.now), nil
	f.on.point()
	return nil
}

func (f *crashFile) Size() (int64, error) { return int64(len(f.now)), nil }
func (f *crashFile) Close() error         { return nil }

func put(file []byte, at int, b []byte) []byte {
	if more := at + len(b) - len(file); more > 0 {
		file = append(file, make([]byte, more)...)
	}
	copy(file[at:], b)
	return file
}

// left is what a crash leaves: of all that was not synced each sector may be there, or not, or half.
func (f *crashFile) left(r *rand.Rand) []byte {
	file, lost := bytes.Clone(f.durable), r.IntN(3)
	for _, w := range f.since {
		for at := 0; at < len(w.bytes); {
			n := min(512-(w.at+at)%512, len(w.bytes)-at)
			if kept := w.bytes[at : at+n]; lost == 0 || lost == 1 && r.IntN(2) == 0 {
				file = put(file, w.at+at, kept[:n-r.IntN(2)*r.IntN(n+1)])
			}
			at += n
		}
	}
	return file
}
