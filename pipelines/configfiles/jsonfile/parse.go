package jsonfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// maxNodes bounds the memory that a file of the allowed size can ask for.
const maxNodes = 4 << 20

// parser reads JSON as Octopus does, which takes more than JSON: comments,
// single quotes, keys without quotes, a comma after the last value, NaN.
type parser struct {
	*tree
	pos int
}

// parse reads a text that stands depth levels deep in others.
func parse(s string, depth int) (*tree, error) {
	// Behind every value is a comma or the end of an object or list.
	most := min(strings.Count(s, ",")+strings.Count(s, "]")+strings.Count(s, "}")+1, maxNodes)
	p := parser{tree: &tree{text: s, nodes: make([]node, 0, most)}}
	if err := p.space(); err != nil {
		return nil, err
	}
	if p.pos == len(s) {
		return nil, p.fail(p.pos, "there is no value in it")
	}
	if _, err := p.value(depth); err != nil {
		return nil, err
	}
	if err := p.space(); err != nil {
		return nil, err
	}
	if p.pos < len(s) {
		return nil, p.fail(p.pos, "%s after the end of the outermost value", p.here())
	}
	return p.tree, nil
}

// value reads one value and what is in it.
func (p *parser) value(depth int) (int32, error) {
	if len(p.nodes) == maxNodes {
		return 0, p.fail(p.pos, "more than %d values", maxNodes)
	}
	i := int32(len(p.nodes))
	p.nodes = append(p.nodes, node{})
	from := p.pos
	kind, err := p.content(i, depth)
	p.nodes[i].kind, p.nodes[i].value = kind, span{uint32(from), uint32(p.pos)}
	return i, err
}

func (p *parser) content(i int32, depth int) (kind, error) {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth == fill.MaxDepth {
			return 0, p.fail(p.pos, "values stand more than %d levels deep in each other", fill.MaxDepth)
		}
		p.pos++
		if c == '[' {
			return array, p.items(i, depth+1)
		}
		return object, p.members(i, depth+1)
	case c == '"' || c == '\'':
		return text, p.quoted()
	case c == '-' || c == '.' || c >= '0' && c <= '9':
		return number, p.number()
	}
	return p.word()
}

// items reads a list behind its bracket.
func (p *parser) items(parent int32, depth int) error {
	last := int32(0)
	for {
		if done, err := p.closed(']'); done || err != nil {
			return err
		}
		i, err := p.value(depth)
		if err != nil {
			return err
		}
		p.link(parent, last, i)
		last = i
		if err := p.comma(']'); err != nil {
			return err
		}
	}
}

func (p *parser) link(parent, last, i int32) {
	if last == 0 {
		p.nodes[parent].first = i
		return
	}
	p.nodes[last].next = i
}

// closed skips to the next value and says whether there is none.
func (p *parser) closed(end byte) (bool, error) {
	if err := p.space(); err != nil {
		return false, err
	}
	if p.peek() != end {
		return false, nil
	}
	p.pos++
	return true, nil
}

// comma steps over the comma behind a value; before the end there may be none.
func (p *parser) comma(end byte) error {
	if err := p.space(); err != nil {
		return err
	}
	switch p.peek() {
	case ',':
		p.pos++
		return nil
	case end:
		return nil
	}
	return p.fail(p.pos, "%s where a comma or %q is expected", p.here(), end)
}

// peek is the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}
