package octostache

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// .NET's regular expressions see UTF-16: a character beyond the basic plane is
// two to them. Ours see runes, hence such a character is handed to them as two
// runes that stand for its halves. Those runes are themselves beyond the basic
// plane, so none of them is in any text that has been split.
const halves = 0xF0000

func splitPairs(s string) string {
	if !hasPairs(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			b.WriteRune(halves + high)
			r = halves + low
		}
		b.WriteRune(r)
	}
	return b.String()
}

// joinPairs undoes splitPairs. Half a pair is not a character.
func joinPairs(s string) string {
	if !hasPairs(s) {
		return s
	}
	var units []uint16
	for _, r := range s {
		if r >= halves {
			r -= halves
		}
		units = append(units, uint16(r))
	}
	return string(utf16.Decode(units))
}

// hasPairs says whether a text has characters of four bytes.
func hasPairs(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xF0 {
			return true
		}
	}
	return false
}
