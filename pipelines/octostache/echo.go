package octostache

// The normalised form is what an unresolved token leaves in the text and what
// reports quote: spelled as written, spaced and quoted in one way.

func (t *text) echo(out []byte) []byte {
	return append(out, Escape(string(*t))...)
}

func (s *substitution) echo(out []byte) []byte {
	out = append(out, "#{"...)
	out = s.expr.echo(out)
	return append(out, '}')
}

func (e *expression) echo(out []byte) []byte {
	if e.path != nil {
		out = append(out, e.path.form...)
	}
	for _, f := range e.filters {
		out = append(out, " | "...)
		out = append(out, f.name...)
		for _, o := range f.options {
			out = append(out, ' ')
			if o.token != nil {
				out = o.token.echo(out)
				continue
			}
			out = append(out, '"')
			out = append(out, o.text...)
			out = append(out, '"')
		}
	}
	return out
}

func (c *conditional) echo(out []byte) []byte {
	out = append(out, "#{if "...)
	out = c.left.echo(out)
	if c.op != alone {
		out = append(out, " "+string(c.op)+" "...)
		if c.quoted {
			out = append(out, `"`+c.literal+`"`...)
		} else {
			out = c.right.echo(out)
		}
		out = append(out, ' ')
	}
	out = append(out, '}')
	out = echoAll(out, c.then)
	if len(c.otherwise) > 0 {
		out = append(out, "#{else}"...)
		out = echoAll(out, c.otherwise)
	}
	return append(out, "#{/if}"...)
}

func (r *repetition) echo(out []byte) []byte {
	out = append(out, "#{each "+r.name+" in "+r.collection.form+"}"...)
	out = echoAll(out, r.body)
	return append(out, "#{/each}"...)
}

// echo leaves out the keyword and parentheses, as Octopus does.
func (c *calculation) echo(out []byte) []byte {
	out = append(out, "#{"...)
	out = c.sum.echo(out)
	return append(out, '}')
}

func (t *term) echo(out []byte) []byte {
	switch {
	case t.op != 0:
		out = append(t.left.echo(out), t.op)
		return t.right.echo(out)
	case t.path != nil:
		return append(out, t.path.form...)
	}
	return append(out, printDouble(t.number)...)
}

func echoAll(out []byte, tokens []token) []byte {
	for _, t := range tokens {
		out = t.echo(out)
	}
	return out
}

// String is the normalised form of the whole template.
func (t *Template) String() string {
	if t.failed || len(t.tokens) == 0 {
		return t.source
	}
	return string(echoAll(nil, t.tokens))
}

// formLength is the length of the normalised form.
func (p *path) formLength() int {
	n := -1
	for i := range p.steps {
		s := &p.steps[i]
		n += 1 + len(s.text)
		if s.ref != nil {
			n += len("#{}") + len(s.ref.form)
		}
		if s.indexed {
			n++
		}
	}
	return n
}

// spell appends the normalised form of a path.
func (p *path) spell(out []byte) []byte {
	for i, s := range p.steps {
		switch {
		case s.ref != nil:
			out = append(append(append(out, "[#{"...), s.ref.form...), "}]"...)
		case s.indexed:
			out = append(append(append(out, '['), s.text...), ']')
		case i > 0:
			out = append(append(out, '.'), s.text...)
		default:
			out = append(out, s.text...)
		}
	}
	return out
}
