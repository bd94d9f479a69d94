package xmltree

import (
	"strings"
	"unicode/utf8"
)

const spaces = " \t\r\n"

func isSpaceByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isSpace(s string) bool {
	for i := range len(s) {
		if !isSpaceByte(s[i]) {
			return false
		}
	}
	return true
}

// skipSpace is the first place from i on that is no white space.
func skipSpace(s string, i int) int {
	for i < len(s) && isSpaceByte(s[i]) {
		i++
	}
	return i
}

// nameBytes marks the ASCII bytes of names: 1 anywhere, 2 at the start too.
var nameBytes = func() (table [128]byte) {
	for c := range byte(128) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':':
			table[c] = 2
		case c >= '0' && c <= '9', c == '-', c == '.':
			table[c] = 1
		}
	}
	return table
}()

// nameEnd is where the name beginning at i ends; i if there is none.
func nameEnd(s string, i int) int {
	start := i
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if nameBytes[c] == 0 || i == start && nameBytes[c] == 1 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isNameStart(r) && (i == start || !isNamePart(r)) {
			return i
		}
		i += size
	}
	return i
}

func isNameStart(r rune) bool {
	switch {
	case r < 0xC0, r == 0xD7, r == 0xF7, r >= 0x300 && r < 0x370, r == 0x37E:
		return false
	case r < 0x2000:
		return true
	case r == 0x200C, r == 0x200D:
		return true
	}
	return r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF || r >= 0x3001 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r < 0xFFFD || r >= 0x10000 && r <= 0xEFFFF
}

func isNamePart(r rune) bool {
	return r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// isName reports a name that may be written down, with at most one colon.
func isName(s string) bool {
	if s == "" || nameEnd(s, 0) != len(s) {
		return false
	}
	_, ok := localStart(s)
	return ok
}

// localStart is where the local part of a qualified name begins; false if the
// name's colons make no prefix.
func localStart(name string) (int32, bool) {
	i := strings.IndexByte(name, ':')
	if i < 0 {
		return 0, true
	}
	local := name[i+1:]
	if i == 0 || local == "" || strings.IndexByte(local, ':') >= 0 || nameEnd(local, 0) != len(local) {
		return 0, false
	}
	return int32(i + 1), true
}

// IsChar reports a character that XML may hold.
func IsChar(r rune) bool {
	return r >= 0x20 && r < 0xD800 || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// BadChar is the place of the first character in s that XML cannot hold; -1 if
// every one is fine.
func BadChar(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !IsChar(r) {
			return i
		}
		i += size
	}
	return -1
}
