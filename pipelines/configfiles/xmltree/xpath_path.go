package xmltree

import "slices"

// operand is a part of an expression that has a value.
type operand interface {
	kind() kind
	// positional reports that the value depends on the place of the context
	// node among those it came with.
	positional() bool
	eval(at *focus) value
}

// focus is the context an operand is evaluated in.
type focus struct {
	node     Found
	position int
	size     int
	search   *search
}

// path is a location path: steps from the context node, the root, or nodes
// found before.
type path struct {
	absolute bool
	base     operand
	steps    []step
}

func (p *path) kind() kind       { return nodeSet }
func (p *path) positional() bool { return p.base != nil && p.base.positional() }

// add appends a step. //name is looked for in one go where counting per parent
// makes no difference.
func (p *path) add(s step) {
	last := len(p.steps) - 1
	if last >= 0 && s.axis == "child" && p.steps[last].axis == anyDepth.axis && p.steps[last].test == anyDepth.test &&
		len(p.steps[last].predicates) == 0 && !slices.ContainsFunc(s.predicates, byPosition) {
		s.axis = "descendant"
		p.steps[last] = s
		return
	}
	p.steps = append(p.steps, s)
}

func byPosition(predicate operand) bool {
	return predicate.kind() == numberKind || predicate.positional()
}

func (p *path) eval(at *focus) value {
	found, shape := p.upTo(len(p.steps), at)
	if shape == anyhow {
		found = at.search.inOrder(found)
	}
	return ofNodes(found)
}

// leads reports that the path finds anything; it looks no further then.
func (p *path) leads(at *focus) bool {
	last := len(p.steps) - 1
	if last < 0 || slices.ContainsFunc(p.steps[last].predicates, byPosition) {
		found, _ := p.upTo(len(p.steps), at)
		return len(found) > 0
	}
	found, _ := p.upTo(last, at)
	hit := false
	for _, f := range found {
		p.steps[last].along(f, at.search, func(f Found) bool {
			one := focus{node: f, position: 1, size: 1, search: at.search}
			hit = !slices.ContainsFunc(p.steps[last].predicates, func(e operand) bool { return !truth(e, &one) })
			return !hit
		})
		if hit {
			return true
		}
	}
	return false
}

// upTo takes the first steps.
func (p *path) upTo(steps int, at *focus) ([]Found, shape) {
	found := []Found{at.node}
	switch {
	case p.base != nil:
		found = p.base.eval(at).nodes
	case p.absolute:
		found[0] = Found{Node: at.search.root}
	}
	shape := onOneLevel
	if len(found) > 1 {
		shape = anyhow
	}
	for i := range steps {
		found, shape = p.steps[i].from(found, shape, at.search)
	}
	return found, shape
}

// truth is an operand's value as a boolean.
func truth(e operand, at *focus) bool {
	if p, ok := e.(*path); ok {
		return p.leads(at)
	}
	return e.eval(at).asBoolean()
}

// shape is what is known about found nodes, to spare sorting them.
type shape uint8

const (
	onOneLevel shape = iota // in order, none inside another
	inOrder                 // in order, each once
	anyhow                  // each once
)

// from takes the step from every node found.
func (s *step) from(found []Found, was shape, search *search) ([]Found, shape) {
	var all []Found
	take := func(f Found) bool {
		all = append(all, f)
		return true
	}
	single := len(found) == 1
	for _, f := range found {
		base := len(all)
		s.along(f, search, take)
		all = narrow(all, base, s.predicates, search)
	}
	switch s.axis {
	case "self":
		return all, was
	case "child", "attribute":
		if was == inOrder && s.axis == "child" {
			return all, anyhow
		}
		return all, was
	case "descendant", "descendant-or-self":
		if was == onOneLevel {
			return all, inOrder
		}
	case "following-sibling", "parent":
		if single {
			return all, onOneLevel
		}
	case "following":
		if single {
			return all, inOrder
		}
	}
	if !single {
		all = each(all)
	}
	return all, anyhow
}

// each takes out what was found twice, and leaves the order.
func each(all []Found) []Found {
	seen := make(map[Found]struct{}, len(all))
	return slices.DeleteFunc(all, func(f Found) bool {
		_, twice := seen[f]
		seen[f] = struct{}{}
		return twice
	})
}

// narrow applies predicates, one after the other, to all from base on.
func narrow(all []Found, base int, predicates []operand, search *search) []Found {
	for _, predicate := range predicates {
		at := focus{size: len(all) - base, search: search}
		keep := base
		for i := base; i < len(all); i++ {
			at.node, at.position = all[i], i-base+1
			if holds(predicate, &at) {
				all[keep] = all[i]
				keep++
			}
		}
		all = all[:keep]
	}
	return all
}

func holds(predicate operand, at *focus) bool {
	if predicate.kind() == numberKind {
		return predicate.eval(at).number == float64(at.position)
	}
	return truth(predicate, at)
}

// filter is ( … )[ … ]: the predicates count in the order of the document.
type filter struct {
	of         operand
	predicates []operand
}

func (f *filter) kind() kind       { return nodeSet }
func (f *filter) positional() bool { return f.of.positional() }

func (f *filter) eval(at *focus) value {
	return ofNodes(narrow(slices.Clone(f.of.eval(at).nodes), 0, f.predicates, at.search))
}

// union is a | b.
type union []operand

func (u union) kind() kind       { return nodeSet }
func (u union) positional() bool { return slices.ContainsFunc(u, operand.positional) }

func (u union) eval(at *focus) value {
	var all []Found
	for _, e := range u {
		all = append(all, e.eval(at).nodes...)
	}
	return ofNodes(at.search.inOrder(all))
}

// attribute is the attribute the path leads to from a node; not ok if the path
// is not simply @name.
func (p *path) attribute(f Found) (a *Attribute, ok bool) {
	if p.absolute || p.base != nil || len(p.steps) != 1 || f.Attribute != nil {
		return nil, false
	}
	s := &p.steps[0]
	if s.axis != "attribute" || s.test.of != named || s.test.local == "" || s.test.anyURI || len(s.predicates) > 0 {
		return nil, false
	}
	return f.Node.AttributeNS(s.test.uri, s.test.local), true
}
