package pipelines

import (
	"strings"

	"slipway/pipelines/spelling"
)

// Graph resolves what each step needs, as indexes into Steps: without more
// words the one before it; `start: with-previous` shares the needs of the step
// before, and the next plain step waits for the whole group. Child steps are
// no part of it.
func (p Project) Graph() ([][]int, []Problem) {
	needs := make([][]int, len(p.Steps))
	var found []Problem
	var group []int // the steps a plain next step waits for
	for i, s := range p.Steps {
		switch {
		case s.Needs != nil:
			needs[i], found = p.named(i, *s.Needs, found)
			group = []int{i}
		case s.Start == StartWithPrevious && i > 0:
			needs[i] = needs[i-1]
			group = append(group[:len(group):len(group)], i)
		default:
			needs[i] = group
			group = []int{i}
		}
	}
	if len(found) > 0 {
		return needs, found
	}
	for _, circle := range cycles(needs) {
		found = append(found, p.inCircle(circle))
	}
	return needs, found
}

func (p Project) named(i int, names []string, found []Problem) ([]int, []Problem) {
	out := []int{}
	for j, n := range names {
		at := p.step(n)
		if at < 0 {
			found = append(found, Problem{Path: index(index("steps", i)+".needs", j), Message: p.noStep(n)})
			continue
		}
		out = append(out, at)
	}
	return out, found
}

// noStep says that a step cannot be needed.
func (p Project) noStep(name string) string {
	for _, s := range p.Steps {
		for _, child := range s.Steps {
			if SameName(child.Name, name) {
				return quote(name) + " is a child step, and a step waits for whole steps: say " + quote(s.Name)
			}
		}
	}
	return "there is no step " + quote(name) + p.meant(name)
}

// meant asks for the step that somebody may have meant, or is "".
func (p Project) meant(name string) string {
	names := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		names[i] = s.Name
	}
	if best := spelling.Nearest(name, names); best != "" {
		return "; did you mean " + quote(best) + "?"
	}
	return ""
}

// step is the index of a step, or -1.
func (p Project) step(name string) int {
	for i, s := range p.Steps {
		if SameName(s.Name, name) {
			return i
		}
	}
	return -1
}

// inCircle names all steps of a cycle, in the order in which they need each
// other.
func (p Project) inCircle(circle []int) Problem {
	var names []string
	for _, at := range append(circle, circle[0]) {
		names = append(names, p.Steps[at].Name)
	}
	return Problem{
		Path:    index("steps", circle[0]) + ".needs",
		Message: "these steps wait for each other, so that none could begin: " + strings.Join(names, " needs ") + "; let one of them not need the next",
	}
}

// cycles are cycles that have no step in common: what is left of others shows
// when these are mended.
func cycles(needs [][]int) [][]int {
	var out [][]int
	done := make([]bool, len(needs))
	place := make([]int, len(needs)) // on the way, from 1
	var way []int
	var visit func(i int)
	visit = func(i int) {
		way = append(way, i)
		place[i] = len(way)
		for _, n := range needs[i] {
			switch {
			case place[n] > 0:
				if circle := way[place[n]-1:]; !anyOf(circle, out) {
					out = append(out, append([]int(nil), circle...))
				}
			case !done[n]:
				visit(n)
			}
		}
		way = way[:len(way)-1]
		place[i], done[i] = 0, true
	}
	for i := range needs {
		if !done[i] {
			visit(i)
		}
	}
	return out
}

// anyOf says whether a member of the circle is in one that was found already.
func anyOf(circle []int, found [][]int) bool {
	for _, other := range found {
		for _, a := range other {
			for _, b := range circle {
				if a == b {
					return true
				}
			}
		}
	}
	return false
}

// Before says which steps end before a step begins: those it needs, and those
// they need, as a set of indexes into Steps. Needs are those of Graph.
func Before(needs [][]int, step int) map[int]bool {
	out := map[int]bool{}
	open := append([]int(nil), needs[step]...)
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if !out[at] {
			out[at] = true
			open = append(open, needs[at]...)
		}
	}
	return out
}
