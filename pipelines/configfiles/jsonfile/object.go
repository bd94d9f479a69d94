package jsonfile

import (
	"unicode"
	"unicode/utf8"
)

// manyKeys is where looking through the keys of an object for one that is
// there already gives way to a map.
const manyKeys = 8

// members reads an object behind its brace. A key that is there already keeps
// its place and gets the later value.
func (p *parser) members(parent int32, depth int) error {
	last, count := int32(0), 0
	var known map[string]int32
	for {
		if done, err := p.closed('}'); done || err != nil {
			return err
		}
		key, err := p.key()
		if err != nil {
			return err
		}
		i, err := p.value(depth)
		if err != nil {
			return err
		}
		p.nodes[i].key = key
		if count == manyKeys {
			known = p.keys(parent)
		}
		if earlier, ok := p.find(parent, p.name(i), known); ok {
			p.repeat(earlier, i)
		} else {
			p.link(parent, last, i)
			last = i
			count++
			if known != nil {
				known[p.name(i)] = i
			}
		}
		if err := p.comma('}'); err != nil {
			return err
		}
	}
}

func (p *parser) keys(parent int32) map[string]int32 {
	known := map[string]int32{}
	for i := p.nodes[parent].first; i != 0; i = p.nodes[i].next {
		known[p.name(i)] = i
	}
	return known
}

func (p *parser) find(parent int32, name string, known map[string]int32) (int32, bool) {
	if known != nil {
		i, ok := known[name]
		return i, ok
	}
	for i := p.nodes[parent].first; i != 0; i = p.nodes[i].next {
		if p.name(i) == name {
			return i, true
		}
	}
	return 0, false
}

func (p *parser) repeat(earlier, later int32) {
	if p.repeated++; p.repeated == 1 {
		p.firstRepeated = p.name(later)
	}
	e, l := &p.nodes[earlier], p.nodes[later]
	e.kind, e.value, e.first = l.kind, l.value, l.first
}

// key reads a key and the colon behind it.
func (p *parser) key() (span, error) {
	from := p.pos
	switch c := p.peek(); c {
	case '"', '\'':
		if err := p.quoted(); err != nil {
			return span{}, err
		}
	default:
		if p.identifier(); p.pos == from {
			return span{}, p.fail(p.pos, "%s where a key is expected", p.here())
		}
	}
	key := span{uint32(from), uint32(p.pos)}
	if err := p.space(); err != nil {
		return span{}, err
	}
	if p.peek() != ':' {
		return span{}, p.fail(p.pos, "%s where the colon behind a key is expected", p.here())
	}
	p.pos++
	return key, p.space()
}

// identifier skips a key without quotes.
func (p *parser) identifier() {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return
		}
		p.pos += size
	}
}
