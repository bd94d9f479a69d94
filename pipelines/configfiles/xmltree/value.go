package xmltree

import "strings"

// Value is the decoded value.
func (a *Attribute) Value() string {
	if a.owner == nil {
		return (*Document)(nil).decode(a.raw, true)
	}
	return a.owner.doc.decode(a.raw, true)
}

// Value is the decoded text of a node; of an element or root all text below.
func (n *Node) Value() string {
	switch n.kind {
	case Text:
		return n.doc.decode(n.raw, false)
	case CData, Comment:
		return lineFeeds(n.raw)
	case Instruction, Declaration:
		return lineFeeds(strings.TrimLeft(n.raw, spaces))
	case Element, Root:
		return n.below()
	}
	return n.raw
}

// below is the text of everything in n; the usual one child costs nothing.
func (n *Node) below() string {
	if n.first == nil {
		return ""
	}
	if n.first == n.last && n.first.kind == Text {
		return n.first.Value()
	}
	var b strings.Builder
	for at := n.first; at != nil; at = at.Following(n) {
		if at.kind == Text || at.kind == CData {
			b.WriteString(at.Value())
		}
	}
	return b.String()
}

// lineFeeds turns every kind of line end into a line feed.
func lineFeeds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// Unescape is the meaning of a raw text, without a document whose entities
// count: references to those stay.
func Unescape(raw string) string { return (*Document)(nil).decode(raw, false) }
