package yamlfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// slot is the place of a mapping or sequence that gets a value.
type slot struct {
	*event
	from    int  // where the token before the content ends
	to      int  // where the content ends
	apart   bool // the content begins on a line of its own
	noted   bool // a comment stands between
	trailed bool // something follows on the last line
	props   bool // an anchor stays before the content
}

// putCollection puts a value in the place of a mapping or sequence.
func (l *layout) putCollection(e *event, f found) {
	if e.first.off != e.start.off {
		l.token(e.first)
	}
	s := l.slotOf(e, f.end)
	new := l.fragment(s, f.value)
	ownAnchor := new != nil && (new.root().kind == evAlias || !new.root().anchor.empty())
	s.props = !e.anchor.empty() && !ownAnchor
	l.dropProps(e, ownAnchor, true)
	l.pass(e.start.off, &column{e.start.col, e.start.col + l.top().shift()})
	if new != nil && new.isBlock() && !e.inFlow {
		l.putBlock(s, new)
	} else {
		l.putInline(s, l.inlineText(s, new, f.value))
	}
	l.skipTo(s.to)
}

func (l *layout) slotOf(e *event, end int) slot {
	s := slot{event: e, from: e.propsEnd(), to: end}
	between := l.text[s.from:e.start.off]
	s.apart = strings.ContainsAny(between, "\r\n") && !e.inFlow
	s.noted = strings.Contains(between, "#")
	if e.style == block {
		s.to = lineEnd(l.text, end) // a comment on the last line goes with it
	}
	s.trailed = strings.TrimSpace(l.text[s.to:lineEnd(l.text, s.to)]) != ""
	return s
}

// fragment is the value read as YAML, or nil.
func (l *layout) fragment(s slot, value fill.Value) *fragment {
	if value.Null {
		return nil
	}
	w := l.write
	w.tight = true
	w.lineless = s.noted || s.trailed || l.deepComment(s.to) || blanksBelow(l.text, s.to)
	return readFragment(value.Text, l.anchors, w)
}

// blanksBelow says whether blanks stand on the empty lines that follow.
func blanksBelow(text string, off int) bool {
	for line := nextLine(text, off); line < len(text); {
		end := line + spacesAt(text, line)
		n := breakAt(text, end)
		if n == 0 && end < len(text) {
			return false
		}
		if end > line {
			return true
		}
		line = end + n
	}
	return false
}

func (l *layout) inlineText(s slot, new *fragment, value fill.Value) string {
	switch {
	case value.Null:
		return "null"
	case strings.TrimSpace(value.Text) == "":
		return `""` // Octopus reads white space as an empty text here
	case new == nil:
		return quote(value.Text)
	}
	return new.inline(s.inFlow, l.top().new+l.write.indent)
}

// putInline puts text behind the key or dash.
func (l *layout) putInline(s slot, text string) {
	if !s.apart {
		if s.start.off > 0 && l.text[s.start.off-1] == ':' {
			text = " " + text // `{a:[1]}` needs no blank, but `{a:1}` is no pair
		}
		l.edit(s.start.off, s.to, text)
		return
	}
	l.edit(s.from, s.from, " "+text)
	begin := s.start.off - s.start.col
	l.edit(breakBefore(l.text, begin), s.to, "")
}

// putBlock puts a block collection below the key, or behind the dash where
// nothing else stands.
func (l *layout) putBlock(s slot, new *fragment) {
	col := l.top().new + l.write.indent
	if new.root().kind == evSequence && s.role == roleValue && !s.noted && !s.trailed {
		col = l.top().new
	}
	props := strings.TrimSuffix(new.props(new.root()), " ")
	var b strings.Builder
	switch {
	case s.apart && props == "":
		b.WriteString(spaces(col))
		new.block(&b, col)
		l.edit(s.start.off-s.start.col, s.to, b.String())
	case s.role == roleItem && !s.apart && !s.props && props == "" && !s.trailed:
		new.block(&b, s.start.col+l.shift)
		l.edit(s.start.off, s.to, b.String())
	default:
		if props != "" {
			props = " " + props
		}
		begin := s.from
		if s.apart {
			l.edit(s.from, s.from, props)
			begin = breakBefore(l.text, s.start.off-s.start.col)
			props = ""
		}
		l.edit(begin, s.to, props)
		b.WriteString(l.write.newline + spaces(col))
		new.block(&b, col)
		end := lineEnd(l.text, s.to)
		l.edit(end, end, b.String())
	}
}

// breakBefore is where the line break before the beginning of a line begins.
func breakBefore(text string, line int) int {
	if line >= 2 && text[line-2:line] == "\r\n" {
		return line - 2
	}
	return max(line-1, 0)
}
