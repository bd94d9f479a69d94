// Package xmltree is an XML document as it was written: a tree that can be
// searched and changed, and that gives back every byte nobody touched.
//
// It validates nothing, fetches nothing, and knows no configuration format;
// the bytes of a file and their encoding are the caller's.
//
// The idea to know: a node keeps the pieces of source text it stands for, raw,
// white space and quotes included. Writing is putting the pieces in a row;
// what they mean (entities decoded, namespaces resolved, line and column) is
// worked out only when somebody asks.
package xmltree

import (
	"iter"
	"strings"
)

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes. Root stands for the document and is never written; White
// space between elements is Text like any other.
const (
	Root Kind = iota
	Element
	Text
	CData
	Comment
	Instruction
	Declaration
	Doctype
)

// Document is one XML text as a tree.
type Document struct {
	root     Node
	source   string
	bom      bool
	entities map[string]string // replacement texts of the internal subset
	open     bool              // entities may be declared where we do not look
	lines    []int             // offsets of line starts; made when first asked for
}

// Root is the node above everything in the document.
func (d *Document) Root() *Node { return &d.root }

// Element is the document's outermost element, nil if it was removed.
func (d *Document) Element() *Node {
	for n := d.root.first; n != nil; n = n.next {
		if n.kind == Element {
			return n
		}
	}
	return nil
}

// Declaration is the node of `<?xml …?>`, nil without one.
func (d *Document) Declaration() *Node {
	if n := d.root.first; n != nil && n.kind == Declaration {
		return n
	}
	return nil
}

// Node is one piece of a document. The zero Node is of no use; nodes come from
// Parse, ParseFragment, Clone and the New functions.
type Node struct {
	kind       Kind
	selfClosed bool
	local      int32  // where the local name begins in name
	offset     int32  // in the source it was read from; -1 when made later
	order      uint32 // its place in the document while a search sorts
	doc        *Document

	parent, prev, next, first, last *Node

	name    string // of an element as written; target of an instruction
	raw     string // what is between the delimiters, as written
	tail    string // white space before the start tag's end
	endTail string // white space before the end tag's end
	attr    *Attribute
}

// Attribute is one attribute of an element, namespace declarations included.
type Attribute struct {
	owner  *Node
	next   *Attribute
	local  int32
	offset int32
	quote  byte
	space  string // before the name
	equals string // with white space around
	name   string
	raw    string
}

// Kind says what the node is.
func (n *Node) Kind() Kind { return n.kind }

// Name is the name as written, with its prefix; of an instruction its target.
func (n *Node) Name() string { return n.name }

// Local is the name without its prefix.
func (n *Node) Local() string { return n.name[n.local:] }

// Prefix is what stands before the colon of the name.
func (n *Node) Prefix() string { return strings.TrimSuffix(n.name[:n.local], ":") }

// Parent is the node this one stands in; nil for a root and for what was
// removed or not yet put anywhere.
func (n *Node) Parent() *Node { return n.parent }

// First is the first child, nil if there is none.
func (n *Node) First() *Node { return n.first }

// Last is the last child, nil if there is none.
func (n *Node) Last() *Node { return n.last }

// Next is the sibling behind, nil behind the last.
func (n *Node) Next() *Node { return n.next }

// Previous is the sibling before, nil before the first.
func (n *Node) Previous() *Node { return n.prev }

// Document is where the node was read or made for; Clone keeps it, so that
// line and column stay true.
func (n *Node) Document() *Document { return n.doc }

// SelfClosed reports an element written `<a/>`.
func (n *Node) SelfClosed() bool { return n.selfClosed && n.first == nil }

// Raw is the content as written: of Text with its entities, of a CData, Comment,
// Instruction or Doctype what stands between the delimiters.
func (n *Node) Raw() string { return n.raw }

// IsSpace reports Text that is nothing but white space, as written.
func (n *Node) IsSpace() bool { return n.kind == Text && isSpace(n.raw) }

// FirstElement is the first child that is an element, nil if there is none.
func (n *Node) FirstElement() *Node { return elementFrom(n.first) }

// NextElement is the next sibling that is an element, nil if there is none.
func (n *Node) NextElement() *Node { return elementFrom(n.next) }

func elementFrom(n *Node) *Node {
	for n != nil && n.kind != Element {
		n = n.next
	}
	return n
}

// Following is the node behind n in the order of the document, below top; nil
// behind the last. It walks a tree of any depth: n = n.Following(top).
func (n *Node) Following(top *Node) *Node {
	if n.first != nil {
		return n.first
	}
	for n != top && n != nil {
		if n.next != nil {
			return n.next
		}
		n = n.parent
	}
	return nil
}

// Attributes are the attributes in the order they are written in.
func (n *Node) Attributes() []*Attribute {
	var all []*Attribute
	for a := n.attr; a != nil; a = a.next {
		all = append(all, a)
	}
	return all
}

// EachAttribute goes through the attributes without making a list.
func (n *Node) EachAttribute() iter.Seq[*Attribute] {
	return func(yield func(*Attribute) bool) {
		for a := n.attr; a != nil && yield(a); a = a.next {
		}
	}
}

// Attribute is the attribute written with this name, nil without one.
func (n *Node) Attribute(name string) *Attribute {
	for a := n.attr; a != nil; a = a.next {
		if a.name == name {
			return a
		}
	}
	return nil
}

// AttributeNS is the attribute of a namespace and a local name; no uri asks
// for one without a prefix.
func (n *Node) AttributeNS(uri, local string) *Attribute {
	for a := n.attr; a != nil; a = a.next {
		if a.Local() == local && !a.IsNamespace() && a.URI() == uri {
			return a
		}
	}
	return nil
}

// Owner is the element the attribute stands on, nil once removed.
func (a *Attribute) Owner() *Node { return a.owner }

// Name is the name as written, with its prefix.
func (a *Attribute) Name() string { return a.name }

// Local is the name without its prefix.
func (a *Attribute) Local() string { return a.name[a.local:] }

// Prefix is what stands before the colon of the name.
func (a *Attribute) Prefix() string { return strings.TrimSuffix(a.name[:a.local], ":") }

// Raw is the value as written between the quotes.
func (a *Attribute) Raw() string { return a.raw }

// Space is the white space before the attribute.
func (a *Attribute) Space() string { return a.space }

// Quote is the quotation mark around the value.
func (a *Attribute) Quote() byte { return a.quote }
