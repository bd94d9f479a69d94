package xdt

import (
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// An indent is a line break and the white space behind it.

// defaultStep is how much deeper an element stands in a file that has no
// example of it.
const defaultStep = "\t"

// indentIn is the indent that white space ends with, "" without a line break.
func indentIn(space string) string {
	i := strings.LastIndexAny(space, "\r\n")
	if i > 0 && space[i] == '\n' && space[i-1] == '\r' {
		i--
	}
	if i < 0 {
		return ""
	}
	return space[i:]
}

// indents are those of the elements around n, from the outermost, with n's own
// at the end: that of its siblings before it, else of those behind, else one
// step deeper than its parent's.
func indents(n *xmltree.Node) []string {
	var path []*xmltree.Node
	for ; n != nil && n.Kind() != xmltree.Root; n = n.Parent() {
		path = append(path, n)
	}
	all := make([]string, 0, len(path))
	for i := len(path) - 1; i >= 0; i-- {
		own := indentBefore(path[i])
		if own == "" && len(all) > 0 {
			own = indentAmong(path[i+1])
		}
		if own == "" && len(all) > 0 {
			own = all[len(all)-1] + step(all)
		}
		all = append(all, own)
	}
	return all
}

// indentBelow is the indent of children where none stands before; around are
// the indents of the parent and what it stands in.
func indentBelow(parent *xmltree.Node, around []string) string {
	if own := indentAmong(parent); own != "" || parent.Kind() == xmltree.Root {
		return own
	}
	return around[len(around)-1] + step(around)
}

func indentBefore(n *xmltree.Node) string {
	at := n.Previous()
	for range maxNeighbours {
		if at == nil {
			return ""
		}
		if at.IsSpace() {
			if indent := indentIn(at.Raw()); indent != "" {
				return indent
			}
		}
		at = at.Previous()
	}
	return ""
}

// indentAmong is the first indent before one of the children.
func indentAmong(parent *xmltree.Node) string {
	at := parent.First()
	for range maxNeighbours {
		if at == nil || at.Next() == nil {
			return ""
		}
		if at.IsSpace() {
			if indent := indentIn(at.Raw()); indent != "" {
				return indent
			}
		}
		at = at.Next()
	}
	return ""
}

// step is what the innermost level is indented more than the one around it, as
// the nearest levels show that are.
func step(indents []string) string {
	for i := len(indents) - 1; i >= 0; i-- {
		outer := ""
		if i > 0 {
			outer = indents[i-1]
		}
		more, ok := strings.CutPrefix(indents[i], outer)
		if outer == "" {
			more = strings.TrimLeft(more, "\r\n")
		}
		if ok && (more != "" || i > 0 && outer != "") {
			return more
		}
	}
	return defaultStep
}
