package yamlfile

import "strings"

// pass goes over the lines that end before a place: those on which the last
// token continues, comments and blank ones. next is the column of what stands
// at the place.
func (l *layout) pass(off int, next *column) {
	for l.line < len(l.text) {
		end := lineEnd(l.text, l.line)
		if end >= off {
			break
		}
		following := end + breakAt(l.text, end)
		switch {
		case l.last != nil && l.line >= l.last.start && l.line < l.last.after:
			l.bodyLine(end)
		case l.line < l.behind || !l.commentLine(end, next):
			l.continued(end)
		}
		l.line = following
	}
	for len(l.comments) > 0 && l.comments[0].start < off {
		l.comments = l.comments[1:]
	}
}

// bodyLine moves a line of a literal or folded scalar. Blank lines must not
// get deeper than its text, or they would become some.
func (l *layout) bodyLine(end int) {
	deep := spacesAt(l.text, l.line)
	switch {
	case l.line+deep < end || deep > l.last.indent:
		l.indent(l.line, deep, deep+l.deeper)
	case l.deeper < 0:
		l.indent(l.line, deep, min(deep, l.last.indent+l.deeper))
	}
}

// continued moves a further line of a scalar or of a flow collection.
func (l *layout) continued(end int) {
	deep := spacesAt(l.text, l.line)
	if deep > 0 && l.line+deep < end {
		l.indent(l.line, deep, max(deep+l.deeper, 1))
	}
}

// commentLine moves a comment that has a line of its own along with the
// entries in whose column it stands; false: the line has no comment of its own.
func (l *layout) commentLine(end int, next *column) bool {
	for len(l.comments) > 0 && l.comments[0].start < l.line {
		l.comments = l.comments[1:]
	}
	if len(l.comments) == 0 || l.comments[0].start >= end {
		return false
	}
	col := l.comments[0].col
	if strings.Trim(l.text[l.line:l.comments[0].start], " ") != "" {
		return false
	}
	l.indent(l.line, col, l.commentColumn(col, next))
	return true
}

func (l *layout) commentColumn(col int, next *column) int {
	if next != nil && next.old == col {
		return next.new
	}
	for _, c := range l.closed {
		if c.old <= col {
			return col + c.shift()
		}
	}
	for i := len(l.stack) - 1; i >= 0; i-- {
		if c := l.stack[i]; c.old <= col {
			return col + c.shift()
		}
	}
	return col
}

// indent gives a line another indentation.
func (l *layout) indent(line, from, to int) {
	if from != to && !l.keep {
		l.edit(line, line+from, spaces(to))
	}
}

func lineEnd(text string, off int) int {
	if i := strings.IndexAny(text[off:], "\r\n"); i >= 0 {
		return off + i
	}
	return len(text)
}

// nextLine is where the line behind that of a place begins.
func nextLine(text string, off int) int {
	end := lineEnd(text, off)
	return end + breakAt(text, end)
}
