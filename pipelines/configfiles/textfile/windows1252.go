package textfile

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The five bytes that windows-1252 has no character for are the control
// characters of the same number, as they are on Windows; so each byte has a
// text that leads back to it.

func decode1252(b []byte) string {
	text := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError {
			r = rune(c)
		}
		text = utf8.AppendRune(text, r)
	}
	return string(text)
}

func encode1252(text string) ([]byte, bool) {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r > 0xFF || charmap.Windows1252.DecodeByte(byte(r)) != utf8.RuneError {
				return nil, false
			}
			c = byte(r)
		}
		b = append(b, c)
	}
	return b, true
}
