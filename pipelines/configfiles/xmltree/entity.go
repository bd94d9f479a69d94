package xmltree

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxEntity bounds the text of one entity once everything it names is put in,
// and maxNested how deep entities may name each other. What is larger stays a
// reference: such a text is an attack and not a setting.
const (
	maxEntity = 4 << 10
	maxNested = 8
)

var predefined = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// reference reads the `&…;` at the start of s: its name and its length, 0 if
// it is none.
func reference(s string) (name string, size int) {
	end := strings.IndexByte(s[:min(len(s), 512)], ';')
	if end < 2 {
		return "", 0
	}
	return s[1:end], end + 1
}

// charReference is the character of `#10` or `#xA`.
func charReference(name string) (rune, bool) {
	digits, base := name[1:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	if digits == "" || digits[0] == '+' || digits[0] == '-' || digits[0] == '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !IsChar(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// decode is the meaning of a raw text: references replaced, line ends as one
// line feed; in attributes white space as blanks.
func (d *Document) decode(raw string, attribute bool) string {
	special := "&\r"
	if attribute {
		special = "&\r\n\t"
	}
	if !strings.ContainsAny(raw, special) {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw))
	for raw != "" {
		i := strings.IndexAny(raw, special)
		if i < 0 {
			b.WriteString(raw)
			break
		}
		b.WriteString(raw[:i])
		raw = raw[i:]
		if raw[0] != '&' {
			size := 1
			if strings.HasPrefix(raw, "\r\n") {
				size = 2
			}
			if attribute {
				b.WriteByte(' ')
			} else {
				b.WriteByte('\n')
			}
			raw = raw[size:]
			continue
		}
		name, size := reference(raw)
		text, ok := d.meaning(name, 0)
		if !ok {
			size = max(size, 1)
			text = raw[:size]
		}
		b.WriteString(text)
		raw = raw[size:]
	}
	return b.String()
}

// meaning is the text a reference stands for; false where it cannot be told or
// would be too much.
func (d *Document) meaning(name string, nested int) (string, bool) {
	if name == "" {
		return "", false
	}
	if name[0] == '#' {
		r, ok := charReference(name)
		return string(r), ok
	}
	if text, ok := predefined[name]; ok {
		return text, true
	}
	if d == nil || nested >= maxNested {
		return "", false
	}
	text, ok := d.entities[name]
	if !ok || len(text) > maxEntity || strings.IndexByte(text, '<') >= 0 {
		return "", false
	}
	var b strings.Builder
	for text != "" {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			b.WriteString(text)
			break
		}
		b.WriteString(text[:i])
		inner, size := reference(text[i:])
		part, ok := d.meaning(inner, nested+1)
		if !ok || b.Len()+len(part) > maxEntity {
			return "", false
		}
		b.WriteString(part)
		text = text[i+size:]
	}
	return b.String(), b.Len() <= maxEntity
}
