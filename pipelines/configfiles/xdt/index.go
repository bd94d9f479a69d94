package xdt

import (
	"slices"

	"slipway/pipelines/configfiles/xmltree"
)

// askedBefore is how often the same question goes through all siblings before
// an index is made for it.
const askedBefore = 2

// indexKey is a question that Match asks: children of this name, by this
// attribute.
type indexKey struct {
	uri, local                   string
	attributeURI, attributeLocal string
}

// index answers it, in the order of the document. What it holds may be gone or
// changed since and is looked at again; what came since is added, or the index
// is forgotten.
type index struct {
	asked   int
	byValue map[string][]*xmltree.Node // nil: to be made
}

func (r *run) indexed(e *element, l locator, parent *xmltree.Node) ([]xmltree.Found, bool) {
	first := l.match[0]
	k := indexKey{e.uri, e.node.Local(), first.uri, first.local}
	if r.indexes[parent] == nil {
		r.indexes[parent] = map[indexKey]*index{}
	}
	ix := r.indexes[parent][k]
	if ix == nil {
		ix = &index{}
		r.indexes[parent][k] = ix
	}
	if ix.asked++; ix.asked <= askedBefore {
		return nil, false
	}
	if ix.byValue == nil {
		ix.byValue = r.makeIndex(parent, k)
	}
	var found []xmltree.Found
	for _, n := range ix.byValue[first.value] {
		if n.Parent() == parent && l.fits(n) {
			found = append(found, xmltree.Found{Node: n})
		}
	}
	return found, true
}

func (r *run) makeIndex(parent *xmltree.Node, k indexKey) map[string][]*xmltree.Node {
	count := 0
	for n := parent.FirstElement(); n != nil; n = n.NextElement() {
		count++
	}
	r.budget -= count
	byValue := make(map[string][]*xmltree.Node, count)
	room := make([]*xmltree.Node, count) // most values stand once; their lists cost one allocation in all
	around, _ := parent.Namespace("")
	for n := parent.FirstElement(); n != nil; n = n.NextElement() {
		value, ok := k.valueOf(n, around)
		if !ok {
			continue
		}
		same := byValue[value]
		if same == nil {
			same, room = room[:0:1], room[1:]
		}
		byValue[value] = append(same, n)
	}
	return byValue
}

func (k indexKey) valueOf(n *xmltree.Node, around string) (string, bool) {
	if n.Local() != k.local || !isIn(n, k.uri, around) {
		return "", false
	}
	a := key{uri: k.attributeURI, local: k.attributeLocal}.of(n)
	if a == nil {
		return "", false
	}
	return a.Value(), true
}

// indexInserted adds a new node where its place in the order is plain.
func (r *run) indexInserted(made *xmltree.Node) { r.indexReplaced(made.Parent(), nil, made) }

func (r *run) indexReplaced(parent, old, made *xmltree.Node) {
	around, _ := parent.Namespace("")
	for k, ix := range r.indexes[parent] {
		value, ok := k.valueOf(made, around)
		if !ok || ix.byValue == nil {
			continue
		}
		same := ix.byValue[value]
		switch i := slices.Index(same, old); {
		case i >= 0:
			same[i] = made
		case len(same) == 0 || made.NextElement() == nil:
			ix.byValue[value] = append(same, made)
		default:
			ix.byValue = nil
		}
	}
}

// indexChanged forgets what was ordered by an attribute that changed.
func (r *run) indexChanged(parent *xmltree.Node, uri, local string) {
	for k, ix := range r.indexes[parent] {
		if k.attributeURI == uri && k.attributeLocal == local {
			ix.byValue = nil
		}
	}
}
