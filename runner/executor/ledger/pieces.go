package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
)

// Piece is a run of output lines that is reported as one.
type Piece struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// Pieces are those that were cut so far, in order. Half a record, as a power
// cut leaves it, is taken away: its piece was not sent.
func (a Attempt) Pieces() ([]Piece, error) {
	b, err := a.on.ReadFile(a.Path("pieces"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Piece
	for whole := 0; ; {
		n := bytes.IndexByte(b[whole:], '\n')
		var p Piece
		if n < 0 || json.Unmarshal(b[whole:whole+n], &p) != nil {
			if whole < len(b) {
				return all, a.on.Truncate(a.Path("pieces"), int64(whole))
			}
			return all, nil
		}
		all, whole = append(all, p), whole+n+1
	}
}

// Cut records the next piece. When it returns, the record and its lines have
// reached the disk: the piece may be sent, and is the same bytes whoever sends it
// again.
func (a Attempt) Cut(p Piece) error {
	if err := a.syncFile("output"); err != nil {
		return err
	}
	f, err := a.on.Append(a.Path("pieces"), false)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(b, '\n')); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return a.on.SyncDir(a.dir)
}

func (a Attempt) syncFile(name string) error {
	if _, err := a.on.Stat(a.Path(name)); err != nil {
		return err // it must not be made here
	}
	f, err := a.on.Append(a.Path(name), false)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
