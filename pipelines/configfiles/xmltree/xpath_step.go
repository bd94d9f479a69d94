package xmltree

import (
	"errors"
	"fmt"
)

// step is one part of a path: where to look, what to take, which of that.
type step struct {
	axis       string
	test       nodeTest
	predicates []operand
}

// anyDepth is what // stands for.
var anyDepth = step{axis: "descendant-or-self", test: nodeTest{of: anyNode}}

var axes = map[string]bool{
	"ancestor": true, "ancestor-or-self": true, "attribute": true, "child": true, "descendant": true,
	"descendant-or-self": true, "following": true, "following-sibling": true, "parent": true,
	"preceding": true, "preceding-sibling": true, "self": true,
}

func isNodeType(name string) bool {
	return name == "node" || name == "text" || name == "comment" || name == "processing-instruction"
}

func (p *expressionParser) startsStep() bool {
	t := p.peek()
	switch t.kind {
	case nameToken, axisToken:
		return true
	case callToken:
		return isNodeType(t.text)
	}
	return t.kind == operatorToken && (t.text == "." || t.text == ".." || t.text == "@")
}

func (p *expressionParser) step() (step, error) {
	if !p.startsStep() {
		return step{}, errors.New("a name is missing")
	}
	s := step{axis: "child"}
	switch t := p.peek(); {
	case p.take("."):
		return step{axis: "self", test: nodeTest{of: anyNode}}, nil
	case p.take(".."):
		return step{axis: "parent", test: nodeTest{of: anyNode}}, nil
	case p.take("@"):
		s.axis = "attribute"
	case t.kind == axisToken:
		if s.axis = p.next().text; !axes[s.axis] {
			return step{}, fmt.Errorf("there is no axis %s", s.axis)
		}
	}
	var err error
	if s.test, err = p.nodeTest(); err != nil {
		return step{}, err
	}
	s.predicates, err = p.predicates()
	return s, err
}

func (p *expressionParser) nodeTest() (nodeTest, error) {
	t := p.next()
	switch {
	case t.kind == nameToken:
		return p.nameTest(t)
	case t.kind != callToken || !isNodeType(t.text):
		return nodeTest{}, errors.New("a name is missing")
	}
	p.next() // the bracket, which made it a call
	test := nodeTest{of: testOf[t.text]}
	if target := p.peek(); test.of == instructionNode && target.kind == textToken {
		test.local = p.next().text
	}
	return test, p.must(")")
}

func (p *expressionParser) nameTest(t token) (nodeTest, error) {
	test := nodeTest{of: named, local: t.text}
	if t.text == "*" {
		test.local = ""
	}
	switch {
	case t.prefix == "*" || t.prefix == "" && t.text == "*":
		test.anyURI = true
	case t.prefix == "xml":
		test.uri = xmlURI
	case t.prefix != "":
		uri, ok := p.prefixes[t.prefix]
		if !ok {
			return nodeTest{}, fmt.Errorf("prefix %s is not declared", t.prefix)
		}
		test.uri = uri
	}
	return test, nil
}

type testKind uint8

const (
	named testKind = iota
	anyNode
	textNode
	commentNode
	instructionNode
)

var testOf = map[string]testKind{"node": anyNode, "text": textNode, "comment": commentNode, "processing-instruction": instructionNode}

// nodeTest says which nodes of an axis a step takes.
type nodeTest struct {
	of     testKind
	local  string // "" is any
	uri    string
	anyURI bool
}

func (t *nodeTest) accepts(n *Node, search *search) bool {
	switch t.of {
	case named:
		return n.kind == Element && (t.local == "" || t.local == n.Local()) && (t.anyURI || t.uri == search.namespace(n, n.Prefix()))
	case textNode:
		return n.kind == Text || n.kind == CData
	case commentNode:
		return n.kind == Comment
	case instructionNode:
		return n.kind == Instruction && (t.local == "" || t.local == n.name)
	}
	return true
}

func (t *nodeTest) acceptsAttribute(a *Attribute, search *search) bool {
	switch t.of {
	case named:
		return (t.local == "" || t.local == a.Local()) && (t.anyURI || t.uri == search.attributeNamespace(a))
	case anyNode:
		return true
	}
	return false
}

// visible reports what XPath sees: no declaration, no document type, no text
// outside of elements.
func visible(n *Node) bool {
	switch n.kind {
	case Declaration, Doctype:
		return false
	case Text:
		return n.parent == nil || n.parent.kind != Root
	}
	return true
}
