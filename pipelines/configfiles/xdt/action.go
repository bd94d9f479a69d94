package xdt

import (
	"fmt"

	"slipway/pipelines/configfiles/xmltree"
)

// action is a transform at work.
type action struct {
	element *element
	call    call
	kind    kind
	targets []xmltree.Found
}

// kind is what one transform does, and to what.
type kind struct {
	everywhere bool // to all targets, not just the first
	intoParent bool // its target is where the element would stand
	apply      func(*run, *action, xmltree.Found) error
}

var transforms = map[string]kind{
	"Replace":          {apply: replace},
	"Remove":           {apply: remove},
	"RemoveAll":        {everywhere: true, apply: removeAll},
	"CommentOut":       {apply: commentOut},
	"Insert":           {intoParent: true, apply: insert},
	"InsertIfMissing":  {intoParent: true, apply: insertIfMissing},
	"InsertBefore":     {intoParent: true, apply: insertBefore},
	"InsertAfter":      {intoParent: true, apply: insertAfter},
	"SetAttributes":    {everywhere: true, apply: setAttributes},
	"RemoveAttributes": {everywhere: true, apply: removeAttributes},
}

func (r *run) noArguments(a *action) {
	if len(a.call.arguments) > 0 {
		r.warn(a.element.transform, "%s takes no arguments; they are ignored", a.call.name)
	}
}

func (r *run) onlyFirst(a *action) {
	if len(a.targets) > 1 {
		r.warn(a.element.transform, "%s changes only the first of several elements that match; name it more exactly with a locator", a.call.name)
	}
}

// standing is a target that has a place in the tree.
func standing(a *action, target xmltree.Found) (*xmltree.Node, error) {
	if target.Attribute != nil || target.Node.Parent() == nil {
		return nil, fmt.Errorf("%s works on elements, and the locator selects something else", a.call.name)
	}
	return target.Node, nil
}

func elementOf(a *action, target xmltree.Found) (*xmltree.Node, error) {
	if target.Attribute != nil || target.Node.Kind() != xmltree.Element {
		return nil, fmt.Errorf("%s works on elements, and the locator selects something else", a.call.name)
	}
	return target.Node, nil
}
