package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// window is how many bytes of a secret, in whatever form, count as found.
const window = 12

// finder knows every secret in the forms whose alphabet is another one. Forms that escape single characters are not listed: the
// text is read with these escapes undone, so that it does not matter which characters a program chose to escape.
type finder struct {
	windows map[string]string // window → which secret, in which form
	short   map[string]string // forms that have no window
	first   [1 << 16]bool     // of any window, its first two bytes
}

func newFinder(all []secret) *finder {
	f := &finder{windows: map[string]string{}, short: map[string]string{}}
	for _, s := range all {
		for _, part := range s.hidden() {
			f.learn(s.name, part)
		}
	}
	return f
}

func (f *finder) learn(name, value string) {
	f.add(name+" as it is", value)
	f.add(name+" in hexadecimal", hex.EncodeToString([]byte(value)))
	f.add(name+" in HEXADECIMAL", strings.ToUpper(hex.EncodeToString([]byte(value))))
	for at := range 3 {
		for what, alphabet := range map[string]*base64.Encoding{"base64": base64.StdEncoding, "base64 for addresses": base64.URLEncoding} {
			whole := alphabet.EncodeToString(append(make([]byte, at), value...))
			sure := (at + len(value)) * 8 / 6 // behind that it depends on what follows
			f.add(fmt.Sprintf("%s in %s, from byte %d of three", name, what, at), whole[(at*8+5)/6:sure])
		}
	}
}

func (f *finder) add(what, form string) {
	if len(form) < window {
		f.short[form] = what
	}
	for i := 0; i+window <= len(form); i++ {
		if piece := form[i : i+window]; f.windows[piece] == "" { // else another secret begins with this one
			f.windows[piece] = what
		}
		f.first[int(form[i])<<8|int(form[i+1])] = true
	}
}

// find says which secrets stand in a text, each once, in the form in which it needed the least reading.
func (f *finder) find(text []byte) []string {
	var out []string
	secrets := map[string]bool{}
	for _, reading := range readings(text) {
		f.look(reading.text, func(what string, at int) {
			name, _, _ := strings.Cut(what, " ")
			if !secrets[name] {
				out = append(out, fmt.Sprintf("%s%s: %q", what, reading.how, reading.text[max(0, at-40):min(len(reading.text), at+window+30)]))
			}
			secrets[name] = true
		})
	}
	return out
}

func (f *finder) look(text []byte, found func(what string, at int)) {
	for form, what := range f.short {
		if at := bytes.Index(text, []byte(form)); at >= 0 {
			found(what, at)
		}
	}
	for i := 0; i+window <= len(text); i++ {
		if !f.first[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		if what, ok := f.windows[string(text[i:i+window])]; ok {
			found(what, i)
			i += window
		}
	}
}

// reading is a text with one or two ways of writing undone.
type reading struct {
	how  string
	text []byte
}

var undoings = []struct {
	how  string
	undo func([]byte) []byte
}{
	{", over line breaks", unbroken},
	{", as in XML", func(b []byte) []byte { return []byte(html.UnescapeString(string(b))) }},
	{", as in addresses", func(b []byte) []byte { return unescaped(b, '%', percent) }},
	{", behind backslashes", func(b []byte) []byte { return unescaped(b, '\\', backslash) }},
	{", with quotes in quotes", func(b []byte) []byte { return unescaped(unescaped(b, '\'', quote), '"', quote) }},
}

// readings undoes one escape, and two of different kinds.
func readings(text []byte) []reading {
	all := []reading{{"", text}}
	for i, outer := range undoings {
		once := outer.undo(text)
		if bytes.Equal(once, text) {
			continue
		}
		all = append(all, reading{outer.how, once})
		for j, inner := range undoings {
			if twice := inner.undo(once); i != j && !bytes.Equal(twice, once) {
				all = append(all, reading{outer.how + inner.how, twice})
			}
		}
	}
	return all
}

func unbroken(b []byte) []byte {
	if !bytes.ContainsAny(b, "\r\n") {
		return b
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\n"), nil), []byte("\r"), nil)
}

// unescaped replaces each escape that begins with sign by what it stands for; one that decode does not know stays.
func unescaped(b []byte, sign byte, decode func([]byte) (string, int)) []byte {
	if bytes.IndexByte(b, sign) < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] == sign {
			if text, used := decode(b[i:]); used > 0 {
				out = append(out, text...)
				i += used
				continue
			}
		}
		out = append(out, b[i])
		i++
	}
	return out
}

// quote knows how quotes stand in quotes, in shells and elsewhere.
func quote(b []byte) (string, int) {
	for _, written := range []string{`'\''`, `'"'"'`, `''`, `""`} {
		if bytes.HasPrefix(b, []byte(written)) {
			return string(b[:1]), len(written)
		}
	}
	return "", 0
}

func percent(b []byte) (string, int) {
	if len(b) < 3 {
		return "", 0
	}
	n, err := strconv.ParseUint(string(b[1:3]), 16, 8)
	if err != nil {
		return "", 0
	}
	return string([]byte{byte(n)}), 3
}

func backslash(b []byte) (string, int) {
	number := func(from, digits, base int) (uint64, bool) {
		if len(b) < from+digits {
			return 0, false
		}
		n, err := strconv.ParseUint(string(b[from:from+digits]), base, 32)
		return n, err == nil
	}
	if len(b) < 2 {
		return "", 0
	}
	switch b[1] {
	case 'u':
		if n, ok := number(2, 4, 16); ok && utf8.ValidRune(rune(n)) {
			return string(rune(n)), 6
		}
	case 'x':
		if n, ok := number(2, 2, 16); ok {
			return string([]byte{byte(n)}), 4
		}
	case 'n':
		return "\n", 2
	}
	if n, ok := number(1, 3, 8); ok && n < 256 {
		return string([]byte{byte(n)}), 4
	}
	return string(b[1:2]), 2
}
