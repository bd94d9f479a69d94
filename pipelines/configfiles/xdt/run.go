package xdt

import (
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// run is one application of a transform file.
type run struct {
	target *xmltree.Document
	report Report
	quiet  bool // the element at hand silences its warnings
	budget int

	// What the second pass must know: which elements are new, in which the
	// content changed, and how the attributes stood before they changed.
	fresh   map[*xmltree.Node]bool
	touched []*xmltree.Node
	spaced  []*xmltree.Node
	spacing map[*xmltree.Node]*spacing

	indexes map[*xmltree.Node]map[indexKey]*index
}

func newRun(target *xmltree.Document) *run {
	return &run{
		target:  target,
		budget:  maxVisits,
		fresh:   map[*xmltree.Node]bool{},
		spacing: map[*xmltree.Node]*spacing{},
		indexes: map[*xmltree.Node]map[indexKey]*index{},
	}
}

// placer is a node or an attribute of the transform file.
type placer interface{ Place() (line, column int) }

func (r *run) add(level Level, at placer, text string) {
	m := Message{Level: level, Text: text}
	if at != nil {
		m.Line, m.Column = at.Place()
	}
	r.report.Messages = append(r.report.Messages, m)
}

func (r *run) warn(at placer, format string, args ...any) {
	if r.quiet {
		r.add(Info, at, fmt.Sprintf(format, args...))
		return
	}
	r.add(Warning, at, fmt.Sprintf(format, args...))
}

// fail adds an error, at its own place if it has one.
func (r *run) fail(at placer, err error) {
	if p, ok := err.(*placedError); ok {
		at = p.at
	}
	r.add(Error, at, err.Error())
}

// placedError is an error about a place that its finder knew best.
type placedError struct {
	at  placer
	err error
}

func (e *placedError) Error() string { return e.err.Error() }
func (e *placedError) Unwrap() error { return e.err }

func placed(at placer, err error) error {
	if err == nil {
		return nil
	}
	return &placedError{at, err}
}

// children applies the elements below one of the transform file.
func (r *run) children(node *xmltree.Node, parent *element) {
	for n := node.FirstElement(); n != nil; n = n.NextElement() {
		r.element(newElement(n, parent))
	}
}

// element applies one element, then those below it; not those if nobody can
// know what its author meant.
func (r *run) element(e *element) {
	if e.transform != nil {
		if err := r.apply(e); err != nil {
			r.fail(e.transform, err)
			return
		}
	}
	r.children(e.node, e)
}

func (r *run) apply(e *element) error {
	c, err := parseCall(e.transform.Value())
	if err != nil {
		return err
	}
	t, ok := transforms[c.name]
	if !ok {
		return fmt.Errorf("there is no transform %q: custom ones cannot be loaded, ours are Replace, Remove, RemoveAll, Insert, InsertIfMissing, InsertBefore, InsertAfter, SetAttributes, RemoveAttributes and CommentOut", c.name)
	}
	if a := e.node.AttributeNS(Namespace, "SupressWarnings"); a != nil {
		switch strings.ToLower(strings.TrimSpace(a.Value())) {
		case "true":
			r.quiet = true
		case "false":
		default:
			return placed(a, fmt.Errorf("xdt:SupressWarnings is true or false"))
		}
	}
	defer func() { r.quiet = false }()
	if err := r.execute(&action{element: e, call: c, kind: t}); err != nil {
		r.fail(e.transform, err)
	}
	return nil
}

func (r *run) execute(a *action) error {
	find := r.targets
	if a.kind.intoParent {
		find = r.parents
	}
	limit := noLimit
	if !a.kind.everywhere {
		limit = 2 // two are several
	}
	targets, err := find(a.element, limit)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return r.missing(a)
	}
	a.targets = targets
	if !a.kind.everywhere {
		return a.kind.apply(r, a, targets[0])
	}
	for _, target := range targets {
		if err := a.kind.apply(r, a, target); err != nil {
			r.fail(a.element.transform, err)
		}
	}
	return nil
}

// missing speaks of the first element on the path that is not there. What
// cannot be inserted is an error; a change that has nothing to do may be meant
// for another file.
func (r *run) missing(a *action) error {
	e := a.element
	if a.kind.intoParent && e.locator.how < fromRoot {
		e = e.parent
	}
	for e.parent != nil {
		if found, err := r.targets(e.parent, 1); err != nil || len(found) > 0 {
			break
		}
		e = e.parent
	}
	err := fmt.Errorf("%s: no element of the file matches %s", a.call.name, e)
	if a.kind.intoParent {
		return placed(e.node, err)
	}
	r.warn(e.node, "%s", err)
	return nil
}
