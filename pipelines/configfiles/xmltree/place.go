package xmltree

import (
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/pipelines/configfiles/fill"
)

// Place is the line and the column, counted from 1 and in characters, at which
// the node was written; zeros for what was made later.
func (n *Node) Place() (line, column int) {
	if n.offset < 0 || n.doc == nil {
		return 0, 0
	}
	return n.doc.place(int(n.offset))
}

// Place is the line and the column at which the attribute's name was written.
func (a *Attribute) Place() (line, column int) {
	if a.offset < 0 || a.owner == nil || a.owner.doc == nil {
		return 0, 0
	}
	return a.owner.doc.place(int(a.offset))
}

func (d *Document) place(offset int) (line, column int) {
	if d.lines == nil {
		d.lines = lineStarts(d.source)
	}
	i, found := slices.BinarySearch(d.lines, offset)
	if !found {
		i--
	}
	return i + 1, utf8.RuneCountInString(d.source[d.lines[i]:offset]) + 1
}

func lineStarts(s string) []int {
	starts := []int{0}
	for at := 0; ; {
		i := strings.IndexAny(s[at:], "\r\n")
		if i < 0 {
			return starts
		}
		at += i + 1
		if s[at-1] == '\r' && at < len(s) && s[at] == '\n' {
			at++
		}
		starts = append(starts, at)
	}
}

// syntaxError is the complaint about one place of the source.
func (d *Document) syntaxError(offset int, message string) error {
	line, column := d.place(min(offset, len(d.source)))
	return &fill.SyntaxError{Format: "XML", Line: line, Column: column, Message: message}
}
