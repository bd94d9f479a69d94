package octostache

import (
	"strings"
)

// expression reads a path, filters, or a path with filters.
func (p *parser) expression(at int) (expression, int, bool) {
	var e expression
	end := at
	if !strings.HasPrefix(p.src[at:], "|") {
		path, behind, ok := p.path(at)
		if !ok {
			p.refuse(at, bar)
			return e, at, false
		}
		e.path, end = path, behind
	}
	next := p.space(end)
	if !strings.HasPrefix(p.src[next:], "|") {
		p.refuse(next, bar)
		return e, end, true
	}
	first, behind, ok := p.filter(next)
	if !ok {
		return e, end, e.path != nil
	}
	e.filters = append(make([]filterCall, 0, 1), first)
	for strings.HasPrefix(p.src[behind:], "|") {
		before := p.stuck
		next, end, ok := p.filter(behind)
		if !ok {
			p.stuck = before
			break
		}
		e.filters, behind = append(e.filters, next), end
	}
	return e, behind, true
}

// filter reads `| Name option…`.
func (p *parser) filter(at int) (filterCall, int, bool) {
	name, end := p.word(p.space(at + 1))
	if name == "" {
		p.refuse(end, aFilter)
		return filterCall{}, at, false
	}
	f := filterCall{name: name, builtin: builtins[strings.ToLower(name)]}
	end = p.space(end)
	for {
		o, next, ok := p.option(end)
		if !ok {
			return f, end, true
		}
		f.options, end = append(f.options, o), next
	}
}

// option tries to read one option. Space belongs to a text option only, hence
// none may follow a `#{…}` before another one or a `|`.
func (p *parser) option(at int) (option, int, bool) {
	before := p.stuck
	defer func() { p.stuck = before }()
	if strings.HasPrefix(p.src[at:], "#{") {
		t, end, ok := p.token(at)
		return option{token: t}, end, ok
	}
	from := p.space(at)
	if word, end := p.word(from); word != "" {
		return option{text: word}, p.space(end), true
	}
	if literal, end, ok := p.quoted(from); ok {
		return option{text: literal}, p.space(end), true
	}
	return option{}, at, false
}

func (p *parser) word(at int) (string, int) {
	end := p.wordEnd(at)
	return p.src[at:end], end
}

// quoted reads `"…"`, which cannot hold `#`, or `\"…\"`, which can.
func (p *parser) quoted(at int) (string, int, bool) {
	rest := p.src[at:]
	if strings.HasPrefix(rest, `\"`) {
		length := -1
		if !p.noQuote {
			length = strings.Index(rest[2:], `\"`)
		}
		if length < 0 {
			p.noQuote = true
			p.refuse(len(p.src), escapedQuote)
			return "", at, false
		}
		return rest[2 : 2+length], at + length + 4, true
	}
	if !strings.HasPrefix(rest, `"`) {
		return "", at, false
	}
	length := strings.IndexAny(rest[1:], `"#`)
	if length < 0 {
		p.refuse(len(p.src), quote)
		return "", at, false
	}
	if rest[1+length] == '#' {
		p.refuse(at+1+length, anUnescaped)
		return "", at, false
	}
	return rest[1 : 1+length], at + length + 2, true
}
