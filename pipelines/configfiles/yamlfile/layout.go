package yamlfile

import (
	"slices"
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// layout collects the edits of the second reading. Line by line it gives the
// text the indentation of the collection to which the line's first token
// belongs, and puts the values where they go.
type layout struct {
	text     string
	report   fill.Report
	found    []found // not yet replaced
	count    int     // events so far
	write    writer
	keep     bool       // indentation stays as it is
	comments []comment  // not yet passed
	stack    []column   // of the block collections around
	closed   []column   // closed since the last token, innermost first
	line     int        // where the first line begins that was not passed
	shift    int        // of the last line that a token leads
	behind   int        // where the last token ends
	deeper   int        // shift of the collection to which that token belongs
	last     *blockBody // of the last token, if it is literal or folded
	inside   int        // depth of collections within one that was replaced
	edits    []edit
	anchors  map[string]bool // of this document: true, or false if it was replaced
}

// column is where the entries of a block collection stand, and will stand.
type column struct{ old, new int }

// edit puts text in the place of a part.
type edit struct {
	span
	with string
}

func newLayout(text string, f *finder, s *scanner) *layout {
	return &layout{
		text: text, found: f.found, keep: s.tabs, comments: s.comments,
		write:   writer{newline: commonBreak(text), indent: f.indents.common()},
		anchors: map[string]bool{},
	}
}

// commonBreak is the line break that most lines end with.
func commonBreak(text string) string {
	if dos := strings.Count(text, "\r\n"); dos*2 > strings.Count(text, "\n") {
		return "\r\n"
	}
	return "\n"
}

// event is told every event of the text.
func (l *layout) event(e *event) {
	defer func() { l.count++ }()
	if l.inside > 0 {
		l.skip(e)
		return
	}
	switch e.kind {
	case evSequenceEnd, evMappingEnd:
		l.close(e)
	case evDocument, evDocumentEnd:
		l.pass(e.start.off, nil)
		clear(l.anchors)
	case evEnd:
		l.pass(len(l.text)+1, nil)
	default:
		l.note(e)
		if len(l.found) > 0 && l.found[0].event == l.count {
			l.put(e)
			return
		}
		l.enter(e)
	}
}

// skip leaves out what is within a replaced collection.
func (l *layout) skip(e *event) {
	switch e.kind {
	case evSequence, evMapping:
		l.inside++
	case evSequenceEnd, evMappingEnd:
		l.inside--
	}
	if name := e.anchorName(l.text); name != "" {
		l.anchors[name] = false
	}
}

// note keeps the anchors, and warns of aliases that lost theirs.
func (l *layout) note(e *event) {
	if name := e.anchorName(l.text); name != "" {
		l.anchors[name] = true
	}
	if e.kind != evAlias {
		return
	}
	name := l.text[e.start.off+1 : e.end.off]
	if here, known := l.anchors[name]; known && !here {
		l.report.Warn("line %d: *%s has no anchor any more; it was in a part that got a new value", e.start.line+1, name)
	}
}

// enter takes in a token that stays.
func (l *layout) enter(e *event) {
	if e.style != block || e.kind != evSequence && e.kind != evMapping {
		l.token(e.first)
		if e.start.line != e.first.line {
			l.token(e.start)
		}
		l.shorten(e)
		l.passed(e)
		return
	}
	if e.first.off != e.start.off {
		l.token(e.first)
		l.shorten(e)
	}
	col := column{e.start.col, l.columnOf(e)}
	l.pass(e.start.off, &col)
	l.stack = append(l.stack, col)
}

// token passes the lines up to a token, and indents its own line if the token
// is the first thing on it.
func (l *layout) token(p pos) {
	col := column{p.col, p.col + l.top().shift()}
	l.pass(p.off, &col)
	if p.off < l.line {
		return
	}
	if l.leads(p) {
		l.indent(l.line, p.col, col.new)
		l.shift = col.shift()
	}
	l.line = nextLine(l.text, p.off)
}

// passed notes where a token ends.
func (l *layout) passed(e *event) {
	l.closed = l.closed[:0]
	l.behind, l.last, l.deeper = e.end.off, e.body, l.top().shift()
}

func (l *layout) close(e *event) {
	if e.style != block {
		return
	}
	l.closed = append(l.closed, l.top())
	l.stack = l.stack[:len(l.stack)-1]
}

func (l *layout) top() column {
	if len(l.stack) == 0 {
		return column{}
	}
	return l.stack[len(l.stack)-1]
}

func (c column) shift() int { return c.new - c.old }

// leads says whether nothing but spaces stands before a place on a line that
// was not passed yet.
func (l *layout) leads(p pos) bool {
	begin := p.off - p.col
	return begin >= l.line && strings.Trim(l.text[begin:p.off], " ") == ""
}

// columnOf is where the entries of a block collection will stand.
func (l *layout) columnOf(e *event) int {
	switch {
	case l.keep:
		return e.start.col
	case !l.leads(e.start):
		return e.start.col + l.shift // behind a dash, it moves along with that
	case len(l.stack) == 0:
		return 0
	case e.kind == evSequence && e.role != roleItem && !l.commentBefore(e.start.off):
		return l.top().new
	}
	// A comment behind the key keeps Octopus from writing the dashes below it.
	return l.top().new + l.write.indent
}

// commentBefore says whether a comment stands between the last token and a
// place.
func (l *layout) commentBefore(off int) bool {
	return len(l.comments) > 0 && l.comments[0].start < off
}

// shorten writes a tag with its handle.
func (l *layout) shorten(e *event) {
	if e.tag.empty() {
		return
	}
	tag := e.tag.of(l.text)
	if short := e.handles.short(tag); short != tag {
		l.edit(e.tag.start, e.tag.end, short)
	}
}

func (l *layout) edit(start, end int, with string) {
	l.edits = append(l.edits, edit{span{start, end}, with})
}

// apply is the text with all edits. Where two overlap the first one wins.
func (l *layout) apply() string {
	slices.SortStableFunc(l.edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	b.Grow(len(l.text) + len(l.text)/16)
	at := 0
	for _, e := range l.edits {
		start := max(e.start, at)
		b.WriteString(l.text[at:start])
		b.WriteString(e.with)
		at = max(e.end, start)
	}
	b.WriteString(l.text[at:])
	if l.last == nil && !strings.HasSuffix(b.String(), "\n") {
		b.WriteString(l.write.newline)
	}
	return b.String()
}
