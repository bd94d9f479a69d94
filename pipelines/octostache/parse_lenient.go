package octostache

// lenient reads a text of which parts may only look like tokens, piece by
// piece: a stretch that does not parse is handed out as it is, and reading goes
// on behind it. With forget a piece lasts only until each returns: its room is
// used again for the next.
func (p *parser) lenient(each func(token) error, forget bool) error {
	for at := 0; at < len(p.src); {
		t, end, ok := p.outermost(at)
		if !ok {
			t, end = p.skip(at)
		}
		if err := each(t); err != nil {
			return err
		}
		at = end
		if forget && at > p.furthest {
			p.forget()
		}
	}
	return nil
}

// skip takes what does not parse as text, up to where the parser got stuck.
func (p *parser) skip(at int) (token, int) {
	// Telling where something stands means counting lines: not for all of very many.
	if len(p.broken) < maxMalformed {
		p.broken = append(p.broken, p.complain(at))
	}
	end := max(p.stuck.at, at+len("#{"))
	if p.tooDeep {
		end = len(p.src)
	}
	return p.raw(p.src[at:end]), end
}

// raw is text in which nothing is escaped.
func (p *parser) raw(s string) token {
	t := p.texts.next()
	*t = text(s)
	return t
}

// forget makes the room of all that was read free again.
func (p *parser) forget() {
	p.texts.forget()
	p.substitutions.forget()
	p.paths.forget()
	p.steps.forget()
	if len(p.known) > 0 {
		clear(p.known)
	}
}

func parseLenient(src string) *Template {
	t := &Template{source: src}
	p := parser{src: src}
	// Collecting does not fail.
	_ = p.lenient(func(piece token) error {
		t.tokens = append(t.tokens, piece)
		return nil
	}, false)
	t.broken = p.broken
	return t
}
