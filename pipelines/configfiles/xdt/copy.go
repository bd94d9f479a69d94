package xdt

import (
	"slices"
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// copyOf makes what an element of the transform file puts below parent: without
// our attributes, without declarations but those that are missing there, and
// without white space, which the second pass makes anew.
func (r *run) copyOf(node, parent *xmltree.Node) (*xmltree.Node, error) {
	c := copier{parent: parent}
	c.element(node, false)
	nodes, err := xmltree.ParseFragment(c.text.String(), parent)
	if err != nil {
		return nil, err
	}
	made := nodes[0]
	for n := made; n != nil; n = n.Following(made) {
		if n.Kind() == xmltree.Element {
			r.fresh[n] = true
		}
	}
	return made, nil
}

// copier writes elements as text. declared are the declarations it wrote on
// the elements that are open.
type copier struct {
	parent   *xmltree.Node
	text     strings.Builder
	declared []declaration
}

type declaration struct{ prefix, uri string }

func (c *copier) element(n *xmltree.Node, keepSpace bool) {
	outer := len(c.declared)
	name := c.name(n.URI(), n.Prefix(), n.Local(), false)
	var attributes strings.Builder
	for _, a := range n.Attributes() {
		if a.IsNamespace() || a.URI() == Namespace {
			continue
		}
		attributeName := a.Local()
		if a.Prefix() != "" {
			attributeName = c.name(a.URI(), a.Prefix(), a.Local(), true)
		}
		attributes.WriteString(" " + attributeName + `="` + xmltree.EscapeAttribute(a.Value(), '"') + `"`)
		if a.Name() == "xml:space" {
			keepSpace = a.Value() == "preserve"
		}
	}
	c.text.WriteString("<" + name + attributes.String())
	for _, d := range c.declared[outer:] {
		c.text.WriteString(" " + strings.TrimSuffix("xmlns:"+d.prefix, ":") + `="` + xmltree.EscapeAttribute(d.uri, '"') + `"`)
	}
	if n.SelfClosed() {
		c.text.WriteString("/>")
	} else {
		c.text.WriteString(">")
		c.content(n, keepSpace)
		c.text.WriteString("</" + name + ">")
	}
	c.declared = c.declared[:outer]
}

func (c *copier) content(n *xmltree.Node, keepSpace bool) {
	for child := n.First(); child != nil; child = child.Next() {
		switch {
		case child.Kind() == xmltree.Element:
			c.element(child, keepSpace)
		case child.IsSpace() && !keepSpace:
		case child.Kind() == xmltree.Text && strings.Contains(child.Raw(), "&"):
			c.text.WriteString(xmltree.EscapeText(child.Value())) // entities may be the transform file's own
		default:
			c.text.WriteString(child.String())
		}
	}
}

// name is how something of a namespace is called here; it declares the prefix
// if there is none yet. An attribute cannot use the default namespace.
func (c *copier) name(uri, prefix, local string, attribute bool) string {
	if c.means(prefix, uri) {
		return join(prefix, local)
	}
	if uri != "" {
		for _, d := range c.inScope() {
			if d.uri == uri && (d.prefix != "" || !attribute) && c.means(d.prefix, uri) {
				return join(d.prefix, local)
			}
		}
	}
	for prefix != "" && c.taken(prefix) {
		prefix += "_"
	}
	c.declared = append(c.declared, declaration{prefix, uri})
	return join(prefix, local)
}

// taken says that a prefix means something here; what is already written may
// rely on it.
func (c *copier) taken(prefix string) bool {
	_, there := c.parent.Namespace(prefix)
	return there || slices.ContainsFunc(c.declared, func(d declaration) bool { return d.prefix == prefix })
}

func join(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

func (c *copier) means(prefix, uri string) bool {
	for i := len(c.declared) - 1; i >= 0; i-- {
		if c.declared[i].prefix == prefix {
			return c.declared[i].uri == uri
		}
	}
	there, ok := c.parent.Namespace(prefix)
	return ok && there == uri
}

func (c *copier) inScope() []declaration { return append(declarations(c.parent), c.declared...) }

// declarations are those on a node and around it, the nearest first.
func declarations(n *xmltree.Node) []declaration {
	var all []declaration
	for ; n != nil; n = n.Parent() {
		for _, a := range n.Attributes() {
			if a.IsNamespace() {
				all = append(all, declaration{strings.TrimPrefix(strings.TrimPrefix(a.Name(), "xmlns"), ":"), a.Value()})
			}
		}
	}
	return all
}

// prefixFor is a prefix that means the namespace on this element, and whether
// it is declared.
func prefixFor(n *xmltree.Node, uri, wanted string) (prefix string, declared bool) {
	for _, d := range declarations(n) {
		if there, _ := n.Namespace(d.prefix); d.prefix != "" && d.uri == uri && there == uri {
			return d.prefix, true
		}
	}
	for prefix = wanted; ; prefix += "_" {
		there, taken := n.Namespace(prefix)
		if there == uri {
			return prefix, true // xml needs no declaration
		}
		if !taken {
			return prefix, false
		}
	}
}
