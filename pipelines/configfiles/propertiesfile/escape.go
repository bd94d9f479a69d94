package propertiesfile

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escape decodes a backslash and what belongs to it. Before a character that
// it says nothing about it is just left out.
func (p *parser) escape(out []byte) ([]byte, error) {
	switch c := p.text[p.pos+1]; c {
	case 'u':
		return p.unicode(out)
	case 'n', 'r', 't', 'f':
		p.pos += 2
		return append(out, "\n\r\t\f"[strings.IndexByte("nrtf", c)]), nil
	}
	_, size := utf8.DecodeRuneInString(p.text[p.pos+1:])
	out = append(out, p.text[p.pos+1:p.pos+1+size]...)
	p.pos += 1 + size
	return out, nil
}

// unicode decodes `\uxxxx`, and two of them where they are one character.
func (p *parser) unicode(out []byte) ([]byte, error) {
	unit, ok := unitAt(p.text[p.pos:])
	if !ok {
		return nil, p.fail(`\u without four hexadecimal digits; write a backslash as \\`)
	}
	p.pos += 6
	if low, ok := unitAt(p.text[p.pos:]); ok {
		if pair := utf16.DecodeRune(unit, low); pair != utf8.RuneError {
			p.pos += 6
			unit = pair
		}
	}
	return utf8.AppendRune(out, unit), nil
}

func unitAt(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(unit), err == nil
}

// appendValue writes a value so that it reads back the same. Characters that
// ISO 8859-1 does not have are written as \u, in lower case; so is its last, as
// Octopus does. separated: the value stands behind a `=` or `:`, so another one
// would not be taken for the separator.
func appendValue(out []byte, value string, separated bool) []byte {
	for i, r := range value {
		switch {
		case r == '\\':
			out = append(out, `\\`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '\f' && i == 0:
			out = append(out, `\f`...)
		case i == 0 && (r == ' ' || !separated && (r == '=' || r == ':')):
			out = append(out, '\\', byte(r))
		case r < 0xFF:
			out = utf8.AppendRune(out, r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				out = appendUnit(out, unit)
			}
		}
	}
	return out
}

func appendUnit(out []byte, unit uint16) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[unit>>12], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
}
