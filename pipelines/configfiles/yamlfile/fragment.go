package yamlfile

import (
	"strings"
	"unicode/utf8"
)

// fragment is a value read as YAML: one node with all that is in it.
type fragment struct {
	text   string
	events []event
	at     int // the event that is written next
	writer
}

// readFragment reads a value; nil: it is not exactly one node, or it names
// anchors that are not there.
func readFragment(text string, anchors map[string]bool, w writer) *fragment {
	f := &fragment{text: text, writer: w}
	documents, dangling := 0, false
	own := map[string]bool{}
	_, err := parse(text, func(e *event) {
		switch e.kind {
		case evDocument:
			documents++
			return
		case evDocumentEnd, evSign, evEnd:
			return
		case evAlias:
			name := text[e.start.off+1 : e.end.off]
			dangling = dangling || !own[name] && !anchors[name]
		}
		own[e.anchorName(text)] = true
		f.events = append(f.events, *e)
	})
	if err != nil || documents != 1 || dangling {
		return nil
	}
	if root := f.root(); root.empty() && root.tag.empty() || !f.keysFit() {
		return nil
	}
	return f
}

func (f *fragment) root() *event { return &f.events[0] }

// isBlock says whether the node has to begin on a line of its own.
func (f *fragment) isBlock() bool {
	return f.root().kind != evScalar && f.root().kind != evAlias && f.root().style == block
}

// props are anchor and tag of a node with a blank behind them.
func (f *fragment) props(e *event) string {
	var b strings.Builder
	for _, s := range []span{e.anchor, e.tag} {
		if !s.empty() {
			b.WriteString(s.of(f.text) + " ")
		}
	}
	return b.String()
}

// inline is the node without a line break before it.
func (f *fragment) inline(inFlow bool, col int) string {
	e := &f.events[f.at]
	f.at++
	props := f.props(e)
	switch {
	case e.kind == evAlias:
		return e.token.textIn(f.text)
	case e.empty():
		if !inFlow || props != "" {
			return strings.TrimSuffix(props, " ")
		}
		return "null"
	case e.kind == evScalar:
		return props + f.scalar(e.value(f.text), e.style, inFlow, col)
	case e.kind == evSequence:
		return props + "[" + strings.Join(f.items(), ", ") + "]"
	}
	return props + "{" + strings.Join(f.pairs(), ", ") + "}"
}

func (t token) textIn(text string) string { return text[t.start.off:t.end.off] }

// items are those of a flow sequence whose beginning was taken.
func (f *fragment) items() (items []string) {
	for f.events[f.at].kind != evSequenceEnd {
		items = append(items, f.inline(true, f.indent))
	}
	f.at++
	return items
}

func (f *fragment) pairs() (pairs []string) {
	for f.events[f.at].kind != evMappingEnd {
		key := f.key(true)
		pairs = append(pairs, key+": "+f.inline(true, f.indent))
	}
	f.at++
	return pairs
}

// key is the key of a mapping, on one line.
func (f *fragment) key(inFlow bool) string {
	e := f.events[f.at]
	if e.kind != evScalar {
		text := f.inline(true, 0)
		if e.kind == evAlias {
			text += " " // else the colon would belong to the name
		}
		return text
	}
	f.at++
	text := e.value(f.text)
	switch {
	case e.empty() && inFlow && e.tag.empty():
		return f.props(&e) + "null"
	case e.empty():
		return f.props(&e)
	case strings.Contains(text, "\n"):
		return f.props(&e) + quote(text)
	}
	// As if in a flow collection: block scalars are no keys.
	return f.props(&e) + f.scalar(text, e.style, inFlow || e.style == literal || e.style == folded, 0)
}

// keysFit says whether all keys are short enough for a line.
func (f *fragment) keysFit() bool {
	defer func() { f.at = 0 }()
	for i := range f.events {
		if f.at = i; f.events[i].role == roleKey && isNode(f.events[i].kind) && utf8.RuneCountInString(f.key(true)) > longestKey {
			return false
		}
	}
	return true
}

func isNode(kind eventKind) bool { return kind >= evScalar && kind <= evMapping }

// block writes a block collection whose entries stand at col, the first of
// them where b is.
func (f *fragment) block(b *strings.Builder, col int) {
	sequence := f.events[f.at].kind == evSequence
	f.at++
	for first := true; f.events[f.at].kind != evSequenceEnd && f.events[f.at].kind != evMappingEnd; first = false {
		if !first {
			b.WriteString(f.newline + spaces(col))
		}
		if sequence {
			b.WriteString("-")
		} else {
			b.WriteString(f.key(false) + ":")
		}
		f.below(b, col, sequence)
	}
	f.at++
}

// below writes an item or the value of a key.
func (f *fragment) below(b *strings.Builder, col int, item bool) {
	e := &f.events[f.at]
	props := strings.TrimSuffix(f.props(e), " ")
	switch {
	case e.style != block:
		if text := f.inline(false, col+f.indent); text != "" {
			b.WriteString(" " + text)
		}
		return
	case item && props == "":
		b.WriteByte(' ')
		f.block(b, col+2)
		return
	case props != "":
		b.WriteString(" " + props)
	}
	if item || e.kind == evMapping {
		col += f.indent
	}
	b.WriteString(f.newline + spaces(col))
	f.block(b, col)
}
