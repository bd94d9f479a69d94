package xdt

import (
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// locator says which elements of that name are meant; the zero one: all.
type locator struct {
	match      []key
	expression *xmltree.Expression
	how        how
}

type how uint8

const (
	byName   how = iota // and match
	asStep              // Condition: the name with the predicate, from the parent
	fromRoot            // XPath with a slash at its beginning
	fromHere            // XPath from the elements of that name
)

// key is an attribute that must have this value.
type key struct {
	uri, local, value string
}

func (e *element) locate() (locator, error) {
	if !e.located {
		e.located = true
		e.locator, e.failed = e.readLocator()
	}
	return e.locator, e.failed
}

func (e *element) readLocator() (locator, error) {
	a := e.node.AttributeNS(Namespace, "Locator")
	if a == nil {
		return locator{}, nil
	}
	c, err := parseCall(a.Value())
	if err != nil {
		return locator{}, placed(a, err)
	}
	l, err := e.callLocator(c)
	return l, placed(a, err)
}

func (e *element) callLocator(c call) (locator, error) {
	switch c.name {
	case "Match":
		return e.matchLocator(c)
	case "Condition", "XPath":
		if len(c.arguments) != 1 {
			return locator{}, fmt.Errorf("locator %s takes exactly one argument, here are %d; a comma parts arguments unless it stands in round brackets", c.name, len(c.arguments))
		}
		if c.name == "XPath" {
			return e.pathLocator(c.arguments[0])
		}
		return e.conditionLocator(c.arguments[0])
	}
	return locator{}, fmt.Errorf("there is no locator %q: use Match, Condition or XPath", c.name)
}

func (e *element) matchLocator(c call) (locator, error) {
	if len(c.arguments) == 0 {
		return locator{}, errors.New("locator Match takes at least one argument: the name of an attribute, Match(key)")
	}
	var l locator
	for _, name := range c.arguments {
		a := e.node.Attribute(name)
		if a == nil {
			return locator{}, fmt.Errorf("locator Match names attribute %q, which the element does not have", name)
		}
		l.match = append(l.match, key{uri: a.URI(), local: a.Local(), value: a.Value()})
	}
	return l, nil
}

// ownName is the prefix for the element's own namespace in expressions made
// here.
const ownName = "_own"

func (e *element) conditionLocator(predicate string) (locator, error) {
	name := e.node.Local()
	prefixes := e.prefixes()
	if e.uri != "" {
		prefixes[ownName] = e.uri
		name = ownName + ":" + name
	}
	if !strings.HasPrefix(predicate, "[") {
		predicate = "[" + predicate
	}
	if !strings.HasSuffix(predicate, "]") {
		predicate += "]"
	}
	return compiled(asStep, name+predicate, prefixes)
}

func (e *element) pathLocator(path string) (locator, error) {
	if strings.HasPrefix(path, "/") {
		return compiled(fromRoot, path, e.prefixes())
	}
	return compiled(fromHere, path, e.prefixes())
}

func compiled(h how, expression string, prefixes map[string]string) (locator, error) {
	x, err := xmltree.Compile(expression, prefixes)
	return locator{how: h, expression: x}, unquoted(err)
}

// unquoted is an error about an expression without its text, which may hold a
// value.
func unquoted(err error) error {
	if err == nil {
		return nil
	}
	if cause := errors.Unwrap(err); cause != nil {
		return fmt.Errorf("this is no XPath expression we can follow: %w", cause)
	}
	return errors.New("this is no XPath expression we can follow")
}

// fits compares the attributes that Match names.
func (l locator) fits(n *xmltree.Node) bool {
	for _, k := range l.match {
		if a := k.of(n); a == nil || a.Value() != k.value {
			return false
		}
	}
	return true
}

// of is the attribute of that name on a node, nil without one.
func (k key) of(n *xmltree.Node) *xmltree.Attribute {
	if k.uri == "" {
		return n.Attribute(k.local)
	}
	return n.AttributeNS(k.uri, k.local)
}
