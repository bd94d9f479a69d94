package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"slipway/pipelines/configfiles/fill"
)

// maxAttributes bounds the attributes of one element: they are searched one by
// one.
const maxAttributes = 1000

const bom = "\uFEFF"

// Parse reads a document. A byte order mark is kept; the encoding that the
// declaration names is not looked at, content is text already. The error is a
// *fill.SyntaxError with line and column.
func Parse(content string) (*Document, error) {
	d := &Document{source: content}
	if len(content) > fill.MaxBytes {
		return nil, tooLarge(len(content))
	}
	d.root = Node{kind: Root, doc: d}
	p := parser{doc: d, s: content, at: &d.root}
	if strings.HasPrefix(content, bom) {
		d.bom, p.pos = true, len(bom)
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	if p.at != &d.root {
		return nil, d.syntaxError(len(content), fmt.Sprintf("the file ends before <%s> is closed", short(p.at.name)))
	}
	if d.Element() == nil {
		return nil, d.syntaxError(len(content), "there is no element")
	}
	return d, nil
}

// ParseFragment reads what may stand inside an element; the prefixes in scope
// at that element count. The nodes stand nowhere yet.
func ParseFragment(content string, scope *Node) ([]*Node, error) {
	d := &Document{source: content}
	if len(content) > fill.MaxBytes {
		return nil, tooLarge(len(content))
	}
	if scope != nil && scope.doc != nil {
		d.entities, d.open = scope.doc.entities, scope.doc.open
	}
	top := &Node{kind: Element, doc: d}
	p := parser{doc: d, s: content, at: top, top: top, scope: scope}
	for at := scope; at != nil; at = at.parent {
		p.depth++
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	if p.at != top {
		return nil, d.syntaxError(len(content), fmt.Sprintf("the text ends before <%s> is closed", short(p.at.name)))
	}
	var nodes []*Node
	for n := top.first; n != nil; {
		next := n.next
		n.Remove()
		nodes = append(nodes, n)
		n = next
	}
	return nodes, nil
}

func tooLarge(size int) error {
	return &fill.SyntaxError{Format: "XML", Message: fmt.Sprintf("%d MB are more than the %d MB that are read", size>>20, fill.MaxBytes>>20)}
}

// parser reads source text into a tree. at is the element whose content is
// being read; top is the stand-in around a fragment, nil for a document.
type parser struct {
	doc   *Document
	s     string
	pos   int
	at    *Node
	top   *Node
	scope *Node
	depth int

	bound map[string][]string // what the prefixes of the open elements mean, innermost last
	names map[string]*Node    // element that carried the attribute last
	nodes []Node              // room for the next nodes, so that they cost one allocation in many
	attrs []Attribute
}

func (p *parser) fail(offset int, format string, args ...any) error {
	return p.doc.syntaxError(offset, fmt.Sprintf(format, args...))
}

func (p *parser) run() error {
	if at := BadChar(p.s); at >= 0 {
		r, _ := utf8.DecodeRuneInString(p.s[at:])
		if r == utf8.RuneError {
			return p.fail(at, "this is no text")
		}
		return p.fail(at, "character U+%04X is not allowed", r)
	}
	if strings.HasPrefix(p.s[p.pos:], "<?xml") && p.top == nil {
		if rest := p.s[p.pos+5:]; rest != "" && isSpaceByte(rest[0]) {
			if err := p.declaration(); err != nil {
				return err
			}
		}
	}
	for p.pos < len(p.s) {
		if err := p.one(); err != nil {
			return err
		}
	}
	return nil
}

// one reads the next node.
func (p *parser) one() error {
	rest := p.s[p.pos:]
	if rest[0] != '<' {
		return p.text()
	}
	if len(rest) == 1 {
		return p.fail(p.pos+1, "the file ends inside a tag")
	}
	switch rest[1] {
	case '/':
		return p.endTag()
	case '?':
		return p.instruction()
	case '!':
		switch {
		case strings.HasPrefix(rest, "<!--"):
			return p.comment()
		case strings.HasPrefix(rest, "<![CDATA["):
			return p.cdata()
		case strings.HasPrefix(rest, "<!DOCTYPE"):
			return p.doctype()
		}
		return p.fail(p.pos+2, "after <! comes --, [CDATA[ or DOCTYPE")
	}
	return p.startTag()
}

// outside reports that no element is open.
func (p *parser) outside() bool { return p.at.kind == Root }

func (p *parser) add(kind Kind, raw string, from, to int) *Node {
	n := p.newNode()
	*n = Node{kind: kind, doc: p.doc, raw: raw, offset: int32(from)}
	p.at.link(n, nil)
	p.pos = to
	return n
}

func (p *parser) newNode() *Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]Node, chunk(len(p.s)-p.pos))
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	return n
}

