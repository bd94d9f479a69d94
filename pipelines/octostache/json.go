package octostache

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// jsonValue is a piece of a document.
type jsonValue struct {
	kind  jsonKind
	raw   string      // the text of a string, a number or a literal
	names []string    // of an object's items
	items []jsonValue // of an array or object
}

type jsonKind byte

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// jsonMember is one member of a document, as text. A property that is not
// there is an empty text, which differs from there being no member at all.
func jsonMember(document, key string, zone *time.Location) (string, bool, error) {
	doc, ok := readJSON(document)
	if !ok {
		return "", false, nil
	}
	switch doc.kind {
	case jsonObject:
		if i := slices.Index(doc.names, key); i >= 0 {
			return doc.items[i].text(zone), true, nil
		}
		return "", true, nil
	case jsonArray:
		i, err := strconv.Atoi(strings.TrimSpace(key))
		switch {
		case err != nil:
			return "", false, nil
		case i < 0:
			return "", false, errors.New("an index into a JSON array cannot be negative")
		case i < len(doc.items):
			return doc.items[i].text(zone), true, nil
		}
		return "", true, nil
	}
	return "", false, nil
}

// text is the value as Octopus inserts it.
func (v *jsonValue) text(zone *time.Location) string {
	switch v.kind {
	case jsonNull:
		return ""
	case jsonBool:
		return spellBool(v.raw == "true")
	case jsonNumber:
		return jsonNumberText(v.raw)
	case jsonString:
		if date, ok := jsonDate(v.raw, zone); ok {
			return date
		}
		return v.raw
	}
	return string(v.appendTo(nil))
}

func jsonNumberText(raw string) string {
	if !strings.ContainsAny(raw, ".eE") {
		return raw
	}
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	return printDouble(n)
}

// jsonDate rewrites what looks like a date with a time: Octopus's JSON reader
// takes such strings for dates.
func jsonDate(s string, zone *time.Location) (string, bool) {
	if len(s) < len("2006-01-02T15:04:05") || s[10] != 'T' {
		return "", false
	}
	const out = "01/02/2006 15:04:05"
	for _, layout := range [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(out), true
		}
	}
	if t, err := time.Parse("2006-01-02T15:04:05Z07:00", s); err == nil {
		return t.In(zone).Format(out), true
	}
	return "", false
}

// appendTo writes the value compactly, numbers and dates as they were.
func (v *jsonValue) appendTo(out []byte) []byte {
	switch v.kind {
	case jsonNull:
		return append(out, "null"...)
	case jsonString:
		return appendQuoted(out, v.raw)
	case jsonArray, jsonObject:
		brackets := [2]byte{'[', ']'}
		if v.kind == jsonObject {
			brackets = [2]byte{'{', '}'}
		}
		out = append(out, brackets[0])
		for i := range v.items {
			if i > 0 {
				out = append(out, ',')
			}
			if v.kind == jsonObject {
				out = append(appendQuoted(out, v.names[i]), ':')
			}
			out = v.items[i].appendTo(out)
		}
		return append(out, brackets[1])
	}
	return append(out, v.raw...)
}

func appendQuoted(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '\b':
			out = append(out, `\b`...)
		case r == '\f':
			out = append(out, `\f`...)
		case r < ' ' || r == 0x85 || r == 0x2028 || r == 0x2029:
			out = append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			out = append(out, string(r)...)
		}
	}
	return append(out, '"')
}
