package variables

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds as octostache has them: tokens within each other, bytes of an index.
const (
	mostNested   = 200
	longestIndex = 4096
)

// reader gathers references from a text.
type reader struct {
	src   string
	found []Reference
	items []string // names of the loops that are open here, innermost last
	line  position // of the last reference
}

type position struct{ offset, line, start int }

// token reads behind `#{` up to the `}` that closes it.
func (r *reader) token(at, depth int) int {
	at = r.space(at)
	word, behind := r.keyword(at)
	switch {
	case strings.HasPrefix(r.src[at:], "/"):
		return r.closing(at)
	case word == "each":
		return r.loop(behind, depth)
	case word != "":
		at = behind
	}
	return r.body(at, depth, word == "calc")
}

// keyword finds a keyword with space behind it; `else` needs none, as nothing
// follows it.
func (r *reader) keyword(at int) (word string, behind int) {
	rest := r.src[at:]
	if len(rest) >= 5 && strings.EqualFold(rest[:5], "else}") {
		return "else", at + 4
	}
	for _, w := range [...]string{"if", "unless", "elseif", "each", "calc"} {
		if len(rest) <= len(w) || !strings.EqualFold(rest[:len(w)], w) {
			continue
		}
		if behind := r.space(at + len(w)); behind > at+len(w) {
			return w, behind
		}
	}
	return "", at
}

// closing reads `#{/each}` and the like.
func (r *reader) closing(at int) int {
	end := strings.IndexByte(r.src[at:], '}')
	if end < 0 {
		return len(r.src)
	}
	if word := strings.TrimSpace(r.src[at+1 : at+end]); strings.EqualFold(word, "each") && len(r.items) > 0 {
		r.items = r.items[:len(r.items)-1]
	}
	return at + end + 1
}

// loop reads `name in collection}`.
func (r *reader) loop(at, depth int) int {
	name, end := r.name(at)
	behind := r.space(end)
	if name == "" || !strings.HasPrefix(r.src[behind:], "in") || r.space(behind+2) == behind+2 {
		return r.body(at, depth, false)
	}
	at = r.body(behind+2, depth, false)
	r.items = append(r.items, name)
	return at
}

// body reads names up to the closing `}`. Behind a `|` come words that are none.
func (r *reader) body(at, depth int, sum bool) int {
	words := false // a filter's name and options
	for at < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[at:])
		switch {
		case c == '}':
			return at + 1
		case strings.HasPrefix(r.src[at:], "#{"):
			if depth >= mostNested {
				return len(r.src)
			}
			at = r.token(at+2, depth+1)
		case c == '|':
			words, at = true, at+1
		case c == '=' || c == '!':
			words, at = false, at+1
		case c == '"':
			at = r.quoted(at, `"`)
		case strings.HasPrefix(r.src[at:], `\"`):
			at = r.quoted(at, `\"`)
		case sum && c == '{':
			at = r.body(at+1, depth, false)
		case sum && strings.ContainsRune("+-*/()0123456789", c): // a path that has begun swallows them
			at += size
		case !words && isNameRune(c) && !unicode.IsSpace(c):
			from := at
			var parts []part
			if parts, at = r.path(at, depth); len(parts) > 0 {
				r.add(from, parts)
			}
		case words && isNameRune(c) && !unicode.IsSpace(c):
			at = r.word(at)
		default:
			at += size
		}
	}
	return at
}

func (r *reader) quoted(at int, mark string) int {
	end := strings.Index(r.src[at+len(mark):], mark)
	if end < 0 {
		return at + len(mark)
	}
	return at + len(mark) + end + len(mark)
}

func (r *reader) word(at int) int {
	for at < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[at:])
		if !isNameRune(c) || unicode.IsSpace(c) {
			break
		}
		at += size
	}
	return at
}

// path reads `Name.Name[index]`.
func (r *reader) path(at, depth int) ([]part, int) {
	name, end := r.name(at)
	if name == "" {
		return nil, max(end, at+1)
	}
	parts := []part{{text: name}}
	for end < len(r.src) {
		switch r.src[end] {
		case '.':
			name, behind := r.name(end + 1)
			if name == "" {
				return parts, end + 1
			}
			parts, end = append(parts, part{text: name}), behind
		case '[':
			p, behind := r.index(end, depth)
			if behind == end {
				return parts, end + 1
			}
			parts, end = append(parts, p), behind
		default:
			return parts, end
		}
	}
	return parts, end
}

// index reads `[…]`; one that has to be evaluated reads names itself.
func (r *reader) index(at, depth int) (part, int) {
	inner := r.space(at + 1)
	if strings.HasPrefix(r.src[inner:], "#{") && depth < mostNested {
		end := r.space(r.token(inner+2, depth+1))
		if strings.HasPrefix(r.src[end:], "]") {
			end++
		}
		return part{indexed: true, any: true}, end
	}
	open := 0
	for end := at; end < len(r.src) && end-at < longestIndex; end++ {
		switch r.src[end] {
		case '[':
			open++
		case ']':
			open--
		}
		if open == 0 {
			text := strings.TrimLeftFunc(r.src[at+1:end], unicode.IsSpace)
			return part{text: text, indexed: true, any: text == "*"}, end + 1
		}
	}
	return part{}, at
}

// name reads a name. Space inside it counts, space around it does not.
func (r *reader) name(at int) (string, int) {
	end := at
	for end < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[end:])
		if unicode.IsSpace(c) && r.endsName(end+size) || !isNameRune(c) {
			break
		}
		end += size
	}
	return strings.TrimSpace(r.src[at:end]), end
}

func (r *reader) endsName(at int) bool {
	rest := r.src[at:]
	if rest == "" {
		return false
	}
	if rest[0] == '|' || rest[0] == '}' {
		return true
	}
	if len(rest) < 2 {
		return false
	}
	switch rest[:2] {
	case "in", "==", "!=":
		return r.space(at+2) > at+2
	}
	return false
}

func isNameRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	case r < utf8.RuneSelf:
		return strings.ContainsRune("_-:/~()@", r) || unicode.IsSpace(r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSpace(r))
}

func (r *reader) space(at int) int {
	for at < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[at:])
		if !unicode.IsSpace(c) {
			break
		}
		at += size
	}
	return at
}

// add notes a reference, unless it begins with the item of a loop.
func (r *reader) add(at int, parts []part) {
	if slices.ContainsFunc(r.items, func(item string) bool { return strings.EqualFold(item, parts[0].text) }) {
		return
	}
	line, column := r.place(at)
	r.found = append(r.found, Reference{Name: spell(parts), Line: line, Column: column, parts: parts})
}

// place counts on from the reference before, so that a long text is read once.
func (r *reader) place(at int) (line, column int) {
	if at < r.line.offset || r.line.line == 0 {
		r.line = position{line: 1}
	}
	between := r.src[r.line.offset:at]
	r.line.line += strings.Count(between, "\n")
	if last := strings.LastIndexByte(between, '\n'); last >= 0 {
		r.line.start = r.line.offset + last + 1
	}
	r.line.offset = at
	return r.line.line, utf8.RuneCountInString(r.src[r.line.start:at]) + 1
}

func spell(parts []part) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case p.indexed && p.any && p.text == "":
			b.WriteString("[…]")
		case p.indexed:
			b.WriteString("[" + p.text + "]")
		case i > 0:
			b.WriteString("." + p.text)
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}
