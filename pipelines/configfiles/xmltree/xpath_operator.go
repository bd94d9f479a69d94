package xmltree

import "math"

type textLiteral string

func (t textLiteral) kind() kind        { return textKind }
func (t textLiteral) positional() bool  { return false }
func (t textLiteral) eval(*focus) value { return ofText(string(t)) }

type numberLiteral float64

func (n numberLiteral) kind() kind        { return numberKind }
func (n numberLiteral) positional() bool  { return false }
func (n numberLiteral) eval(*focus) value { return ofNumber(float64(n)) }

type negation struct {
	of       operand
	negative bool
}

func (n *negation) kind() kind       { return numberKind }
func (n *negation) positional() bool { return n.of.positional() }

func (n *negation) eval(at *focus) value {
	number := n.of.eval(at).asNumber(at.search)
	if n.negative {
		number = -number
	}
	return ofNumber(number)
}

type sides struct{ left, right operand }

func (s *sides) positional() bool { return s.left.positional() || s.right.positional() }

// words are the operators that XPath 2 has as words too.
var words = map[string]string{"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

func newBinary(operator string, left, right operand) operand {
	if sign, ok := words[operator]; ok {
		operator = sign
	}
	both := sides{left, right}
	switch operator {
	case "and", "or":
		return &logic{sides: both, or: operator == "or"}
	case "=", "!=", "<", "<=", ">", ">=":
		return &comparison{sides: both, operator: operator}
	}
	return &arithmetic{sides: both, operator: operator}
}

type logic struct {
	sides
	or bool
}

func (l *logic) kind() kind { return booleanKind }

func (l *logic) eval(at *focus) value {
	if truth(l.left, at) == l.or {
		return ofBoolean(l.or)
	}
	return ofBoolean(truth(l.right, at))
}

type arithmetic struct {
	sides
	operator string
}

func (a *arithmetic) kind() kind { return numberKind }

func (a *arithmetic) eval(at *focus) value {
	left, right := a.left.eval(at).asNumber(at.search), a.right.eval(at).asNumber(at.search)
	switch a.operator {
	case "+":
		return ofNumber(left + right)
	case "-":
		return ofNumber(left - right)
	case "*":
		return ofNumber(left * right)
	case "div":
		return ofNumber(left / right)
	}
	return ofNumber(math.Mod(left, right))
}
