package yamlfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// put replaces the node that comes next in found.
func (l *layout) put(e *event) {
	f := l.found[0]
	l.found = l.found[1:]
	if e.kind == evScalar {
		l.putScalar(e, f.value)
		return
	}
	l.inside = 1
	l.putCollection(e, f)
}

// putScalar writes a value in the style of the old one.
func (l *layout) putScalar(e *event, value fill.Value) {
	l.token(e.first)
	if e.start.line != e.first.line {
		l.token(e.start)
	}
	l.dropProps(e, false, value.Null)
	text, end := l.scalarText(e, value)
	if e.empty() {
		text = l.lead(e) + text
	}
	l.edit(e.start.off, end, text)
	l.skipTo(end)
}

// scalarText is a value in the style of a scalar, and where that ends.
func (l *layout) scalarText(e *event, value fill.Value) (text string, end int) {
	end = e.end.off
	if value.Null {
		value.Text = "null"
	}
	wanted := e.style
	if value.Null || e.body != nil && l.deepComment(e.body.after) {
		wanted = plain
		if !value.Null {
			wanted = double
		}
	}
	text = l.write.scalar(value.Text, wanted, e.inFlow, l.top().new+l.write.indent)
	if e.body == nil {
		return text, end
	}
	end = max(end, e.body.end)
	note := e.body.note.of(l.text)
	header, lines := text, ""
	if i := strings.IndexAny(text, "\r\n"); i >= 0 && (text[0] == '|' || text[0] == '>') {
		header, lines = text[:i], text[i:]
		// Blanks on the lines below would become text if they are many.
		if tail := max(end, e.body.tail); strings.HasSuffix(header, "+") || strings.Contains(l.text[end:tail], " ") {
			if !strings.HasSuffix(header, "+") {
				lines += strings.ReplaceAll(l.text[end:tail], " ", "")
			}
			end = tail
		}
	}
	return header + note + lines, end
}

// lead is what stands between an empty value's place and the value.
func (l *layout) lead(e *event) string {
	switch {
	case e.missing && e.inFlow:
		return ": "
	case e.missing:
		return l.write.newline + spaces(l.top().new) + ": "
	}
	return " "
}

// deepComment says whether the comment comes next and stands so deep that it
// would become text of a literal scalar.
func (l *layout) deepComment(off int) bool {
	for _, c := range l.comments {
		if c.start >= off {
			return c.col > l.top().old && strings.TrimSpace(l.text[off:c.start]) == ""
		}
	}
	return false
}

// dropProps takes away anchor or tag with the blanks before them.
func (l *layout) dropProps(e *event, anchor, tag bool) {
	for _, p := range []struct {
		span
		drop bool
	}{{e.anchor, anchor}, {e.tag, tag}} {
		if p.drop && !p.empty() {
			start := p.start
			for start > 0 && isBlank(l.text[start-1]) {
				start--
			}
			l.edit(start, p.end, "")
		}
	}
	if !tag {
		l.shorten(e)
	}
}

// skipTo goes behind a replaced part.
func (l *layout) skipTo(end int) {
	l.line = max(l.line, nextLine(l.text, end))
	l.behind, l.last, l.deeper = end, nil, l.top().shift()
	l.closed = l.closed[:0]
	for len(l.comments) > 0 && l.comments[0].start < end {
		l.comments = l.comments[1:]
	}
}
