package octostache

// next reads one piece of a text of which parts may only look like tokens: what
// does not parse is handed out as it is, and reading can go on behind it.
func (p *parser) next(at int) (token, int) {
	t, end, ok := p.outermost(at)
	if !ok {
		return p.skip(at)
	}
	return t, end
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

// forget makes the room of all that was read before the offset free again,
// unless something behind it is known already.
func (p *parser) forget(at int) {
	if at <= p.furthest {
		return
	}
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
	for at := 0; at < len(src); {
		var piece token
		piece, at = p.next(at)
		t.tokens = append(t.tokens, piece)
	}
	t.broken = p.broken
	return t
}
