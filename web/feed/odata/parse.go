package odata

import "slices"

// Parse reads a $filter. Properties are those that knows says yes to; an empty
// text is no condition.
func Parse(text string, knows func(property string) bool) (Filter, error) {
	if len(text) > longestFilter {
		return Filter{}, refuse(text, "it is longer than %d bytes", longestFilter)
	}
	all, err := tokens(text)
	if err != nil || len(all) == 1 {
		return Filter{}, err
	}
	p := &parser{text: text, left: all, knows: knows}
	root, err := p.either()
	if err == nil && p.left[0].kind != 0 {
		err = p.unexpected()
	}
	if err != nil {
		return Filter{}, err
	}
	return Filter{root}, nil
}

type parser struct {
	text  string
	left  []token // ends with one of kind 0, which is never taken
	knows func(string) bool
	depth int
	parts int
}

func (p *parser) unexpected() error {
	switch t := p.left[0]; t.kind {
	case 0:
		return refuse(p.text, "it ends in the middle")
	case 'v':
		return refuse(p.text, "a value stands where none is expected")
	default:
		return refuse(p.text, "%q stands where it is not expected", t.text)
	}
}

// word takes the next token where it is one of the words.
func (p *parser) word(words ...string) (string, bool) {
	if t := p.left[0]; t.kind == 'n' && slices.Contains(words, t.text) {
		p.left = p.left[1:]
		return t.text, true
	}
	return "", false
}

func (p *parser) sign(c byte) bool {
	if p.left[0].kind != c {
		return false
	}
	p.left = p.left[1:]
	return true
}

// made counts the parts of a condition: each costs something for every item.
func (p *parser) made(e expression) (expression, error) {
	if p.parts++; p.parts > mostParts {
		return nil, refuse(p.text, "it has more than %d parts", mostParts)
	}
	return e, nil
}

func (p *parser) either() (expression, error) {
	if p.depth++; p.depth > deepest {
		return nil, refuse(p.text, "it is nested deeper than %d", deepest)
	}
	defer func() { p.depth-- }()
	left, err := p.both()
	for err == nil {
		if _, ok := p.word("or"); !ok {
			break
		}
		var right expression
		if right, err = p.both(); err == nil {
			left, err = p.made(either{left, right})
		}
	}
	return left, err
}

func (p *parser) both() (expression, error) {
	left, err := p.not()
	for err == nil {
		if _, ok := p.word("and"); !ok {
			break
		}
		var right expression
		if right, err = p.not(); err == nil {
			left, err = p.made(both{left, right})
		}
	}
	return left, err
}

func (p *parser) not() (expression, error) {
	negated := false
	for {
		if _, ok := p.word("not"); !ok {
			break
		}
		negated = !negated
	}
	of, err := p.comparison()
	if err != nil || !negated {
		return of, err
	}
	return p.made(negation{of})
}

func (p *parser) comparison() (expression, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	operator, ok := p.word("eq", "ne", "gt", "ge", "lt", "le")
	if !ok {
		return left, nil
	}
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	return p.made(comparison{operator, left, right})
}

func (p *parser) operand() (expression, error) {
	t := p.left[0]
	switch {
	case t.kind == 'v':
		p.left = p.left[1:]
		return p.made(constant{t.value})
	case p.sign('('):
		inside, err := p.either()
		if err == nil && !p.sign(')') {
			err = p.unexpected()
		}
		return inside, err
	case t.kind != 'n':
		return nil, p.unexpected()
	}
	p.left = p.left[1:]
	if p.sign('(') {
		return p.call(t.text)
	}
	if !p.knows(t.text) {
		return nil, refuse(p.text, "packages have no property %q", t.text)
	}
	return p.made(property(t.text))
}

func (p *parser) call(name string) (expression, error) {
	f, ok := functions[name]
	if !ok {
		return nil, refuse(p.text, "the function %q is not known here", name)
	}
	c := call{name: name, f: f.f}
	for !p.sign(')') {
		if len(c.of) > 0 && !p.sign(',') {
			return nil, p.unexpected()
		}
		of, err := p.either()
		if err != nil {
			return nil, err
		}
		c.of = append(c.of, of)
	}
	if len(c.of) != f.takes {
		return nil, refuse(p.text, "%s takes %d values, not %d", name, f.takes, len(c.of))
	}
	return p.made(c)
}
