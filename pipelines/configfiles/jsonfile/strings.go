package jsonfile

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decode is the text that a key or string in the file means, with or without
// quotes around it.
func decode(raw string) string {
	if raw != "" && (raw[0] == '"' || raw[0] == '\'') {
		raw = raw[1 : len(raw)-1]
	}
	if !strings.Contains(raw, `\`) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if raw[i] != 'u' {
			out = append(out, meaning(raw[i]))
			continue
		}
		unit, _ := hex4(raw[i+1:])
		i += 4
		if utf16.IsSurrogate(unit) && strings.HasPrefix(raw[i+1:], `\u`) {
			low, _ := hex4(raw[i+3:])
			if pair := utf16.DecodeRune(unit, low); pair != utf8.RuneError {
				unit, i = pair, i+6
			}
		}
		out = utf8.AppendRune(out, unit)
	}
	return string(out)
}

// meaning is what a character behind a backslash stands for.
func meaning(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(unit), err == nil
}

// isPlain says whether a string can be written as it stands in the file.
func isPlain(raw string) bool {
	if raw == "" || raw[0] != '"' || strings.Contains(raw, `\'`) {
		return false
	}
	for i := range len(raw) {
		if raw[i] < ' ' {
			return false
		}
	}
	return true
}

// appendQuoted writes a text as a string, escaping what Octopus escapes.
func appendQuoted(out []byte, s string) []byte {
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < ' ':
			out = appendControl(out, byte(r))
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			out = appendUnit(out, r)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return append(out, '"')
}

func appendControl(out []byte, c byte) []byte {
	const named = "\b\f\n\r\t"
	if i := strings.IndexByte(named, c); i >= 0 {
		return append(out, '\\', "bfnrt"[i])
	}
	return appendUnit(out, rune(c))
}

func appendUnit(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
