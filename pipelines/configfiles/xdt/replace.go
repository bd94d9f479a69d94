package xdt

import (
	"errors"

	"slipway/pipelines/configfiles/xmltree"
)

func replace(r *run, a *action, target xmltree.Found) error {
	r.noArguments(a)
	r.onlyFirst(a)
	n, err := standing(a, target)
	if err != nil {
		return err
	}
	if n.Parent().Kind() == xmltree.Root && n.Kind() != xmltree.Element {
		return errors.New("a Replace here would put a second outermost element into the file")
	}
	made, err := r.copyOf(a.element.node, n.Parent())
	if err != nil {
		return err
	}
	r.touch(n.Parent())
	parent := n.Parent()
	n.Replace(made)
	r.indexReplaced(parent, n, made)
	return nil
}

func remove(r *run, a *action, target xmltree.Found) error {
	r.onlyFirst(a)
	return removeAll(r, a, target)
}

func removeAll(r *run, a *action, target xmltree.Found) error {
	r.noArguments(a)
	n, err := standing(a, target)
	if err != nil {
		return err
	}
	r.touch(n.Parent())
	n.Remove()
	return nil
}

func commentOut(r *run, a *action, target xmltree.Found) error {
	r.noArguments(a)
	r.onlyFirst(a)
	n, err := standing(a, target)
	if err != nil {
		return err
	}
	if n.Kind() != xmltree.Element {
		return errors.New("only elements can be commented out, and the locator selects something else")
	}
	r.touch(n.Parent())
	n.Replace(xmltree.NewComment(" " + n.String() + " "))
	return nil
}

func (r *run) touch(parent *xmltree.Node) {
	if len(r.touched) == 0 || r.touched[len(r.touched)-1] != parent {
		r.touched = append(r.touched, parent)
	}
}
