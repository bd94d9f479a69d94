package xdt

import (
	"slices"

	"slipway/pipelines/configfiles/xmltree"
)

// format is the second pass: it puts white space right where nodes came and
// went, from the outside in, because inner indents follow outer ones.
func (r *run) format() {
	done := map[*xmltree.Node]bool{}
	var parents []*xmltree.Node
	for _, n := range r.touched {
		if !done[n] && r.isThere(n) && !r.fresh[n] {
			done[n] = true
			parents = append(parents, n)
		}
	}
	slices.SortStableFunc(parents, func(a, b *xmltree.Node) int { return depth(a) - depth(b) })
	for _, n := range parents {
		r.trailingSpaceLast(n)
		r.formatContent(n, indents(n))
	}
	for _, n := range r.spaced {
		if r.isThere(n) {
			r.formatAttributes(n)
		}
	}
}

func (r *run) isThere(n *xmltree.Node) bool {
	for n.Parent() != nil {
		n = n.Parent()
	}
	return n == r.target.Root()
}

func depth(n *xmltree.Node) int {
	d := 0
	for n = n.Parent(); n != nil; n = n.Parent() {
		d++
	}
	return d
}

// trailingSpaceLast moves the white space before an end tag behind the
// elements that were appended after it.
func (r *run) trailingSpaceLast(parent *xmltree.Node) {
	if parent.Kind() != xmltree.Element {
		return
	}
	at := parent.Last()
	for at != nil && r.fresh[at] {
		at = at.Previous()
	}
	if at != nil && at != parent.Last() && at.IsSpace() {
		parent.Append(at)
	}
}

// formatContent gives new nodes their indent and makes one white space of the
// two around a removed one. Content with text in it is nobody's to indent.
// around are the indents of the parent and what it stands in.
func (r *run) formatContent(parent *xmltree.Node, around []string) {
	if r.fresh[parent] && hasText(parent) {
		r.formatFresh(parent, around)
		return
	}
	indent := ""
	previous := parent
	for n := parent.First(); n != nil; {
		next := n.Next()
		switch {
		case n.IsSpace():
			n = mergeSpace(previous, n)
			if own := indentIn(n.Raw()); own != "" {
				indent = own
			}
		case n.Kind() == xmltree.Element || n.Kind() == xmltree.Comment:
			if r.needsIndent(n, previous) {
				if indent == "" {
					indent = indentBelow(parent, around)
				}
				if indent != "" {
					n.InsertBefore(xmltree.NewSpace(indent))
				}
			}
			if r.fresh[n] {
				r.formatAttributes(n)
				r.formatContent(n, append(around[:len(around):len(around)], indent))
			}
		}
		previous, n = n, next
	}
	if parent.Kind() == xmltree.Element && previous != parent && r.needsIndent(parent, previous) {
		if indent := around[len(around)-1]; indent != "" {
			parent.Append(xmltree.NewSpace(indent))
		}
	}
}

// formatFresh goes through the new elements of mixed content.
func (r *run) formatFresh(parent *xmltree.Node, around []string) {
	for n := parent.FirstElement(); n != nil; n = n.NextElement() {
		r.formatAttributes(n)
		r.formatContent(n, append(around[:len(around):len(around)], indentBelow(parent, around)))
	}
}

// mergeSpace keeps one of two white spaces: the later, unless only the earlier
// has a line break.
func mergeSpace(previous, n *xmltree.Node) *xmltree.Node {
	if !previous.IsSpace() || previous.Parent() != n.Parent() {
		return n
	}
	if indentIn(n.Raw()) == "" && indentIn(previous.Raw()) != "" {
		n.Remove()
		return previous
	}
	previous.Remove()
	return n
}

func (r *run) needsIndent(n, previous *xmltree.Node) bool {
	if previous.Kind() == xmltree.Text || previous.Kind() == xmltree.CData {
		return false
	}
	return r.isNew(n) || r.isNew(previous)
}

// isNew says whether a node is, or stands in, a new element.
func (r *run) isNew(n *xmltree.Node) bool {
	if n.Kind() != xmltree.Element {
		n = n.Parent()
	}
	return n != nil && r.fresh[n]
}

func hasText(n *xmltree.Node) bool {
	for at := n.First(); at != nil; at = at.Next() {
		if at.Kind() == xmltree.CData || at.Kind() == xmltree.Text && !at.IsSpace() {
			return true
		}
	}
	return false
}
