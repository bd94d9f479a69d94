package xmltree

import (
	"errors"
	"fmt"
)

// Found is one thing an expression selected.
type Found struct {
	Node      *Node      // the node, or the element that carries the attribute
	Attribute *Attribute // nil unless the expression selected attributes
}

// Value is the decoded value of what was found.
func (f Found) Value() string {
	if f.Attribute != nil {
		return f.Attribute.Value()
	}
	return f.Node.Value()
}

// Expression is an XPath expression that was read. One tree is searched by one
// at a time: a search leaves notes in the nodes.
type Expression struct {
	text string
	path operand
}

// ErrTooLong stops a search that visits far more than there is to see.
var ErrTooLong = errors.New("the search takes too long")

// Compile reads an XPath 1.0 expression that selects nodes; prefixes says which
// namespaces its prefixes mean. A name without prefix is one without namespace;
// `*:name`, of XPath 2, is that name in any.
func Compile(expression string, prefixes map[string]string) (*Expression, error) {
	e, err := parseExpression(expression, prefixes)
	if err == nil && e.kind() != nodeSet {
		err = errors.New("it has a value but selects no nodes")
	}
	if err != nil {
		return nil, fmt.Errorf("XPath expression %q: %w", expression, err)
	}
	return &Expression{text: expression, path: e}, nil
}

// Select is Compile and Select of the Expression in one go.
func Select(from *Node, expression string, prefixes map[string]string) ([]Found, error) {
	e, err := Compile(expression, prefixes)
	if err != nil {
		return nil, err
	}
	return e.Select(from)
}

// Select finds what the expression selects with from as its context node, in
// the order of the document and each once. The error is ErrTooLong.
func (e *Expression) Select(from *Node) (found []Found, err error) {
	defer func() {
		if r := recover(); r == ErrTooLong {
			found, err = nil, fmt.Errorf("XPath expression %q: %w", e.text, ErrTooLong)
		} else if r != nil {
			panic(r)
		}
	}()
	at := focus{node: Found{Node: from}, position: 1, size: 1, search: newSearch(from)}
	return e.path.eval(&at).nodes, nil
}
