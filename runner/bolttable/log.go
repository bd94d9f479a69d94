package bolttable

import (
	"errors"
	"fmt"
	"path/filepath"
)

// The files of the log stand beside the bolt file and are used in turns: while what one holds is brought into the bolt
// file, the other takes records.
const (
	suffixLog1 = "-log1"
	suffixLog2 = "-log2"
)

// A file of the log is lengthened by zeros ahead of its records: a sync that has no new length to note is twice as fast.
const (
	leastZeros = 256 << 10
	mostZeros  = 4 << 20
)

// zeros are only read, and so they take no memory: the system has one such page for all.
var zeros [mostZeros]byte

// log is the log while a table is written to. It is used by one goroutine at a time.
type log struct {
	disk     disk
	paths    [2]string
	id       logID
	sequence uint64 // of the newest record
	files    [2]logFile
	zeroed   [2]int64 // how long the files are
	active   int      // the file that takes records
	end      int64    // of its records
	// broken is why nobody knows what the active file ends with. It takes no more until the bolt file has all before.
	broken error
}

func newLog(on disk, table string) *log {
	return &log{disk: on, paths: [2]string{table + suffixLog1, table + suffixLog2}}
}

func (l *log) open() bool { return l.files[0] != nil }

// begin makes the files.
func (l *log) begin(id logID) error {
	var files [2]logFile
	var sizes [2]int64
	for i, path := range l.paths {
		f, err := l.disk.Open(path)
		if err == nil {
			files[i] = f
			sizes[i], err = f.Size()
		}
		if err != nil {
			return errors.Join(fmt.Errorf("open the log: %w", err), closeAll(files))
		}
	}
	if err := l.disk.SyncNames(filepath.Dir(l.paths[0])); err != nil {
		return errors.Join(fmt.Errorf("open the log: %w", err), closeAll(files))
	}
	l.id, l.files, l.zeroed, l.active, l.end, l.broken = id, files, sizes, 0, 0, nil
	return nil
}

// append writes one record, which is durable when it returns nil. The first frameHead bytes of b are free for its head.
func (l *log) append(b []byte) error {
	b = seal(b, l.id, l.sequence+1)
	if err := l.write(b); err != nil {
		l.broken = fmt.Errorf("write %s: %w", l.paths[l.active], err)
		return l.broken
	}
	l.sequence++
	l.end += int64(len(b))
	return nil
}

func (l *log) write(b []byte) error {
	f := l.files[l.active]
	if end := l.end + int64(len(b)); end > l.zeroed[l.active] {
		more := max(leastZeros, min(end, mostZeros))
		if _, err := f.WriteAt(zeros[:more], end); err != nil {
			return err
		}
		l.zeroed[l.active] = end + more
	}
	if _, err := f.WriteAt(b, l.end); err != nil {
		return err
	}
	return f.Sync()
}

// turn has the other file take the next records, whose content the bolt file has.
func (l *log) turn() {
	l.active = 1 - l.active
	l.end = 0
}

// burn passes over the sequence of a record that may or may not be in the log.
func (l *log) burn() { l.sequence++ }

// remove ends the log, of which nothing is needed any more. Files that are left behind by a crash or an error harm
// nobody: their id is of the past.
func (l *log) remove() error {
	return errors.Join(l.close(), l.disk.Remove(l.paths[0]), l.disk.Remove(l.paths[1]))
}

// close lets go of the files and leaves them as they are.
func (l *log) close() error {
	files := l.files
	l.files = [2]logFile{}
	return closeAll(files)
}

// contents reads both files. A missing one is an error: somebody has copied the bolt file alone.
func (l *log) contents() ([]logContent, error) {
	var contents []logContent
	for _, path := range l.paths {
		b, err := l.disk.Read(path)
		if err != nil {
			return nil, err
		}
		contents = append(contents, logContent{path, b})
	}
	return contents, nil
}

func closeAll(files [2]logFile) error {
	var errs []error
	for _, f := range files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
