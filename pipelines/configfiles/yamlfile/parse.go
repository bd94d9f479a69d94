package yamlfile

import "slipway/pipelines/configfiles/fill"

// parser says what the tokens of a text mean and tells it to somebody, one
// event after the other. It builds no tree: a file of any size costs no more
// memory than it is deep.
type parser struct {
	*scanner
	tell   func(*event)
	depth  int
	end    int // of the last token that has text of its own
	scope  *scope
	nested int   // flow collections around
	event  event // told last; one place for all of them
}

// parse reads text to its end.
func parse(text string, tell func(*event)) (*scanner, error) {
	p := &parser{scanner: newScanner(text), tell: tell}
	for more := true; more && p.err == nil; {
		more = p.document()
	}
	if p.err != nil {
		return p.scanner, p.err
	}
	p.emit(event{kind: evEnd, token: token{start: p.pos, end: p.pos}})
	return p.scanner, nil
}

// emit tells an event, unless something was wrong before it.
func (p *parser) emit(e event) {
	if p.err == nil {
		p.event = e
		p.event.inFlow = p.nested > 0
		p.event.handles = p.scope
		p.tell(&p.event)
	}
}

// take takes the next token and notes where it ends.
func (p *parser) take() token {
	t := p.next()
	p.end = max(p.end, t.end.off)
	if t.body != nil {
		p.end = max(p.end, t.body.end)
	}
	return t
}

// document reads one document; false: there was none.
func (p *parser) document() bool {
	ended := p.end == 0 // nothing came before
	for p.kind() == tokDocumentEnd {
		p.take()
		ended = true
	}
	p.scope = &scope{}
	directives := false
	for p.kind() == tokDirective {
		t := p.take()
		if wrong := p.scope.directive(p.text[t.start.off:t.end.off]); wrong != "" {
			p.fail(t.start, wrong)
		}
		if !ended && p.scope.version {
			p.fail(t.start, "%YAML inside a document; `...` must end that first")
		}
		directives = true
	}
	t := p.peek()
	switch {
	case t.kind == tokDocumentStart:
		p.take()
	case directives:
		p.fail(t.start, "no `---` behind the directives")
		return false
	case t.kind == tokStreamEnd:
		return false
	case !ended:
		p.fail(t.start, "text that does not belong to the document before it")
		return false
	}
	p.emit(event{kind: evDocument, token: token{start: t.start, end: t.start}})
	p.root()
	p.emit(event{kind: evDocumentEnd, token: token{start: p.peek().start, end: p.peek().start}})
	return true
}

func (p *parser) root() {
	switch p.kind() {
	case tokDirective, tokDocumentStart, tokDocumentEnd, tokStreamEnd:
		p.nothing(roleRoot, p.peek().start)
	default:
		p.node(roleRoot, true, false)
	}
}

// nothing tells a scalar that is not written.
func (p *parser) nothing(r role, at pos) {
	p.emit(event{kind: evScalar, role: r, token: token{style: plain, start: at, end: at}, first: at, after: p.end})
}

// node reads a node with its properties. inBlock: block collections are
// possible; indentless: a sequence may stand in the column of the key.
func (p *parser) node(r role, inBlock, indentless bool) {
	p.depth++
	defer func() { p.depth-- }()
	t := p.peek()
	if p.depth > fill.MaxDepth {
		p.fail(t.start, tooDeep)
		return
	}
	e := event{role: r, first: t.start, after: p.end}
	if t.kind == tokAlias {
		e.kind, e.token = evAlias, p.take()
		p.emit(e)
		return
	}
	behind, any := p.properties(&e)
	t = p.peek()
	e.token = t
	switch {
	case t.kind == tokEntry && indentless:
		e.kind, e.style = evSequence, block
		p.emit(e)
		p.indentless()
	case t.kind == tokScalar:
		e.kind = evScalar
		p.take()
		p.emit(e)
	case t.kind == tokFlowSequence:
		e.kind = evSequence
		p.emit(e)
		p.flowSequence()
	case t.kind == tokFlowMapping:
		e.kind = evMapping
		p.emit(e)
		p.flowMapping()
	case t.kind == tokBlockSequence && inBlock:
		e.kind = evSequence
		p.emit(e)
		p.blockSequence()
	case t.kind == tokBlockMapping && inBlock:
		e.kind = evMapping
		p.emit(e)
		p.blockMapping()
	case any:
		e.kind, e.token = evScalar, token{style: plain, start: behind, end: behind}
		p.emit(e)
	default:
		p.fail(t.start, "a value is missing here")
	}
}

// properties reads anchor and tag; behind is where they end.
func (p *parser) properties(e *event) (behind pos, any bool) {
	for {
		if k := p.kind(); k != tokAnchor && k != tokTag {
			return behind, any
		}
		t := p.peek()
		switch {
		case t.kind == tokAnchor && e.anchor.empty():
			e.anchor = span{t.start.off, t.end.off}
		case t.kind == tokTag && e.tag.empty():
			e.tag = span{t.start.off, t.end.off}
			if !p.scope.knows(e.tag.of(p.text)) {
				p.fail(t.start, "a tag whose handle no %TAG directive explains")
			}
		default:
			return behind, any
		}
		behind, any = p.take().end, true
	}
}
