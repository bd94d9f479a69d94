package octostache

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads a text by ordered choice: alternatives are tried as written and
// nothing that was read is given back. Its methods take an offset and return
// what they read and the offset behind it.
type parser struct {
	src     string
	nesting int
	stuck   stuck
	known   map[int]attempt // tokens inside blocks, which may be read again after the block turns out unclosed
	tooDeep bool
	noQuote bool // no `\"` ahead any more
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
	tokens, end := p.template(0, true)
	if end < len(src) {
		return nil, p.complain(end)
	}
	return &Template{source: src, tokens: tokens}, nil
}

func parseLenient(src string) *Template {
	p := parser{src: src}
	var all []token
	for at := 0; at < len(src); {
		tokens, end := p.template(at, true)
		all = append(all, tokens...)
		if end == len(src) {
			break
		}
		if p.tooDeep {
			all = append(all, text(src[end:]))
			break
		}
		at = max(p.stuck.at, end+2)
		all = append(all, text(src[end:at]))
	}
	return &Template{source: src, tokens: all}
}

// template reads as many tokens as there are. Only for the outermost text the
// failure of the last try is kept.
func (p *parser) template(at int, outermost bool, stops ...string) ([]token, int) {
	var tokens []token
	for at < len(p.src) && !p.tooDeep {
		if !strings.HasPrefix(p.src[at:], "#{") {
			t, end := p.text(at)
			tokens, at = append(tokens, t), end
			continue
		}
		if p.stopped(at, stops) {
			break
		}
		before := p.stuck
		if outermost {
			p.stuck = stuck{}
		}
		t, end, ok := p.token(at)
		if !outermost {
			p.stuck = before
		}
		if !ok {
			break
		}
		tokens, at = append(tokens, t), end
	}
	return tokens, at
}

func (p *parser) stopped(at int, stops []string) bool {
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
func (p *parser) text(at int) (text, int) {
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

func joined(done []byte, rest string) text {
	if done == nil {
		return text(rest)
	}
	return text(append(done, rest...))
}

// space skips whitespace.
func (p *parser) space(at int) int {
	for at < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[at:])
		if !unicode.IsSpace(r) {
			break
		}
		at += size
	}
	return at
}

func (p *parser) spaceAt(at int) bool {
	return p.space(at) > at
}

// fixed reads a fixed text; refused, it is stuck at the first wrong character.
func (p *parser) fixed(at int, want string) (int, bool) {
	for i := range len(want) {
		if at+i >= len(p.src) || p.src[at+i] != want[i] {
			p.refuse(at+i, want)
			return at, false
		}
	}
	return at + len(want), true
}

// deeper counts nesting; the caller undoes it with p.nesting--.
func (p *parser) deeper() bool {
	p.nesting++
	if p.nesting > maxNesting {
		p.tooDeep = true
	}
	return !p.tooDeep
}
