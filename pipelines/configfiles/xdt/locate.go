package xdt

import (
	"errors"
	"math"

	"slipway/pipelines/configfiles/xmltree"
)

// maxVisits bounds how many elements one transform file may look at.
const maxVisits = 200_000_000

var errTooMany = errors.New("the transform file looks through the file too often: use fewer elements in it, or name the elements more exactly")

// noLimit asks for all targets.
const noLimit = math.MaxInt

// targets are what an element of the transform file means now: the steps of
// its whole path are gone anew, because transforms before it changed the tree.
// There may be more than limit, but who sets one does not look at them.
func (r *run) targets(e *element, limit int) ([]xmltree.Found, error) {
	l, err := e.locate()
	if err != nil {
		return nil, err
	}
	if l.how == fromRoot {
		return r.find(l, r.target.Root())
	}
	from := []xmltree.Found{{Node: r.target.Root()}}
	if e.parent != nil {
		if from, err = r.targets(e.parent, noLimit); err != nil {
			return nil, err
		}
	}
	var found []xmltree.Found
	for _, f := range from {
		if f.Attribute != nil {
			continue
		}
		more, err := r.step(e, l, f.Node, limit-len(found))
		if err != nil {
			return nil, err
		}
		if found == nil {
			found = more
		} else {
			found = append(found, more...)
		}
		if len(found) >= limit {
			break
		}
	}
	if len(from) > 1 && l.how == fromHere {
		found = once(found)
	}
	return found, nil
}

// parents are the elements that inserted ones are put into.
func (r *run) parents(e *element, limit int) ([]xmltree.Found, error) {
	l, err := e.locate()
	switch {
	case err != nil:
		return nil, err
	case l.how == fromRoot || l.how == fromHere:
		return r.targets(e, limit)
	case e.parent == nil:
		return nil, errors.New("the outermost element cannot be inserted: put xdt:Transform on an element inside it")
	}
	return r.targets(e.parent, limit)
}

func (r *run) step(e *element, l locator, parent *xmltree.Node, limit int) ([]xmltree.Found, error) {
	if l.how == asStep {
		return r.find(l, parent)
	}
	if l.how == byName && len(l.match) > 0 {
		if found, ok := r.indexed(e, l, parent); ok {
			return found, nil
		}
	}
	var found []xmltree.Found
	around, _ := parent.Namespace("")
	for n := parent.FirstElement(); n != nil; n = n.NextElement() {
		if r.budget--; r.budget < 0 {
			return nil, errTooMany
		}
		if n.Local() != e.node.Local() || !isIn(n, e.uri, around) || !l.fits(n) {
			continue
		}
		if l.how == byName {
			if found = append(found, xmltree.Found{Node: n}); len(found) >= limit {
				return found, nil
			}
			continue
		}
		more, err := r.find(l, n)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if l.how == fromHere {
		found = once(found)
	}
	return found, nil
}

// isIn says whether an element is in a namespace; around is the default one of
// its parent.
func isIn(n *xmltree.Node, uri, around string) bool {
	if n.Prefix() == "" && n.Attribute("xmlns") == nil {
		return around == uri
	}
	return n.URI() == uri
}

func (r *run) find(l locator, from *xmltree.Node) ([]xmltree.Found, error) {
	if r.budget -= 1000; r.budget < 0 {
		return nil, errTooMany
	}
	found, err := l.expression.Select(from)
	return found, unquoted(err)
}

func once(found []xmltree.Found) []xmltree.Found {
	seen := make(map[xmltree.Found]bool, len(found))
	kept := found[:0]
	for _, f := range found {
		if !seen[f] {
			seen[f] = true
			kept = append(kept, f)
		}
	}
	return kept
}
