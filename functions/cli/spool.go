package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// keep writes an upload to a file, hashing it on the way, and says whose fault it
// is where that does not work.
func keep(file *os.File, from io.Reader, most int64) (delivery, error) {
	hash := sha256.New()
	if most > 0 {
		from = io.LimitReader(from, most+1)
	}
	size, err := io.Copy(io.MultiWriter(spooled{file}, hash), marked{from})
	if err != nil {
		return delivery{}, err
	}
	if most > 0 && size > most {
		return delivery{}, &tooLargeError{most}
	}
	return delivery{content: file, size: size, sha256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// spooled marks the errors of our own disk among those of the connection.
type spooled struct{ file *os.File }

func (s spooled) Write(b []byte) (int, error) {
	n, err := s.file.Write(b)
	if err != nil {
		err = &spoolError{err}
	}
	return n, err
}

// spoolError is an upload that could not be kept.
type spoolError struct{ err error }

func (e *spoolError) Error() string { return e.err.Error() }
func (e *spoolError) Unwrap() error { return e.err }

// marked marks the errors of the connection.
type marked struct{ from io.Reader }

func (m marked) Read(b []byte) (int, error) {
	n, err := m.from.Read(b)
	if err != nil && err != io.EOF {
		err = &cutShortError{err}
	}
	return n, err
}

// cutShortError is an upload that did not come in whole.
type cutShortError struct{ err error }

func (e *cutShortError) Error() string {
	return fmt.Sprintf("the upload did not come in whole (%s): send it again", e.err)
}
func (e *cutShortError) Unwrap() error { return e.err }

// tooLargeError is an upload that the relay was told not to take.
type tooLargeError struct{ most int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the relay takes uploads of at most %d bytes: start it with a larger --max-size", e.most)
}
