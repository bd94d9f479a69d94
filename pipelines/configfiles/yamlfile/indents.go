package yamlfile

// indents counts by how much nested block collections stand deeper than what
// is around them.
type indents struct {
	counts [10]int
	order  []int // indentations in the order they were first met
	last   int   // column of the last collection or of what came back before it
}

func (n *indents) event(e *event) {
	switch e.kind {
	case evSequence, evMapping:
		if e.style != block {
			return
		}
		by := e.start.col - n.last
		if by >= 2 && by <= 9 {
			if n.counts[by] == 0 {
				n.order = append(n.order, by)
			}
			n.counts[by]++
		}
		n.last = e.start.col
	case evScalar, evAlias, evSign:
		n.last = min(n.last, e.start.col)
	case evDocument:
		n.last = 0
	}
}

// common is the most common one, the first of them if there are several, and 2
// where nothing is nested.
func (n *indents) common() int {
	best := 0
	for _, by := range n.order {
		if n.counts[by] > n.counts[best] {
			best = by
		}
	}
	if best == 0 {
		return 2
	}
	return best
}
