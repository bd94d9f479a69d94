package octostache

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a string in either kind of quotes.
func (r *jsonReader) quoted() (string, bool) {
	quote := r.src[r.at]
	r.at++
	from := r.at
	var done []byte
	for r.at < len(r.src) {
		switch c := r.src[r.at]; c {
		case quote:
			s := string(append(done, r.src[from:r.at]...))
			r.at++
			return s, true
		case '\\':
			done = append(done, r.src[from:r.at]...)
			var ok bool
			if done, ok = r.escape(done); !ok {
				return "", false
			}
			from = r.at
		default:
			r.at++
		}
	}
	return "", false
}

// escape reads one backslash form and appends what it stands for.
func (r *jsonReader) escape(out []byte) ([]byte, bool) {
	r.at++
	c := r.peek()
	r.at++
	switch c {
	case 'n':
		return append(out, '\n'), true
	case 'r':
		return append(out, '\r'), true
	case 't':
		return append(out, '\t'), true
	case 'b':
		return append(out, '\b'), true
	case 'f':
		return append(out, '\f'), true
	case '"', '\'', '\\', '/':
		return append(out, c), true
	case 'u':
		return r.codeUnits(out)
	}
	return nil, false
}

// codeUnits reads the digits of `\uXXXX`, and of the second half of a pair.
func (r *jsonReader) codeUnits(out []byte) ([]byte, bool) {
	first, ok := r.hex4()
	if !ok {
		return nil, false
	}
	if utf16.IsSurrogate(first) && strings.HasPrefix(r.src[r.at:], `\u`) {
		before := r.at
		r.at += 2
		if second, ok := r.hex4(); ok && utf16.DecodeRune(first, second) != utf8.RuneError {
			return utf8.AppendRune(out, utf16.DecodeRune(first, second)), true
		}
		r.at = before
	}
	return utf8.AppendRune(out, first), true
}

func (r *jsonReader) hex4() (rune, bool) {
	if r.at+4 > len(r.src) {
		return 0, false
	}
	var n rune
	for _, c := range []byte(r.src[r.at : r.at+4]) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 {
			return 0, false
		}
		n = n<<4 | rune(digit)
	}
	r.at += 4
	return n, true
}
