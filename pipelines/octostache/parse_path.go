package octostache

import (
	"strings"
	"unicode"
)

// path reads `Name.Name[index]`.
func (p *parser) path(at int) (*path, int, bool) {
	name, end, ok := p.name(at)
	if !ok {
		return nil, at, false
	}
	var room [4]step
	steps, dynamic := append(room[:0], step{text: name}), false
	for end < len(p.src) && (p.src[end] == '.' || p.src[end] == '[') {
		s, next, ok := p.step(end)
		if !ok {
			break
		}
		steps, end = append(steps, s), next
		dynamic = dynamic || s.ref != nil
	}
	out := p.paths.next()
	*out = path{steps: p.steps.copy(steps), offset: at, form: p.src[at:end], dynamic: dynamic}
	if out.formLength() != end-at { // some space was left out
		out.form = string(out.spell(nil))
	}
	return out, end, true
}

// step tries to read one more name or index, at a `.` or `[`; it may fail
// without harm.
func (p *parser) step(at int) (step, int, bool) {
	before := p.stuck
	var s step
	var end int
	var ok bool
	if p.src[at] == '.' {
		s.text, end, ok = p.name(at + 1)
	} else {
		s, end, ok = p.index(at)
	}
	p.stuck = before
	return s, end, ok
}

// name reads a name. Space inside it counts, space around it does not.
func (p *parser) name(at int) (string, int, bool) {
	end := at
	for end < len(p.src) {
		end = p.wordEnd(end)
		size, ok := p.spaceSize(end)
		if !ok || p.endsName(end+size) {
			break
		}
		end += size
	}
	name := p.src[at:end]
	if name == "" || classes[name[0]] != word || classes[name[len(name)-1]] != word {
		name = strings.TrimSpace(name)
	}
	if name == "" {
		p.refuse(end, aName)
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
	if end, ok = p.fixed(p.space(end), brace); !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), bracket); !ok {
		return nil, at, false
	}
	return ref, end, true
}
