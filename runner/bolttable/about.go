package bolttable

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// The format is the version of the layout, which older programs refuse if it is newer. A file that was closed is
// complete in itself, as it was before there was a log; while it has one, a program must know of it.
const (
	formatClosed = "1"
	formatLogged = "2"
)

var (
	bucketItems    = []byte("items")    // partition NUL sort → record
	bucketExpiries = []byte("expiries") // second, then the key in items → nothing
	bucketAbout    = []byte("about")
	keyFormat      = []byte("format")
	keyLog         = []byte("log") // id of the log and the last sequence that the file contains
)

// mark says which log belongs to a bolt file, and up to where the file has it.
type mark struct {
	id       logID
	sequence uint64
}

// prepare makes the buckets of a new file and refuses a file of another format. A file that was not closed has a mark.
func prepare(db *bbolt.DB, path string) (*mark, error) {
	var format string
	var at *mark
	err := db.View(func(tx *bbolt.Tx) error {
		about := tx.Bucket(bucketAbout)
		if about == nil {
			return nil
		}
		format = string(about.Get(keyFormat))
		var err error
		at, err = readMark(about, path)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case format == "":
		return nil, db.Update(makeBuckets)
	case format == formatClosed:
		return nil, nil
	case format == formatLogged && at != nil:
		return at, nil
	}
	return nil, fmt.Errorf("%s has the data format %s, this program knows %s and %s: use the newer program, or restore a backup made before it",
		path, format, formatClosed, formatLogged)
}

func makeBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketItems, bucketExpiries, bucketAbout} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return putMark(tx, nil)
}

func readMark(about *bbolt.Bucket, path string) (*mark, error) {
	b := about.Get(keyLog)
	if b == nil {
		return nil, nil
	}
	if len(b) != len(logID{})+8 {
		return nil, fmt.Errorf("%s does not say which log is its own: restore the folder from a backup", path)
	}
	return &mark{logID(b[:len(logID{})]), binary.BigEndian.Uint64(b[len(logID{}):])}, nil
}

// putMark says in the file that it belongs to a log, or to none.
func putMark(tx *bbolt.Tx, at *mark) error {
	about := tx.Bucket(bucketAbout)
	if at == nil {
		if err := about.Delete(keyLog); err != nil {
			return err
		}
		return about.Put(keyFormat, []byte(formatClosed))
	}
	if err := about.Put(keyLog, binary.BigEndian.AppendUint64(at.id[:], at.sequence)); err != nil {
		return err
	}
	return about.Put(keyFormat, []byte(formatLogged))
}
