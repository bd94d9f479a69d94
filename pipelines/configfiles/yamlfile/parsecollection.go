package yamlfile

// sign takes an indicator and tells it.
func (p *parser) sign() token {
	t := p.take()
	p.emit(event{kind: evSign, token: t, first: t.start})
	return t
}

// close tells the end of a collection.
func (p *parser) close(kind eventKind, s style, at pos) {
	p.emit(event{kind: kind, token: token{style: s, start: at, end: at}, first: at, after: p.end})
}

func (p *parser) blockSequence() {
	p.take()
	for p.kind() == tokEntry {
		t := p.sign()
		if k := p.kind(); k == tokEntry || k == tokBlockEnd {
			p.nothing(roleItem, t.end)
			continue
		}
		p.node(roleItem, true, false)
	}
	p.closeBlock(evSequenceEnd, "an item that does not begin with `-` in the column of the others")
}

// indentless reads a sequence in the column of its key; nothing closes it but
// that something else comes.
func (p *parser) indentless() {
	for p.kind() == tokEntry {
		t := p.sign()
		switch p.kind() {
		case tokEntry, tokKey, tokValue, tokBlockEnd:
			p.nothing(roleItem, t.end)
		default:
			p.node(roleItem, true, false)
		}
	}
	p.close(evSequenceEnd, block, p.peek().start)
}

func (p *parser) blockMapping() {
	p.take()
	for p.err == nil {
		t := p.peek()
		switch t.kind {
		case tokKey:
			p.blockKey(t)
		case tokValue:
			p.nothing(roleKey, t.start)
		default:
			p.closeBlock(evMappingEnd, "a key that does not stand in the column of the others")
			return
		}
		p.blockValue()
	}
}

// blockKey reads a key. Only a `?` has text of its own; before a simple key
// the token is a mere note.
func (p *parser) blockKey(t token) {
	end := t.end
	if t.end.off > t.start.off {
		p.sign()
	} else {
		p.next()
	}
	switch p.kind() {
	case tokKey, tokValue, tokBlockEnd:
		p.nothing(roleKey, end)
	default:
		p.node(roleKey, true, true)
	}
}

func (p *parser) blockValue() {
	if t := p.peek(); t.kind != tokValue {
		p.missing(t)
		return
	}
	t := p.sign()
	switch p.kind() {
	case tokKey, tokValue, tokBlockEnd:
		p.nothing(roleValue, t.end)
	default:
		p.node(roleValue, true, true)
	}
}

// missing tells the value of a key that has not even a colon.
func (p *parser) missing(t token) {
	at := pos{p.end, t.start.line, t.start.col}
	p.emit(event{kind: evScalar, role: roleValue, token: token{style: plain, start: at, end: at}, first: at, after: p.end, missing: true})
}

func (p *parser) closeBlock(kind eventKind, wrong string) {
	t := p.peek()
	if t.kind != tokBlockEnd {
		p.fail(t.start, wrong)
		return
	}
	p.next()
	p.close(kind, block, t.start)
}

func (p *parser) flowSequence() {
	p.take()
	p.nested++
	for first := true; p.err == nil; first = false {
		if p.kind() == tokFlowSequenceEnd {
			break
		}
		if !first && !p.comma("`,` or `]`") {
			break
		}
		switch t := p.peek(); t.kind {
		case tokFlowSequenceEnd:
		case tokKey, tokValue:
			p.pair(t)
		default:
			p.node(roleItem, false, false)
		}
	}
	t := p.take()
	p.nested--
	p.close(evSequenceEnd, flow, t.end)
}

// pair reads a mapping of one key that stands in a sequence without braces.
func (p *parser) pair(t token) {
	p.emit(event{kind: evMapping, role: roleItem, token: token{style: flow, start: t.start, end: t.start}, first: t.start, after: p.end})
	p.flowEntry()
	p.close(evMappingEnd, flow, p.peek().start)
}

func (p *parser) flowMapping() {
	p.take()
	p.nested++
	for first := true; p.err == nil; first = false {
		if p.kind() == tokFlowMappingEnd {
			break
		}
		if !first && !p.comma("`,` or `}`") {
			break
		}
		if p.kind() != tokFlowMappingEnd {
			p.flowEntry()
		}
	}
	t := p.take()
	p.nested--
	p.close(evMappingEnd, flow, t.end)
}

func (p *parser) comma(wanted string) bool {
	t := p.peek()
	if t.kind != tokComma {
		p.fail(t.start, wanted+" must stand here")
		return false
	}
	p.take()
	return true
}

// flowEntry reads a key and its value in a flow mapping; either may be absent.
func (p *parser) flowEntry() {
	if t := p.peek(); t.kind == tokKey {
		p.takeKey(t)
		t = p.peek()
		if p.flowStops(t.kind) {
			p.nothing(roleKey, t.start)
		} else {
			p.node(roleKey, false, false)
		}
	} else if t.kind == tokValue {
		p.nothing(roleKey, t.start)
	} else {
		p.node(roleKey, false, false)
	}
	t := p.peek()
	if t.kind != tokValue {
		p.missing(t)
		return
	}
	p.take()
	if p.flowStops(p.kind()) {
		p.nothing(roleValue, t.end)
		return
	}
	p.node(roleValue, false, false)
}

func (p *parser) takeKey(t token) {
	if t.end.off > t.start.off {
		p.take()
		return
	}
	p.next()
}

func (p *parser) flowStops(kind tokenKind) bool {
	switch kind {
	case tokValue, tokComma, tokFlowMappingEnd, tokFlowSequenceEnd, tokStreamEnd:
		return true
	}
	return false
}
