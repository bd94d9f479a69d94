package octostache

import (
	"strconv"
	"strings"
)

// calculation reads on behind `#{calc `.
func (p *parser) calculation(at int) (token, int, bool) {
	sum, end, ok := p.sum(at)
	if !ok {
		return nil, at, false
	}
	if end, ok = p.fixed(p.space(end), brace); !ok {
		return nil, at, false
	}
	return &calculation{sum: *sum}, end, true
}

func (p *parser) sum(at int) (*term, int, bool) {
	return p.chain(at, "+-", (*parser).product)
}

func (p *parser) product(at int) (*term, int, bool) {
	return p.chain(at, "*/", (*parser).factor)
}

// chain reads operands with operators of one rank between them, left first.
func (p *parser) chain(at int, operators string, operand func(*parser, int) (*term, int, bool)) (*term, int, bool) {
	left, end, ok := operand(p, at)
	if !ok {
		return nil, at, false
	}
	for {
		op := p.space(end)
		if op >= len(p.src) || strings.IndexByte(operators, p.src[op]) < 0 {
			return left, end, true
		}
		before := p.stuck
		right, next, ok := operand(p, p.space(op+1))
		if !ok {
			p.stuck = before
			return left, end, true
		}
		left, end = &term{op: p.src[op], left: left, right: right}, next
	}
}

// factor reads a sum in parentheses, a number, `{path}` or a path. A bare path
// swallows what follows, because `- / ( )` may stand in names; only at the
// start of a factor a parenthesis is always one.
func (p *parser) factor(at int) (*term, int, bool) {
	if at >= len(p.src) {
		p.refuse(at, aNumber)
		return nil, at, false
	}
	if p.src[at] == '(' {
		return p.parenthesis(at)
	}
	if number, end, ok := p.number(at); ok {
		return &term{number: number}, end, true
	}
	if p.src[at] == '{' {
		path, end, ok := p.path(p.space(at + 1))
		if !ok {
			return nil, at, false
		}
		if end, ok = p.fixed(p.space(end), brace); !ok {
			return nil, at, false
		}
		return &term{path: path}, end, true
	}
	path, end, ok := p.path(at)
	return &term{path: path}, end, ok
}

func (p *parser) parenthesis(at int) (*term, int, bool) {
	ok := p.deeper()
	defer func() { p.nesting-- }()
	if !ok {
		return nil, at, false
	}
	t, end, ok := p.sum(at + 1)
	if !ok {
		return nil, at, false
	}
	end, ok = p.fixed(end, parenthesis)
	return t, end, ok
}

// number reads digits with at most one point among or before them.
func (p *parser) number(at int) (float64, int, bool) {
	end := p.digits(at)
	if end < len(p.src) && p.src[end] == '.' {
		if behind := p.digits(end + 1); behind > end+1 {
			end = behind
		}
	}
	if end == at {
		return 0, at, false
	}
	n, err := strconv.ParseFloat(p.src[at:end], 64)
	return n, end, err == nil
}

func (p *parser) digits(at int) int {
	for at < len(p.src) && '0' <= p.src[at] && p.src[at] <= '9' {
		at++
	}
	return at
}
