package xmltree

type comparison struct {
	sides
	operator string
}

func (c *comparison) kind() kind { return booleanKind }

func (c *comparison) eval(at *focus) value {
	if is, ok := c.attributeIs(at); ok {
		return ofBoolean(is)
	}
	return ofBoolean(c.holds(c.left.eval(at), c.right.eval(at), at.search))
}

// attributeIs answers @name='text', which is most of what is ever asked,
// without making sets of nodes.
func (c *comparison) attributeIs(at *focus) (is, ok bool) {
	text, isText := c.right.(textLiteral)
	path, isPath := c.left.(*path)
	if !isText || !isPath || c.operator != "=" {
		return false, false
	}
	a, ok := path.attribute(at.node)
	if !ok {
		return false, false
	}
	at.search.spend(1)
	return a != nil && a.Value() == string(text), true
}

// holds compares as the standard says: a set holds if any of its nodes does.
func (c *comparison) holds(left, right value, s *search) bool {
	switch {
	case left.kind == booleanKind || right.kind == booleanKind:
		if c.operator == "=" || c.operator == "!=" {
			return (left.asBoolean() == right.asBoolean()) == (c.operator == "=")
		}
		left, right = ofBoolean(left.asBoolean()), ofBoolean(right.asBoolean())
	case left.kind == nodeSet:
		for _, f := range left.nodes {
			text := ofText(s.textOf(f))
			if right.kind != nodeSet {
				if c.single(text, right, s) {
					return true
				}
				continue
			}
			for _, g := range right.nodes {
				if c.single(text, ofText(s.textOf(g)), s) {
					return true
				}
			}
		}
		return false
	case right.kind == nodeSet:
		for _, f := range right.nodes {
			if c.single(left, ofText(s.textOf(f)), s) {
				return true
			}
		}
		return false
	}
	return c.single(left, right, s)
}

func (c *comparison) single(left, right value, s *search) bool {
	if left.kind == textKind && right.kind == textKind {
		switch c.operator {
		case "=":
			return left.text == right.text
		case "!=":
			return left.text != right.text
		}
	}
	a, b := left.asNumber(s), right.asNumber(s)
	switch c.operator {
	case "=":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
