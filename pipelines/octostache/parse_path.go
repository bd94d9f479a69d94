package octostache

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// path reads `Name.Name[index]`.
func (p *parser) path(at int) (*path, int, bool) {
	out := &path{offset: at}
	name, end, ok := p.name(at)
	if !ok {
		return nil, at, false
	}
	out.steps = append(make([]step, 0, 4), step{text: name})
	for end < len(p.src) {
		s, next, ok := p.step(end)
		if !ok {
			break
		}
		out.steps, end = append(out.steps, s), next
		out.dynamic = out.dynamic || s.ref != nil
	}
	var room [128]byte
	if form := out.spell(room[:0]); string(form) == p.src[at:end] {
		out.form = p.src[at:end]
	} else {
		out.form = string(form)
	}
	return out, end, true
}

// step tries to read one more name or index; it may fail without harm.
func (p *parser) step(at int) (step, int, bool) {
	before := p.stuck
	defer func() { p.stuck = before }()
	switch p.src[at] {
	case '.':
		name, end, ok := p.name(at + 1)
		return step{text: name}, end, ok
	case '[':
		return p.index(at)
	}
	return step{}, at, false
}

// name reads a name. Space inside it counts, space around it does not.
func (p *parser) name(at int) (string, int, bool) {
	end := at
	for end < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[end:])
		if unicode.IsSpace(r) && p.endsName(end+size) || !isNameRune(r) {
			break
		}
		end += size
	}
	name := strings.TrimSpace(p.src[at:end])
	if name == "" {
		p.refuse(end, "a name")
		return "", at, false
	}
	return name, end, true
}

// endsName says whether the space before the offset belongs to what follows
// it, not to a name: this is why no variable "Days in Month" can be read.
func (p *parser) endsName(at int) bool {
	rest := p.src[at:]
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
		return p.spaceAt(at + 2)
	}
	return false
}

func isNameRune(r rune) bool {
	return isWordRune(r) || unicode.IsSpace(r)
}

// isWordRune says whether r may stand in a filter name or a bare option.
func isWordRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	case r < utf8.RuneSelf:
		return strings.ContainsRune("_-:/~()@", r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// index reads `[#{path}]`, or anything up to the matching bracket.
func (p *parser) index(at int) (step, int, bool) {
	if ref, end, ok := p.indirection(at + 1); ok {
		return step{indexed: true, ref: ref}, end, true
	}
	open := 0
	for end := at; end < len(p.src) && end-at < maxIndex; end++ {
		switch p.src[end] {
		case '[':
			open++
		case ']':
			open--
		}
		if open == 0 {
			literal := strings.TrimLeftFunc(p.src[at+1:end], unicode.IsSpace)
			return step{indexed: true, text: literal}, end + 1, true
		}
	}
	return step{}, at, false
}

// indirection reads `#{path}]`.
func (p *parser) indirection(at int) (*path, int, bool) {
	at = p.space(at)
	if !strings.HasPrefix(p.src[at:], "#{") {
		return nil, at, false
	}
	ok := p.deeper()
	defer func() { p.nesting-- }()
	if !ok {
		return nil, at, false
	}
	ref, end, ok := p.path(p.space(at + 2))
	if !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), "}"); !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), "]"); !ok {
		return nil, at, false
	}
	return ref, end, true
}
