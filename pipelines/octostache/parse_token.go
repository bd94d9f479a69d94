package octostache

import "strings"

// token reads what stands at `#{`: a block if its keyword is there and the
// block is well formed, else a substitution. An unclosed `#{if Foo}` thereby
// becomes the variable "if Foo", as it does in Octopus.
func (p *parser) token(at int) (token, int, bool) {
	if a, ok := p.known[at]; ok {
		p.again++
		p.tooDeep = p.tooDeep || p.again > maxAgain
		p.merge(a.stuck)
		return a.token, a.end, a.ok && !p.tooDeep
	}
	p.nesting++
	defer func() { p.nesting-- }()
	if p.nesting > maxNesting {
		p.tooDeep = true
		return nil, at, false
	}
	outer := p.open
	p.open = at
	defer func() { p.open = outer }()
	if p.nesting == 1 {
		return p.choice(at)
	}
	before := p.stuck
	p.stuck = stuck{}
	t, end, ok := p.choice(at)
	p.remember(at, attempt{t, end, ok, p.stuck})
	inner := p.stuck
	p.stuck = before
	p.merge(inner)
	return t, end, ok
}

func (p *parser) remember(at int, a attempt) {
	if p.known == nil {
		p.known = map[int]attempt{}
	}
	p.known[at] = a
	p.furthest = max(p.furthest, at)
}

func (p *parser) choice(at int) (token, int, bool) {
	open := p.space(at + len("#{"))
	word, behind := p.keyword(open)
	var t token
	var end int
	var ok bool
	switch word {
	case "if", "unless":
		t, end, ok = p.conditional(behind, word)
	case "calc":
		t, end, ok = p.calculation(behind)
	case "each":
		t, end, ok = p.repetition(behind)
	}
	if ok || p.tooDeep {
		return t, end, ok
	}
	return p.substitution(at, open)
}

// keyword recognises, without regard to case, a keyword with space behind it.
func (p *parser) keyword(at int) (word string, behind int) {
	if at == len(p.src) || strings.IndexByte("iuceIUCE", p.src[at]) < 0 {
		return "", at
	}
	for _, w := range [...]string{"if", "unless", "calc", "each"} {
		end := at + len(w)
		if end >= len(p.src) || !strings.EqualFold(p.src[at:end], w) {
			continue
		}
		if behind := p.space(end); behind > end {
			return w, behind
		}
	}
	return "", at
}

func (p *parser) substitution(at, open int) (token, int, bool) {
	if strings.HasPrefix(p.src[at:], "#{/") {
		p.refuse(open, aVariable)
		return nil, at, false
	}
	e, end, ok := p.expression(open)
	if !ok {
		return nil, at, false
	}
	end, ok = p.fixed(p.space(end), brace)
	if !ok {
		return nil, at, false
	}
	s := p.substitutions.next()
	s.expr = e
	return s, end, true
}

// repetition reads on behind `#{each `.
func (p *parser) repetition(at int) (token, int, bool) {
	name, end, ok := p.name(at)
	if !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), in); !ok {
		return nil, at, false
	}
	collection, end, ok := p.path(p.space(end))
	if !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), brace); !ok {
		return nil, at, false
	}
	body, end := p.template(end)
	if end, ok = p.fixed(end, endEach); !ok {
		return nil, at, false
	}
	return &repetition{name: name, collection: collection, body: body}, end, true
}
