package xmltree

import "fmt"

// SetValue gives the attribute the meaning value; the quotes stay.
func (a *Attribute) SetValue(value string) { a.raw = EscapeAttribute(value, a.quote) }

// SetAttribute gives the attribute of this name the value; a new one is put
// behind the others, with one blank before it.
func (n *Node) SetAttribute(name, value string) *Attribute {
	if a := n.Attribute(name); a != nil {
		a.SetValue(value)
		return a
	}
	return n.AddAttribute(" ", name, value)
}

// AddAttribute puts a new attribute behind the others; space is the white space
// before it. The name must not be there yet.
func (n *Node) AddAttribute(space, name, value string) *Attribute {
	local, ok := localStart(name)
	if !ok || !isName(name) {
		panic(fmt.Sprintf("xmltree: %q is no name", name))
	}
	if space == "" || !isSpace(space) {
		panic("xmltree: white space belongs before an attribute")
	}
	a := &Attribute{owner: n, name: name, local: local, space: space, equals: "=", quote: '"', offset: -1}
	a.SetValue(value)
	to := &n.attr
	for *to != nil {
		to = &(*to).next
	}
	*to = a
	return a
}

// RemoveAttribute takes the attribute of this name away, with the white space
// before it; false if there is none.
func (n *Node) RemoveAttribute(name string) bool {
	for to := &n.attr; *to != nil; to = &(*to).next {
		if a := *to; a.name == name {
			*to = a.next
			a.owner, a.next = nil, nil
			return true
		}
	}
	return false
}

// Remove takes the attribute off its element.
func (a *Attribute) Remove() {
	if a.owner != nil {
		a.owner.RemoveAttribute(a.name)
	}
}
