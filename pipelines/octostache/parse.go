package octostache

import (
	"strings"
	"unicode/utf8"
)

// parser reads a text by ordered choice: alternatives are tried as written and
// nothing that was read is given back. Its methods take an offset and return
// what they read and the offset behind it.
type parser struct {
	src      string
	nesting  int
	stuck    stuck
	open     int             // offset of the innermost token that is being read
	known    map[int]attempt // tokens inside blocks, which may be read again after the block turns out unclosed
	furthest int             // offset of the last one known
	again    int             // how often one was
	tooDeep  bool
	noQuote  bool // no `\"` ahead any more
	broken   []*ParseError

	texts         slab[text]
	substitutions slab[substitution]
	paths         slab[path]
	steps         slab[step]
}

// attempt is a remembered result.
type attempt struct {
	token token
	end   int
	ok    bool
	stuck stuck
}

func parse(src string) (*Template, error) {
	if !strings.Contains(src, "#{") {
		return &Template{source: src}, nil
	}
	p := parser{src: src}
	var tokens []token
	for at := 0; at < len(src); {
		t, end, ok := p.outermost(at)
		if !ok {
			return nil, p.complain(at)
		}
		tokens, at = append(tokens, t), end
	}
	return &Template{source: src, tokens: tokens}, nil
}

// outermost reads a piece that stands in no other; its failure is told about.
func (p *parser) outermost(at int) (token, int, bool) {
	p.stuck = stuck{}
	return p.piece(at)
}

// template reads as many tokens as there are.
func (p *parser) template(at int, stops ...string) ([]token, int) {
	var tokens []token
	for at < len(p.src) && !p.tooDeep && !p.stopped(at, stops) {
		before := p.stuck
		t, end, ok := p.piece(at)
		p.stuck = before
		if !ok {
			break
		}
		tokens, at = append(tokens, t), end
	}
	return tokens, at
}

// piece reads the text or token at the offset.
func (p *parser) piece(at int) (token, int, bool) {
	if strings.HasPrefix(p.src[at:], "#{") {
		return p.token(at)
	}
	t, end := p.text(at)
	return t, end, true
}

func (p *parser) stopped(at int, stops []string) bool {
	if at == len(p.src) || p.src[at] != '#' {
		return false
	}
	for _, s := range stops {
		if !strings.HasPrefix(p.src[at:], s) {
			continue
		}
		if s[len(s)-1] == '}' || p.spaceAt(at+len(s)) {
			return true
		}
	}
	return false
}

// text reads up to the next token and unescapes on the way: `##{` is `#{`, and
// of two `#` before a token one remains.
func (p *parser) text(at int) (token, int) {
	s, end := p.unescaped(at)
	return p.raw(s), end
}

func (p *parser) unescaped(at int) (string, int) {
	var done []byte
	from := at
	for at < len(p.src) {
		next := strings.IndexByte(p.src[at:], '#')
		if next < 0 {
			at = len(p.src)
			break
		}
		at += next
		rest := p.src[at:]
		switch {
		case len(rest) == 1:
			at++
		case rest[1] == '{':
			return joined(done, p.src[from:at]), at
		case strings.HasPrefix(rest, "##{"):
			done = append(append(done, p.src[from:at]...), "#{"...)
			at += 3
			from = at
		case strings.HasPrefix(rest, "###{") && len(rest) > 4:
			return joined(done, p.src[from:at+1]), at + 2
		default:
			_, size := utf8.DecodeRuneInString(rest[1:])
			at += 1 + size
		}
	}
	return joined(done, p.src[from:at]), at
}

func joined(done []byte, rest string) string {
	if done == nil {
		return rest
	}
	return string(append(done, rest...))
}

// space skips whitespace.
func (p *parser) space(at int) int {
	for {
		size, ok := p.spaceSize(at)
		if !ok {
			return at
		}
		at += size
	}
}

func (p *parser) spaceAt(at int) bool {
	return p.space(at) > at
}

// fixed reads a fixed text; refused, it is stuck at the first wrong character.
func (p *parser) fixed(at int, want expected) (int, bool) {
	text := expectations[want]
	for i := range len(text) {
		if at+i >= len(p.src) || p.src[at+i] != text[i] {
			p.refuse(at+i, want)
			return at, false
		}
	}
	return at + len(text), true
}

// deeper counts nesting; the caller undoes it with p.nesting--.
func (p *parser) deeper() bool {
	p.nesting++
	if p.nesting > maxNesting {
		p.tooDeep = true
	}
	return !p.tooDeep
}
