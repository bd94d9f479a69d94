package simhost

import (
	"io"

	"slipway/runner/executor/ledger"
)

// file is an open file. It is read from its own place and written at the end.
type file struct {
	by   *process
	node *node
	name string
	at   int
}

var _ ledger.File = (*file)(nil)

func (f *file) Name() string { return f.name }

func (f *file) Close() error { return nil }

func (f *file) Read(b []byte) (int, error) {
	if f.by.dead {
		return 0, errDead
	}
	if f.at >= len(f.node.data) {
		return 0, io.EOF
	}
	n := copy(b, f.node.data[f.at:])
	f.at += n
	return n, nil
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		f.at = int(offset)
	case io.SeekCurrent:
		f.at += int(offset)
	case io.SeekEnd:
		f.at = len(f.node.data) + int(offset)
	}
	return int64(f.at), nil
}

func (f *file) Write(b []byte) (int, error) {
	err := f.by.change("write", f.shown(), func() error {
		f.node.add(b, f.by.now())
		f.by.host.news()
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

func (f *file) Sync() error {
	return f.by.change("sync", f.shown(), func() error {
		f.node.sync()
		return nil
	})
}

// shown is the name in steps, which tells nothing of the number of a new file.
func (f *file) shown() string {
	if isTemp(f.name) {
		return ".new"
	}
	return f.name
}
