package octostache

import (
	"strings"
	"unicode/utf8"
)

const maxJSONDepth = 64

// jsonReader reads JSON leniently: property names without quotes, single
// quotes, comments, commas before a closing bracket.
type jsonReader struct {
	src   string
	at    int
	depth int
}

// readJSON reads a whole document; false if the text is none.
func readJSON(src string) (jsonValue, bool) {
	r := jsonReader{src: src}
	if !r.space() || r.at == len(src) {
		return jsonValue{}, false
	}
	v, ok := r.value()
	return v, ok && r.space() && r.at == len(src)
}

// space skips whitespace and comments; false for a comment without end.
func (r *jsonReader) space() bool {
	for r.at < len(r.src) {
		rest := r.src[r.at:]
		switch {
		case strings.IndexByte(" \t\r\n\ufeff", rest[0]) >= 0:
			r.at++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexAny(rest, "\r\n")
			if end < 0 {
				end = len(rest)
			}
			r.at += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return false
			}
			r.at += end + 4
		default:
			return true
		}
	}
	return true
}

func (r *jsonReader) peek() byte {
	if r.at < len(r.src) {
		return r.src[r.at]
	}
	return 0
}

func (r *jsonReader) value() (jsonValue, bool) {
	switch c := r.peek(); c {
	case '{', '[':
		r.depth++
		defer func() { r.depth-- }()
		if r.depth > maxJSONDepth {
			return jsonValue{}, false
		}
		r.at++
		if c == '{' {
			return r.object()
		}
		return r.array()
	case '"', '\'':
		s, ok := r.quoted()
		return jsonValue{kind: jsonString, raw: s}, ok
	}
	return r.bare()
}

func (r *jsonReader) object() (jsonValue, bool) {
	v := jsonValue{kind: jsonObject}
	places := map[string]int{}
	for r.space() {
		if r.peek() == '}' {
			r.at++
			return v, true
		}
		name, ok := r.property()
		if !ok {
			return v, false
		}
		item, ok := r.value()
		if !ok {
			return v, false
		}
		v.put(name, item, places)
		if !r.comma('}') {
			return v, false
		}
	}
	return v, false
}

// put keeps the last of properties with one name.
func (v *jsonValue) put(name string, item jsonValue, places map[string]int) {
	if i, ok := places[name]; ok {
		v.items[i] = item
		return
	}
	places[name] = len(v.items)
	v.names = append(v.names, name)
	v.items = append(v.items, item)
}

func (r *jsonReader) array() (jsonValue, bool) {
	v := jsonValue{kind: jsonArray}
	for r.space() {
		if r.peek() == ']' {
			r.at++
			return v, true
		}
		item, ok := r.value()
		if !ok {
			return v, false
		}
		v.items = append(v.items, item)
		if !r.comma(']') {
			return v, false
		}
	}
	return v, false
}

// comma reads the comma between items; before the closing bracket it may lack.
func (r *jsonReader) comma(closing byte) bool {
	if !r.space() {
		return false
	}
	if r.peek() == ',' {
		r.at++
		return true
	}
	return r.peek() == closing
}

// property reads a name and its colon.
func (r *jsonReader) property() (string, bool) {
	var name string
	ok := true
	if c := r.peek(); c == '"' || c == '\'' {
		name, ok = r.quoted()
	} else {
		from := r.at
		for isPropertyByte(r.peek()) {
			r.at++
		}
		name = r.src[from:r.at]
		ok = name != ""
	}
	if !ok || !r.space() || r.peek() != ':' {
		return "", false
	}
	r.at++
	return name, r.space()
}

func isPropertyByte(c byte) bool {
	return c >= utf8.RuneSelf || c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// bare reads a literal or a number.
func (r *jsonReader) bare() (jsonValue, bool) {
	from := r.at
	for r.at < len(r.src) && (isPropertyByte(r.src[r.at]) || strings.IndexByte("+-.", r.src[r.at]) >= 0) {
		r.at++
	}
	word := r.src[from:r.at]
	switch word {
	case "null", "undefined":
		return jsonValue{kind: jsonNull, raw: word}, true
	case "true", "false":
		return jsonValue{kind: jsonBool, raw: word}, true
	case "NaN", "Infinity", "-Infinity":
		return jsonValue{kind: jsonNumber, raw: word}, true
	}
	if word == "" || word[0] == '+' || strings.Trim(word, "+-.0123456789eE") != "" {
		return jsonValue{}, false
	}
	_, ok := parseDouble(word)
	return jsonValue{kind: jsonNumber, raw: word}, ok
}
