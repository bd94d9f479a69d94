package octostache

import (
	"errors"
	"slices"
	"strings"
)

// scope is the inside of a loop: the item under its name, and the position.
// Nil is the scope of the variables alone.
type scope struct {
	outer *scope
	name  string
	item  *node
	index int
	last  bool
}

// place is where a path leads: a node, or a text that is no node but a member
// of some JSON.
type place struct {
	node  *node
	text  string
	late  *definition // the way there goes through a value known only later
	scope *scope      // the one the path was found in
}

// locate follows a path from the innermost scope that knows all of it.
func (e *evaluator) locate(p *path, s *scope) (place, bool, error) {
	postponed := e.postponed
	steps, ok, err := e.direct(p, s)
	if err != nil || !ok {
		return place{}, false, err
	}
	if e.postponed > postponed {
		return place{text: LateText, scope: s}, true, nil // which one is meant is not known yet
	}
	for {
		at, ok, err := e.walk(steps, s)
		if err != nil || ok || s == nil {
			return at, ok, err
		}
		s = s.outer
	}
}

// direct replaces `[#{path}]` by the value of the path.
func (e *evaluator) direct(p *path, s *scope) ([]step, bool, error) {
	if !p.dynamic {
		return p.steps, true, nil
	}
	steps := slices.Clone(p.steps)
	for i := range steps {
		if steps[i].ref == nil {
			continue
		}
		key, ok, err := e.read(steps[i].ref, s)
		if err != nil || !ok {
			return nil, false, err
		}
		steps[i].text = key
	}
	return steps, true, nil
}

func (e *evaluator) walk(steps []step, s *scope) (place, bool, error) {
	at := place{scope: s, node: &e.vars.root}
	if s != nil {
		if text, ok := s.position(steps); ok {
			return place{scope: s, text: text}, true, nil
		}
		if !strings.EqualFold(steps[0].text, s.name) {
			return place{}, false, nil
		}
		at.node, steps = s.item, steps[1:]
	}
	for i := range steps {
		step := &steps[i]
		if at.node != nil {
			if child := at.node.child(step); child != nil {
				at.node = child
				continue
			}
		}
		next, ok, err := e.member(at, *step)
		if err != nil || !ok {
			return place{}, false, err
		}
		if at = next; at.late != nil {
			break
		}
	}
	return at, true, nil
}

// member steps into the value of a place, read as JSON.
func (e *evaluator) member(at place, s step) (place, bool, error) {
	if at.node == &e.vars.root || at.node != nil && at.node.def == nil && !at.node.indexed {
		return place{}, false, nil
	}
	if at.node != nil && at.node.def != nil && at.node.def.late {
		return place{late: at.node.def, scope: at.scope}, true, nil
	}
	reported, postponed := len(e.unresolved), e.postponed
	text, _, err := e.content(at)
	// What is unresolved in there makes a missing member, not a report.
	e.unresolved = e.unresolved[:reported]
	if _, cyclic := errors.AsType[*CycleError](err); cyclic {
		return place{}, false, nil
	}
	if err != nil {
		return place{}, false, err
	}
	if e.postponed > postponed && waiting(text) {
		return place{text: LateText, scope: at.scope}, true, nil
	}
	if err := e.handled(len(text)); err != nil {
		return place{}, false, err
	}
	out, ok, err := jsonMember(text, s.text, e.opts.Now.Location())
	if err != nil {
		return place{}, false, &Failure{Token: "#{" + e.reading[len(e.reading)-1].form + "}", Err: err}
	}
	return place{text: out, scope: at.scope}, ok, nil
}
