package plan

// MayAsk says of every step whether a condition of the given one may look at it:
// those that it needs, directly or not, with their child steps; of a child step,
// those that its rolling step needs, and the child steps before it. All of them
// have ended when it is asked, so that the answer does not depend on what runs
// beside it.
func (p *Plan) MayAsk(step int) []bool {
	asked := make([]bool, len(p.Steps))
	from := step
	if within := p.Steps[step].Within; within > 0 {
		from = within - 1
		for i := within; i < step; i++ {
			asked[i] = true
		}
	}
	var look func(i int)
	look = func(i int) {
		for _, n := range p.Steps[i].Needs {
			if asked[n] {
				continue
			}
			asked[n] = true
			for c := n + 1; c <= n+p.Steps[n].Children && c < len(p.Steps); c++ {
				asked[c] = true
			}
			look(n)
		}
	}
	look(from)
	return asked
}
