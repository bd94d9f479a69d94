package xmltree

import (
	"fmt"
	"slices"
)

// function is what a name followed by brackets may be. The functions are those
// of XPath 1.0 and a few of 2.0 that people use on texts.
type function struct {
	least, most int // arguments
	kind        kind
	nodes       bool // the arguments must be nodes
	do          func(at *focus, arguments []operand) value
}

type call struct {
	name      string
	function  function
	arguments []operand
}

func newCall(name string, arguments []operand) (operand, error) {
	f, ok := functions[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no function %s", name)
	case len(arguments) < f.least || len(arguments) > f.most:
		return nil, fmt.Errorf("%s takes other arguments", name)
	}
	for _, argument := range arguments {
		if f.nodes && argument.kind() != nodeSet {
			return nil, fmt.Errorf("%s takes nodes", name)
		}
	}
	if err := checkPattern(name, arguments); err != nil {
		return nil, err
	}
	return &call{name: name, function: f, arguments: arguments}, nil
}

func (c *call) kind() kind           { return c.function.kind }
func (c *call) eval(at *focus) value { return c.function.do(at, c.arguments) }

func (c *call) positional() bool {
	return c.name == "position" || c.name == "last" || slices.ContainsFunc(c.arguments, operand.positional)
}

const many = 100

var functions map[string]function

func init() {
	functions = map[string]function{
		"last":            {0, 0, numberKind, false, func(at *focus, _ []operand) value { return ofNumber(float64(at.size)) }},
		"position":        {0, 0, numberKind, false, func(at *focus, _ []operand) value { return ofNumber(float64(at.position)) }},
		"count":           {1, 1, numberKind, true, count},
		"sum":             {1, 1, numberKind, true, sum},
		"exists":          {1, 1, booleanKind, true, func(at *focus, a []operand) value { return ofBoolean(truth(a[0], at)) }},
		"empty":           {1, 1, booleanKind, true, func(at *focus, a []operand) value { return ofBoolean(!truth(a[0], at)) }},
		"local-name":      {0, 1, textKind, true, ofNode(localName)},
		"namespace-uri":   {0, 1, textKind, true, ofNode(namespaceURI)},
		"name":            {0, 1, textKind, true, ofNode(fullName)},
		"string":          {0, 1, textKind, false, func(at *focus, a []operand) value { return ofText(textOr(at, a)) }},
		"number":          {0, 1, numberKind, false, number},
		"boolean":         {1, 1, booleanKind, false, func(at *focus, a []operand) value { return ofBoolean(truth(a[0], at)) }},
		"not":             {1, 1, booleanKind, false, func(at *focus, a []operand) value { return ofBoolean(!truth(a[0], at)) }},
		"true":            {0, 0, booleanKind, false, func(*focus, []operand) value { return ofBoolean(true) }},
		"false":           {0, 0, booleanKind, false, func(*focus, []operand) value { return ofBoolean(false) }},
		"lang":            {1, 1, booleanKind, false, lang},
		"floor":           {1, 1, numberKind, false, rounded(floor)},
		"ceiling":         {1, 1, numberKind, false, rounded(ceiling)},
		"round":           {1, 1, numberKind, false, rounded(round)},
		"concat":          {2, many, textKind, false, concat},
		"string-length":   {0, 1, numberKind, false, stringLength},
		"normalize-space": {0, 1, textKind, false, normalizeSpace},
		"translate":       {3, 3, textKind, false, translate},
		"substring":       {2, 3, textKind, false, substring},
	}
	addTextFunctions()
}
