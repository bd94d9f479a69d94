package xdt

import (
	"errors"
	"fmt"

	"slipway/pipelines/configfiles/xmltree"
)

func insert(r *run, a *action, target xmltree.Found) error {
	r.noArguments(a)
	parent, err := elementOf(a, target)
	if err != nil {
		return err
	}
	return r.put(a, parent, parent.Append)
}

func insertIfMissing(r *run, a *action, target xmltree.Found) error {
	there, err := r.targets(a.element, 1)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		r.noArguments(a)
		return nil
	}
	return insert(r, a, target)
}

func insertBefore(r *run, a *action, target xmltree.Found) error {
	sibling, err := r.sibling(a, target)
	if err != nil {
		return err
	}
	return r.put(a, sibling.Parent(), sibling.InsertBefore)
}

func insertAfter(r *run, a *action, target xmltree.Found) error {
	sibling, err := r.sibling(a, target)
	if err != nil {
		return err
	}
	return r.put(a, sibling.Parent(), sibling.InsertAfter)
}

func (r *run) put(a *action, parent *xmltree.Node, where func(*xmltree.Node)) error {
	made, err := r.copyOf(a.element.node, parent)
	if err != nil {
		return err
	}
	r.touch(parent)
	where(made)
	r.indexInserted(made)
	return nil
}

// sibling is the first thing that the argument selects, seen from the target.
func (r *run) sibling(a *action, target xmltree.Found) (*xmltree.Node, error) {
	switch n := len(a.call.arguments); {
	case n == 0:
		return nil, fmt.Errorf("%s needs an XPath argument: %[1]s(/configuration/system.web)", a.call.name)
	case n > 1:
		return nil, fmt.Errorf("%s takes one argument, here are %d", a.call.name, n)
	}
	from, err := elementOf(a, target)
	if err != nil {
		return nil, err
	}
	l, err := compiled(fromHere, a.call.arguments[0], a.element.prefixes())
	if err != nil {
		return nil, err
	}
	found, err := r.find(l, from)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no element of the file matches the argument of %s", a.call.name)
	}
	sibling, err := elementOf(a, found[0])
	if err != nil {
		return nil, err
	}
	if sibling.Parent().Kind() == xmltree.Root {
		return nil, errors.New("beside the outermost element there is no room for another one")
	}
	return sibling, nil
}
