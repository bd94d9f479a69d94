package octostache

import (
	"unicode"
	"unicode/utf8"
)

// class says what a character may be part of, by its first byte.
type class uint8

const (
	other class = iota
	word        // a name, a filter's name, a bare option
	blank       // whitespace; inside names it counts too
	long        // several bytes: only all of them tell
)

var classes = func() (all [256]class) {
	for r := range rune(utf8.RuneSelf) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			all[r] = word
		case unicode.IsSpace(r):
			all[r] = blank
		}
	}
	for _, r := range "_-:/~()@" {
		all[r] = word
	}
	for c := utf8.RuneSelf; c < len(all); c++ {
		all[c] = long
	}
	return all
}()

// wordEnd is the end of the characters from the offset on that a word may hold.
func (p *parser) wordEnd(at int) int {
	src := p.src
	for {
		for at < len(src) && classes[src[at]] == word {
			at++
		}
		if at == len(src) || classes[src[at]] != long {
			return at
		}
		r, size := utf8.DecodeRuneInString(src[at:])
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return at
		}
		at += size
	}
}

// spaceSize is the length of the whitespace character at the offset, if there
// is one.
func (p *parser) spaceSize(at int) (int, bool) {
	if at == len(p.src) {
		return 0, false
	}
	if c := classes[p.src[at]]; c != long {
		return 1, c == blank
	}
	r, size := utf8.DecodeRuneInString(p.src[at:])
	return size, unicode.IsSpace(r)
}
