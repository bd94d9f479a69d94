package scripts

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// decoder makes UTF-8 of what a program prints: it drops the mark of UTF-8 at the
// beginning, reads UTF-16 where such a mark says so, and, on Windows, takes what
// is no UTF-8 for text in the host's code page, to the end of its line. The last
// is a guess: programs there do not say what they write.
type decoder struct {
	begun   bool
	wide    bool   // UTF-16, low byte first
	held    []byte // not yet a whole character, or a line in the host's code page
	foreign bool   // that is, the latter
	// local reads the host's code page; nil where all is UTF-8.
	local func([]byte) []byte
}

var (
	mark     = []byte("\xEF\xBB\xBF")
	wideMark = []byte("\xFF\xFE")
)

// write returns what can be said by now.
func (d *decoder) write(b []byte) []byte {
	d.held = append(d.held, b...)
	if !d.begun && !d.begin() {
		return nil
	}
	if d.wide {
		return d.readWide()
	}
	if d.local == nil {
		return d.take(len(d.held))
	}
	var out []byte
	for len(d.held) > 0 {
		if d.foreign {
			end := bytes.IndexByte(d.held, '\n')
			if end < 0 && len(d.held) < longestHeld {
				break
			}
			if end < 0 {
				end = len(d.held)
			}
			d.foreign = false
			out = append(out, d.local(d.take(end))...)
			continue
		}
		whole, bad := wholeText8(d.held)
		out = append(out, d.take(whole)...)
		d.foreign = bad
		if !bad {
			break
		}
	}
	return out
}

// begin decides what the stream is, as soon as it can.
func (d *decoder) begin() bool {
	for _, m := range [][]byte{mark, wideMark} {
		if len(d.held) < len(m) && bytes.HasPrefix(m, d.held) {
			return false
		}
		if bytes.HasPrefix(d.held, m) {
			d.take(len(m))
			d.wide = len(m) == len(wideMark)
			break
		}
	}
	d.begun = true
	return true
}

// wholeText8 is how much of b is text, and whether what follows is none, rather
// than the beginning of a character.
func wholeText8(b []byte) (whole int, bad bool) {
	for whole < len(b) {
		r, size := utf8.DecodeRune(b[whole:])
		if r == utf8.RuneError && size == 1 {
			return whole, utf8.FullRune(b[whole:])
		}
		whole += size
	}
	return whole, false
}

func (d *decoder) readWide() []byte {
	units := make([]uint16, len(d.held)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(d.held[2*i:])
	}
	if n := len(units); n > 0 && utf16.IsSurrogate(rune(units[n-1])) && units[n-1] < 0xDC00 {
		units = units[:n-1] // its other half is still to come
	}
	d.take(2 * len(units))
	return []byte(string(utf16.Decode(units)))
}

func (d *decoder) take(n int) []byte {
	out := d.held[:n:n]
	d.held = d.held[n:]
	if len(d.held) == 0 {
		d.held = nil
	}
	return out
}

// settle says a line in the host's code page that only waits for its end.
func (d *decoder) settle() []byte {
	if !d.foreign {
		return nil
	}
	d.foreign = false
	return d.local(d.take(len(d.held)))
}

// finish says what is left, whole or not.
func (d *decoder) finish() []byte {
	left := d.take(len(d.held))
	switch {
	case d.wide && len(left) > 0:
		return []byte(string(utf8.RuneError))
	case d.local != nil && !utf8.Valid(left):
		return d.local(left)
	}
	return left
}
