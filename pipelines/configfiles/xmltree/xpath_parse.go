package xmltree

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// maxExpressionDepth bounds brackets in brackets.
const maxExpressionDepth = 100

// kind is what an expression evaluates to; without variables it is known
// before anything is evaluated.
type kind uint8

const (
	nodeSet kind = iota
	textKind
	numberKind
	booleanKind
)

type expressionParser struct {
	tokens   []token
	prefixes map[string]string
	depth    int
}

func parseExpression(text string, prefixes map[string]string) (operand, error) {
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	p := &expressionParser{tokens: tokens, prefixes: prefixes}
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != endToken {
		return nil, fmt.Errorf("%q is unexpected", t.text)
	}
	return e, nil
}

func (p *expressionParser) peek() token { return p.tokens[0] }

func (p *expressionParser) next() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take skips an operator if it comes next.
func (p *expressionParser) take(operator string) bool {
	if t := p.peek(); t.kind != operatorToken || t.text != operator {
		return false
	}
	p.next()
	return true
}

func (p *expressionParser) must(operator string) error {
	if !p.take(operator) {
		return fmt.Errorf("%s is missing", operator)
	}
	return nil
}

// levels are the binary operators, those that bind least first.
var levels = [][]string{
	{"or"}, {"and"}, {"=", "!=", "eq", "ne"}, {"<", "<=", ">", ">=", "lt", "le", "gt", "ge"}, {"+", "-"}, {"*", "div", "mod"},
}

func (p *expressionParser) binary(level int) (operand, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		t := p.peek()
		if t.kind != operatorToken || !slices.Contains(levels[level], t.text) {
			return left, nil
		}
		p.next()
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = newBinary(t.text, left, right)
	}
}

func (p *expressionParser) unary() (operand, error) {
	negative, signs := false, 0
	for ; p.take("-"); signs++ {
		negative = !negative
	}
	e, err := p.union()
	if err != nil || signs == 0 {
		return e, err
	}
	return &negation{of: e, negative: negative}, nil
}

func (p *expressionParser) union() (operand, error) {
	first, err := p.path()
	if err != nil {
		return nil, err
	}
	all := union{first}
	for p.take("|") || p.take("union") {
		e, err := p.path()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if len(all) == 1 {
		return first, nil
	}
	for _, e := range all {
		if e.kind() != nodeSet {
			return nil, errors.New("| joins nodes only")
		}
	}
	return all, nil
}

func (p *expressionParser) path() (operand, error) {
	if p.depth++; p.depth > maxExpressionDepth {
		return nil, errors.New("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	path := &path{}
	switch t := p.peek(); {
	case p.take("/"):
		path.absolute = true
		if !p.startsStep() {
			return path, nil
		}
	case p.take("//"):
		path.absolute = true
		path.steps = append(path.steps, anyDepth)
	case t.kind == textToken || t.kind == numberToken || t.text == "(" || t.kind == callToken && !isNodeType(t.text):
		base, err := p.filtered()
		if err != nil {
			return nil, err
		}
		if t := p.peek(); t.kind != operatorToken || t.text != "/" && t.text != "//" {
			return base, nil
		}
		if base.kind() != nodeSet {
			return nil, errors.New("only nodes have a path below them")
		}
		path.base = base
		if p.next().text == "//" {
			path.steps = append(path.steps, anyDepth)
		}
	}
	return path, p.steps(path)
}

func (p *expressionParser) steps(path *path) error {
	for {
		s, err := p.step()
		if err != nil {
			return err
		}
		path.add(s)
		switch {
		case p.take("//"):
			path.steps = append(path.steps, anyDepth)
		case !p.take("/"):
			return nil
		}
	}
}

// filtered reads a primary expression and its predicates.
func (p *expressionParser) filtered() (operand, error) {
	primary, err := p.primary()
	if err != nil {
		return nil, err
	}
	predicates, err := p.predicates()
	if err != nil || len(predicates) == 0 {
		return primary, err
	}
	if primary.kind() != nodeSet {
		return nil, errors.New("[ ] follows nodes only")
	}
	return &filter{of: primary, predicates: predicates}, nil
}

func (p *expressionParser) primary() (operand, error) {
	switch t := p.next(); t.kind {
	case textToken:
		return textLiteral(t.text), nil
	case numberToken:
		n, err := strconv.ParseFloat(t.text, 64)
		return numberLiteral(n), err
	case callToken:
		return p.call(t.text)
	}
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	return e, p.must(")")
}

func (p *expressionParser) call(name string) (operand, error) {
	p.next() // the bracket, which made it a call
	var arguments []operand
	for !p.take(")") {
		if len(arguments) > 0 {
			if err := p.must(","); err != nil {
				return nil, err
			}
		}
		argument, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, argument)
	}
	return newCall(name, arguments)
}

func (p *expressionParser) predicates() ([]operand, error) {
	var all []operand
	for p.take("[") {
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		if err := p.must("]"); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}
