package octostache

import "slices"

// Arguments are the names a template reads, distinct, in order of first
// occurrence. `A.B` counts as A and B; of a loop only the collection counts,
// since the names in its body may be items.
func (t *Template) Arguments() []string {
	var a argumentSet
	a.addAll(t.tokens)
	return a.names
}

type argumentSet struct {
	names []string
}

func (a *argumentSet) add(name string) {
	if !slices.Contains(a.names, name) {
		a.names = append(a.names, name)
	}
}

func (a *argumentSet) addAll(tokens []token) {
	for _, t := range tokens {
		t.arguments(a)
	}
}

func (a *argumentSet) addPath(p *path) {
	if p == nil {
		return
	}
	for _, s := range p.steps {
		if s.ref != nil {
			a.addPath(s.ref)
		} else if !s.indexed {
			a.add(s.text)
		}
	}
}

func (a *argumentSet) addExpression(e *expression) {
	a.addPath(e.path)
	for _, f := range e.filters {
		for _, o := range f.options {
			if o.token != nil {
				o.token.arguments(a)
			}
		}
	}
}

func (*text) arguments(*argumentSet) {}

func (s *substitution) arguments(a *argumentSet) { a.addExpression(&s.expr) }

func (c *conditional) arguments(a *argumentSet) {
	a.addExpression(&c.left)
	if c.quoted {
		a.add(c.literal) // Octopus lists it like a name
	}
	a.addExpression(&c.right)
	a.addAll(c.then)
	a.addAll(c.otherwise)
}

func (r *repetition) arguments(a *argumentSet) { a.addPath(r.collection) }

func (c *calculation) arguments(a *argumentSet) { c.sum.arguments(a) }

func (t *term) arguments(a *argumentSet) {
	if t.op != 0 {
		t.left.arguments(a)
		t.right.arguments(a)
	}
	a.addPath(t.path)
}
