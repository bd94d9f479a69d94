package xmltree

import (
	"cmp"
	"regexp"
	"slices"
)

// search is one evaluation of an expression over a tree that does not change
// meanwhile.
type search struct {
	steps    int // how many more nodes may be visited
	root     *Node
	numbered bool
	patterns map[string]*regexp.Regexp
}

func newSearch(from *Node) *search {
	s := &search{steps: 5_000_000, root: from}
	if from.doc != nil {
		s.steps += len(from.doc.source)
	}
	for s.root.parent != nil {
		s.root = s.root.parent
	}
	return s
}

// spend panics with ErrTooLong once too many nodes were visited; Select
// recovers.
func (s *search) spend(steps int) {
	if s.steps -= steps; s.steps < 0 {
		panic(ErrTooLong)
	}
}

// namespace is what a prefix means at n; looking far for it counts.
func (s *search) namespace(n *Node, prefix string) string {
	uri, _, looked := n.namespace(prefix)
	s.spend(looked / 4)
	return uri
}

func (s *search) attributeNamespace(a *Attribute) string {
	if a.local == 0 {
		return ""
	}
	return s.namespace(a.owner, a.Prefix())
}

func (s *search) textOf(f Found) string {
	text := f.Value()
	s.spend(1 + len(text)/64)
	return text
}

// first is the one that comes first in the document.
func (s *search) first(all []Found) Found {
	if len(all) > 1 {
		return slices.MinFunc(all, s.compare)
	}
	return all[0]
}

// inOrder sorts by the document and takes out what stands there twice.
func (s *search) inOrder(all []Found) []Found {
	if len(all) < 2 {
		return all
	}
	if !slices.IsSortedFunc(all, s.compare) {
		slices.SortFunc(all, s.compare)
	}
	return slices.Compact(all)
}

func (s *search) compare(a, b Found) int {
	if a.Node == b.Node {
		return cmp.Compare(a.Attribute.place(), b.Attribute.place())
	}
	s.number()
	return cmp.Compare(a.Node.order, b.Node.order)
}

// number gives every node its place in the document, once.
func (s *search) number() {
	if s.numbered {
		return
	}
	s.numbered = true
	var order uint32
	for n := s.root; n != nil; n = n.Following(s.root) {
		s.spend(1)
		n.order = order
		order++
	}
}

// place counts from 1 among the attributes of the element; 0 is the element.
func (a *Attribute) place() int {
	if a == nil {
		return 0
	}
	place := 1
	for at := a.owner.attr; at != a; at = at.next {
		place++
	}
	return place
}
