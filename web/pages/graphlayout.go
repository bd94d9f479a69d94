package pages

import "strings"

// A drawing is a step graph with every coordinate worked out: left to right for a
// wide window, top to bottom for a narrow one.
type drawing struct {
	Prefix        string // of element ids; both drawings stand in one page
	Width, Height int
	Nodes         []node
	Edges         []edge
}

type node struct {
	GraphStep
	X, Y, W, H int
	Lines      []string // the name, broken to fit
	Dots       []dot
	Bar        []segment // instead of dots, when there are too many hosts
	BarText    string
}

type edge struct {
	Path    string
	Skipped bool // leads to a step that did not run
	Walked  bool // starts at a step that is over
}

const (
	nodeWidth   = 224
	nodeHeight  = 98
	columnGap   = 40
	rowGap      = 28
	margin      = 4 // room for the focus ring
	narrowWidth = 340
	narrowGap   = 18
	gutter      = 26 // left of the narrow nodes, for the edges that pass others by
	lineHeight  = 17 // of a node's text
	nameLeft    = 40 // where the text of a node starts
)

// drawWide puts each step into the column after the last of those it needs.
func drawWide(g Graph) drawing {
	places := place(g.Steps)
	d := drawing{Prefix: "gw-"}
	for i, s := range g.Steps {
		x := margin + places[i].column*(nodeWidth+columnGap)
		y := margin + places[i].row*(nodeHeight+rowGap)
		d.Nodes = append(d.Nodes, newNode(s, x, y, nodeWidth).tall(nodeHeight))
		d.Width = max(d.Width, x+nodeWidth+margin)
		d.Height = max(d.Height, y+nodeHeight+margin)
	}
	d.Edges = connect(d.Nodes, func(a, b int) string { return wideEdge(d.Nodes[a], d.Nodes[b]) })
	if hasLane(d.Nodes, places, g) {
		d.Height += rowGap / 2
	}
	return d
}

// drawNarrow puts the steps one under the other, in their order.
func drawNarrow(g Graph) drawing {
	d := drawing{Prefix: "gn-", Width: narrowWidth}
	left := margin
	if !isList(g.Steps) {
		left = gutter
	}
	y := margin
	for _, s := range g.Steps {
		n := newNode(s, left, y, narrowWidth-left-margin)
		d.Nodes = append(d.Nodes, n)
		d.Height = y + n.H + margin
		y += n.H + narrowGap
	}
	d.Edges = connect(d.Nodes, func(a, b int) string { return narrowEdge(d.Nodes, a, b) })
	return d
}

func newNode(s GraphStep, x, y, w int) node {
	s.Note = strings.ReplaceAll(s.Note, "`", "") // a picture has one kind of letters
	n := node{GraphStep: s, X: x, Y: y, W: w}
	n.Lines = breakName(s.Name, (w-nameLeft-12)/8)
	n.Dots, n.Bar, n.BarText = hostPicture(s.Hosts, w-nameLeft-14)
	n.H = 24 + lineHeight*(len(n.Lines)+len(n.noteLines()))
	switch {
	case len(n.Bar) > 0:
		n.H += 28
	case len(n.Dots) > 0:
		n.H += 20
	}
	return n
}

// textLeft is where the node's text starts: at the edge where it has no shape.
func (n node) textLeft() int {
	if n.Plain {
		return 16
	}
	return nameLeft
}

// tall is the node with a given height, so that those of a row match.
func (n node) tall(height int) node {
	n.H = height
	return n
}

type spot struct{ column, row int }

// place works out columns and rows; a step keeps the row of the first it needs
// when that row is free.
func place(steps []GraphStep) []spot {
	index := indexOf(steps)
	spots := make([]spot, len(steps))
	taken := map[spot]bool{}
	for i, s := range steps {
		at := spot{}
		for k, need := range s.Needs {
			j, ok := index[need]
			if !ok || j >= i {
				continue
			}
			at.column = max(at.column, spots[j].column+1)
			if k == 0 {
				at.row = spots[j].row
			}
		}
		for taken[at] {
			at.row++
		}
		taken[at] = true
		spots[i] = at
	}
	return spots
}

// isList says whether each step needs just the one before it.
func isList(steps []GraphStep) bool {
	for i, s := range steps {
		if i == 0 && len(s.Needs) == 0 {
			continue
		}
		if i == 0 || len(s.Needs) != 1 || s.Needs[0] != steps[i-1].ID {
			return false
		}
	}
	return true
}

func indexOf(steps []GraphStep) map[string]int {
	index := make(map[string]int, len(steps))
	for i, s := range steps {
		index[s.ID] = i
	}
	return index
}

// breakName breaks a name into at most two lines of about width letters.
func breakName(name string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(name) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	lines = append(lines, line)
	if len(lines) > 2 {
		lines = []string{lines[0], strings.Join(lines[1:], " ")}
	}
	for i, l := range lines {
		if r := []rune(l); len(r) > width {
			lines[i] = string(r[:max(width-1, 1)]) + "…"
		}
	}
	return lines
}
