package pages

import "fmt"

// connect draws an edge from each step to those that need it.
func connect(nodes []node, path func(from, to int) string) []edge {
	index := map[string]int{}
	for i, n := range nodes {
		index[n.ID] = i
	}
	var edges []edge
	for i, n := range nodes {
		for _, need := range n.Needs {
			j, ok := index[need]
			if !ok || j >= i {
				continue
			}
			edges = append(edges, edge{
				Path:    path(j, i),
				Skipped: n.State == Skipped || nodes[j].State == Skipped,
				Walked:  nodes[j].State == Succeeded && n.State != Queued,
			})
		}
	}
	return edges
}

// wideEdge runs from the right side of a to the left side of b; past other steps
// it takes the lane under the row.
func wideEdge(a, b node) string {
	x1, y1 := a.X+a.W, a.Y+a.H/2
	x2, y2 := b.X, b.Y+b.H/2
	if passesOthers(a, b) {
		lane := a.Y + a.H + rowGap/2
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %dH%dC%d %d %d %d %d %d",
			x1, y1, x1+columnGap/2, y1, x1, lane, x1+columnGap, lane,
			x2-columnGap, x2, lane, x2-columnGap/2, y2, x2, y2)
	}
	if y1 == y2 {
		return fmt.Sprintf("M%d %dH%d", x1, y1, x2)
	}
	middle := x2 - columnGap/2
	return fmt.Sprintf("M%d %dH%dC%d %d %d %d %d %d", x1, y1, x2-columnGap, middle, y1, middle, y2, x2, y2)
}

func passesOthers(a, b node) bool {
	return a.Y == b.Y && b.X-a.X > nodeWidth+columnGap
}

// hasLane says whether an edge runs under the last row, which then needs room.
func hasLane(nodes []node, places []spot, g Graph) bool {
	index := indexOf(g.Steps)
	last := 0
	for _, p := range places {
		last = max(last, p.row)
	}
	for i, n := range nodes {
		for _, need := range n.Needs {
			if j, ok := index[need]; ok && j < i && places[j].row == last && passesOthers(nodes[j], n) {
				return true
			}
		}
	}
	return false
}

// narrowEdge runs straight down to the next step, and through the gutter past others.
func narrowEdge(nodes []node, from, to int) string {
	a, b := nodes[from], nodes[to]
	if to == from+1 {
		return fmt.Sprintf("M%d %dV%d", a.X+nameLeft/2+2, a.Y+a.H, b.Y)
	}
	y1, y2 := a.Y+a.H/2+8, b.Y+b.H/2-8
	x := a.X - min(gutter-6, 8+4*(to-from))
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %dV%dC%d %d %d %d %d %d",
		a.X, y1, x, y1, x, y1, x, y1+16, y2-16, x, y2, x, y2, b.X, y2)
}