func (p *parser) newAttribute() *Attribute {
	if len(p.attrs) == 0 {
		p.attrs = make([]Attribute, chunk(len(p.s)-p.pos))
	}
	a := &p.attrs[0]
	p.attrs = p.attrs[1:]
	return a
}

// chunk is how many nodes to make room for at once: few for a small rest.
func chunk(left int) int { return min(512, 4+left/40) }

func (p *parser) text() error {
	start, end := p.pos, len(p.s)
	if i := strings.IndexByte(p.s[start:], '<'); i >= 0 {
		end = start + i
	}
	raw := p.s[start:end]
	if p.outside() {
		if i := skipSpace(raw, 0); i < len(raw) {
			return p.fail(start+i, "text outside of the outermost element")
		}
	}
	if i := strings.Index(raw, "]]>"); i >= 0 {
		return p.fail(start+i, "]]> is not allowed in text")
	}
	if err := p.references(raw, start); err != nil {
		return err
	}
	p.add(Text, raw, start, end)
	return nil
}

// references checks that every & in raw begins a reference that leads
// somewhere.
func (p *parser) references(raw string, offset int) error {
	for at := 0; ; at++ {
		i := strings.IndexByte(raw[at:], '&')
		if i < 0 {
			return nil
		}
		at += i
		name, size := reference(raw[at:])
		switch {
		case size == 0:
			return p.fail(offset+at+1, "a single & is written &amp;")
		case name[0] == '#':
			if _, ok := charReference(name); !ok {
				return p.fail(offset+at+1, "&%s; is no character", short(name))
			}
		case nameEnd(name, 0) != len(name):
			return p.fail(offset+at+1, "a single & is written &amp;")
		case predefined[name] == "" && !p.declared(name):
			return p.fail(offset+at+1, "entity &%s; is not declared", short(name))
		}
	}
}

func (p *parser) declared(entity string) bool {
	_, ok := p.doc.entities[entity]
	return ok || p.doc.open
}

// delimited finds the end mark and gives what is before it.
func (p *parser) delimited(skip int, end, what string) (raw string, to int, err error) {
	from := p.pos + skip
	i := strings.Index(p.s[from:], end)
	if i < 0 {
		return "", 0, p.fail(len(p.s), "the file ends inside %s", what)
	}
	return p.s[from : from+i], from + i + len(end), nil
}

func (p *parser) comment() error {
	raw, to, err := p.delimited(4, "-->", "a comment")
	if err != nil {
		return err
	}
	if i := strings.Index(raw, "--"); i >= 0 || strings.HasSuffix(raw, "-") {
		if i < 0 {
			i = len(raw) - 1
		}
		return p.fail(p.pos+4+i, "-- is not allowed in a comment")
	}
	p.add(Comment, raw, p.pos, to)
	return nil
}

func (p *parser) cdata() error {
	if p.outside() {
		return p.fail(p.pos, "text outside of the outermost element")
	}
	raw, to, err := p.delimited(9, "]]>", "a CDATA section")
	if err != nil {
		return err
	}
	p.add(CData, raw, p.pos, to)
	return nil
}

func (p *parser) instruction() error {
	raw, to, err := p.delimited(2, "?>", "a processing instruction")
	if err != nil {
		return err
	}
	end := nameEnd(raw, 0)
	name := raw[:end]
	switch {
	case name == "" || strings.Contains(name, ":"):
		return p.fail(p.pos+2, "a processing instruction begins with a name")
	case strings.EqualFold(name, "xml"):
		return p.fail(p.pos, "<?xml …?> may only stand at the very beginning")
	case end < len(raw) && !isSpaceByte(raw[end]):
		return p.fail(p.pos+2+end, "after the name of a processing instruction comes white space")
	}
	p.add(Instruction, raw[end:], p.pos, to).name = name
	return nil
}

// short keeps a foreign name from filling a message.
func short(name string) string {
	if len(name) <= 60 {
		return name
	}
	return strings.ToValidUTF8(name[:60], "") + "…"
}
