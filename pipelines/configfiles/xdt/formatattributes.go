package xdt

import (
	"strings"
	"unicode/utf8"

	"slipway/pipelines/configfiles/xmltree"
)

// maxLine is where a line is broken before a new attribute.
const maxLine = 160

// maxNeighbours bounds how far among siblings an example of a line break is
// looked for.
const maxNeighbours = 200

// formatAttributes puts the attributes of a changed or new element in their
// order, with white space as their neighbours have it.
func (r *run) formatAttributes(n *xmltree.Node) {
	attributes := n.Attributes()
	if len(attributes) == 0 {
		return
	}
	s := r.spacing[n]
	if s == nil {
		s = &spacing{spaces: map[string]string{}}
		r.spacing[n] = s
	}
	names := make([]string, len(attributes))
	byName := make(map[string]*xmltree.Attribute, len(attributes))
	for i, a := range attributes {
		names[i] = a.Name()
		byName[a.Name()] = a
	}
	lineBreak := func() string { return r.lineBreak(n, s) }
	order := s.settle(names, lineBreak)

	column := r.column(n) + 1 + width(n.Name())
	same := true
	for i, name := range order {
		a := byName[name]
		text := width(name) + width(a.Raw()) + len(`=""`)
		space, known := s.spaces[name]
		if !known {
			space = " "
			if column+text+2 > maxLine {
				space = lineBreak()
			}
		}
		if same = same && attributes[i] == a && a.Space() == space; !same {
			value := a.Value()
			n.RemoveAttribute(name)
			n.AddAttribute(space, name, value)
		}
		column = after(column, space) + text
	}
}

// lineBreak is what parts lines of attributes here: as on this element, else
// as on a sibling, else one step deeper than the element.
func (r *run) lineBreak(n *xmltree.Node, s *spacing) string {
	if s.breaks == "" {
		s.breaks = s.ownBreak()
	}
	if s.breaks == "" {
		s.breaks = r.siblingBreak(n)
	}
	if s.breaks == "" {
		all := indents(n)
		s.breaks = all[len(all)-1] + step(all)
	}
	if s.breaks == "" {
		s.breaks = " "
	}
	return s.breaks
}

func (r *run) siblingBreak(n *xmltree.Node) string {
	before := n.Previous()
	for before != nil && before.Kind() != xmltree.Element {
		before = before.Previous()
	}
	if b := r.breakOf(before); b != "" {
		return b
	}
	behind := n.NextElement()
	for range maxNeighbours {
		if behind == nil {
			return ""
		}
		if b := r.breakOf(behind); b != "" {
			return b
		}
		behind = behind.NextElement()
	}
	return ""
}

func (r *run) breakOf(n *xmltree.Node) string {
	if n == nil {
		return ""
	}
	if s := r.spacing[n]; s != nil && s.breaks != "" {
		return s.breaks
	}
	for _, a := range n.Attributes() {
		if hasBreak(a.Space()) {
			return a.Space()
		}
	}
	return ""
}

// column is how many characters stand before the element on its line, or so
// many that the line is full.
func (r *run) column(n *xmltree.Node) int {
	column := 0
	for at := n; column < maxLine; {
		if at.Previous() == nil {
			at = at.Parent()
			if at == nil || at.Kind() != xmltree.Element {
				return column
			}
			if startTag(at, &column) {
				return column
			}
			continue
		}
		at = at.Previous()
		for at.Kind() == xmltree.Element && at.Last() != nil {
			column += width(at.Name()) + len("</>")
			at = at.Last()
		}
		if at.Kind() == xmltree.Element {
			if startTag(at, &column) {
				return column
			}
			continue
		}
		text := at.String()
		if i := strings.LastIndexByte(text, '\n'); i >= 0 {
			return column + width(text[i+1:])
		}
		column += width(text)
	}
	return column
}

// startTag adds the width of a tag's last line; true if it has several.
func startTag(n *xmltree.Node, column *int) bool {
	*column += len("<>")
	attributes := n.Attributes()
	for i := len(attributes) - 1; i >= 0; i-- {
		a := attributes[i]
		*column += width(a.Name()) + width(a.Raw()) + len(`=""`)
		if j := strings.LastIndexByte(a.Space(), '\n'); j >= 0 {
			*column += width(a.Space()[j+1:])
			return true
		}
		*column += width(a.Space())
	}
	*column += width(n.Name())
	return false
}

// after is the column behind white space.
func after(column int, space string) int {
	if i := strings.LastIndexByte(space, '\n'); i >= 0 {
		return width(space[i+1:])
	}
	return column + width(space)
}

func width(s string) int { return utf8.RuneCountInString(s) }
