package octostache

import "strings"

// ifStops end the branch of an if.
var ifStops = []string{"#{else}", "#{elseif"}

// conditional reads on behind `#{if ` or `#{unless `.
func (p *parser) conditional(at int, word string) (token, int, bool) {
	c := &conditional{}
	at, ok := p.test(at, c)
	if !ok {
		return nil, at, false
	}
	closing, stops := endIf, ifStops
	if word == "unless" {
		closing, stops = endUnless, ifStops[:1]
	}
	c.then, at = p.template(at, stops...)
	c.otherwise, at, ok = p.otherwise(at, word == "if")
	if !ok {
		return nil, at, false
	}
	at, ok = p.fixed(at, closing)
	if !ok {
		return nil, at, false
	}
	if word == "unless" {
		c.then, c.otherwise = c.otherwise, c.then
	}
	return c, at, true
}

// otherwise reads the branches behind the first one. An elseif is an if in the
// else, closed by the same end.
func (p *parser) otherwise(at int, chained bool) ([]token, int, bool) {
	const elseif = "#{elseif"
	if chained && p.stopped(at, []string{elseif}) {
		if !p.deeper() {
			p.nesting--
			return nil, at, false
		}
		defer func() { p.nesting-- }()
		c := &conditional{}
		before := p.stuck
		behind, ok := p.test(p.space(at+len(elseif)), c)
		if !ok {
			p.stuck = before // there need not be one; the end must be here then
			return nil, at, true
		}
		c.then, behind = p.template(behind, ifStops...)
		c.otherwise, behind, ok = p.otherwise(behind, true)
		return []token{c}, behind, ok
	}
	if !p.stopped(at, []string{"#{else}"}) {
		return nil, at, true
	}
	tokens, end := p.template(at + len("#{else}"))
	return tokens, end, true
}

// test reads the condition and the `}` behind it.
func (p *parser) test(at int, c *conditional) (int, bool) {
	at, ok := p.comparison(at, c)
	if !ok {
		return at, false
	}
	return p.fixed(p.space(at), brace)
}

func (p *parser) comparison(at int, c *conditional) (int, bool) {
	literal, end, quoted := p.quoted(at)
	if quoted {
		op, behind, ok := p.operator(end)
		if !ok {
			return at, false
		}
		c.op, c.literal, c.quoted = op, literal, true
		c.left, end, ok = p.expression(behind)
		return end, ok
	}
	left, end, ok := p.expression(at)
	if !ok {
		return at, false
	}
	c.left = left
	op, behind, ok := p.operator(end)
	if !ok {
		return end, true
	}
	if literal, end, ok := p.quoted(behind); ok {
		c.op, c.literal, c.quoted = op, literal, true
		return end, true
	}
	c.right, end, ok = p.expression(behind)
	c.op = op
	return end, ok
}

func (p *parser) operator(at int) (comparison, int, bool) {
	at = p.space(at)
	for _, op := range [...]comparison{equal, unequal} {
		if strings.HasPrefix(p.src[at:], string(op)) {
			return op, p.space(at + len(op)), true
		}
	}
	p.refuse(at, equals)
	p.refuse(at, differs)
	return alone, at, false
}
