package bolttable

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Copy writes the whole table, as it is at one moment, in the form of a file that Open takes. Writes go on meanwhile.
// It needs as much space beside the file as the file has.
func (t *Table) Copy(w io.Writer) error {
	temp, err := os.CreateTemp(filepath.Dir(t.db.Path()), filepath.Base(t.db.Path())+"-copy")
	if err != nil {
		return err
	}
	err = t.copyTo(temp)
	if err == nil {
		_, err = temp.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = io.Copy(w, temp)
	}
	return errors.Join(err, temp.Close(), os.Remove(temp.Name()))
}

// copyTo writes the file, and then does there what the layers above it say.
func (t *Table) copyTo(temp *os.File) error {
	s, err := t.snapshot()
	if err != nil {
		return err
	}
	_, err = s.tx.WriteTo(temp)
	s.close()
	if err != nil {
		return err
	}
	db, err := bbolt.Open(temp.Name(), 0o600, &bbolt.Options{Timeout: lockWait, NoSync: true})
	if err != nil {
		return err
	}
	return errors.Join(absorb(db, t.now(), nil, s.sequence, s.layers.all()...), db.Close())
}
