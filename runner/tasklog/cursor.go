package tasklog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"slices"

	"slipway/pipelines"
)

// Cursor is a place in the output of a deployment, to be kept and handed back
// as it is. "" is the beginning. It grows by some ten bytes an attempt.
type Cursor string

// place is a Cursor opened: for each attempt the last line before it. Hosts
// write at the same time and their clocks differ, so no single number could
// promise that what is written later comes after the cursor.
type place map[source]int64

// source stands for a task's attempt: six bytes of hash, enough for thousands.
type source [6]byte

func sourceOf(c chunk) source {
	sum := sha256.Sum256([]byte(c.task + "/" + c.attempt))
	return source(sum[:6])
}

const cursorFormat = 1

func (p place) cursor() Cursor {
	text := []byte{cursorFormat}
	for _, s := range slices.SortedFunc(maps.Keys(p), func(a, b source) int { return slices.Compare(a[:], b[:]) }) {
		if p[s] > 0 {
			text = append(text, s[:]...)
			text = binary.AppendUvarint(text, uint64(p[s]))
		}
	}
	if len(text) == 1 {
		return ""
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(text))
}

func (c Cursor) place() (place, error) {
	p := place{}
	if c == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || len(text) == 0 || text[0] != cursorFormat {
		return nil, errCursor()
	}
	for text = text[1:]; len(text) > 0; {
		if len(text) < 7 {
			return nil, errCursor()
		}
		s := source(text[:6])
		seq, n := binary.Uvarint(text[6:])
		if n <= 0 || seq > 1<<62 {
			return nil, errCursor()
		}
		p[s] = int64(seq)
		text = text[6+n:]
	}
	return p, nil
}

func errCursor() error {
	return pipelines.Refuse(pipelines.Invalid, "the place in the log is not one we gave: read the log from its beginning or its end")
}
