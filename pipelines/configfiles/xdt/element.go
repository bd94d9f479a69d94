package xdt

import (
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// element is one element of the transform file, on its path.
type element struct {
	parent *element // nil for the outermost
	node   *xmltree.Node
	uri    string

	transform *xmltree.Attribute
	located   bool // locator was read
	locator   locator
	failed    error // why it could not be
}

func newElement(node *xmltree.Node, parent *element) *element {
	return &element{
		parent:    parent,
		node:      node,
		uri:       node.URI(),
		transform: node.AttributeNS(Namespace, "Transform"),
	}
}

// String is the element's path for people. What locators compare with stays
// out: it may be a secret.
func (e *element) String() string {
	var b strings.Builder
	if e.parent != nil {
		b.WriteString(e.parent.String())
	}
	b.WriteString("/" + e.node.Name())
	if a := e.node.AttributeNS(Namespace, "Locator"); a != nil {
		if c, err := parseCall(a.Value()); err == nil && c.name == "Match" {
			b.WriteString("[" + strings.Join(c.arguments, ",") + "]")
		} else {
			b.WriteString("[…]")
		}
	}
	return b.String()
}

// prefixes are the namespaces that expressions on this element may name.
// `_defaultNamespace` is the word for the one without a prefix.
func (e *element) prefixes() map[string]string {
	names := map[string]string{}
	for at := e.node; at != nil; at = at.Parent() {
		for _, a := range at.Attributes() {
			if !a.IsNamespace() {
				continue
			}
			prefix := a.Local()
			if a.Name() == "xmlns" {
				prefix = "_defaultNamespace"
			}
			if _, inner := names[prefix]; !inner {
				names[prefix] = a.Value()
			}
		}
	}
	return names
}
