package textform

import "strings"

// mostCells bounds the table of diff. Two texts that differ in more are shown
// as all gone and all new.
const mostCells = 4 << 20

// diff is the lines that must go and come to make b from a, each with the
// lines it stands below (those with less indentation), so that one sees which
// step a port belongs to. None when a and b are the same.
func diff(a, b []string) []string {
	inB, inA := match(a, b)
	out := hunks{shown: map[int]bool{}}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && inB[i] < 0:
			out.above(a, i, func(k int) int {
				if inB[k] < 0 {
					return -1
				}
				return k
			})
			out.lines = append(out.lines, "- "+a[i])
			i++
		case j < len(b) && inA[j] < 0:
			out.above(b, j, func(k int) int { return inA[k] })
			out.lines = append(out.lines, "+ "+b[j])
			j++
		default:
			i, j = i+1, j+1
		}
	}
	return out.lines
}

// match pairs the lines that a and b share, in order: for each line its
// partner, or -1.
func match(a, b []string) (inB, inA []int) {
	inB, inA = make([]int, len(a)), make([]int, len(b))
	for i := range inB {
		inB[i] = -1
	}
	for j := range inA {
		inA[j] = -1
	}
	from, to := 0, 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		inB[from], inA[from] = from, from
		from++
	}
	for to < len(a)-from && to < len(b)-from && a[len(a)-1-to] == b[len(b)-1-to] {
		to++
		inB[len(a)-to], inA[len(b)-to] = len(b)-to, len(a)-to
	}
	for _, pair := range common(a[from:len(a)-to], b[from:len(b)-to]) {
		inB[from+pair[0]], inA[from+pair[1]] = from+pair[1], from+pair[0]
	}
	return inB, inA
}

// common is the longest sequence that a and b share, as pairs of indexes.
func common(a, b []string) [][2]int {
	if len(a)*len(b) > mostCells {
		return nil
	}
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// hunks collects changed lines with the lines above them.
type hunks struct {
	lines []string
	shown map[int]bool // lines of the old text that stand there already
}

// above shows the lines that line i of side stands below. old gives their
// number in the old text; what is not there (-1) is a changed line itself.
func (h *hunks) above(side []string, i int, old func(int) int) {
	var context []int
	depth := indent(side[i])
	for k := i - 1; k >= 0 && depth > 0; k-- {
		if d := indent(side[k]); d < depth && side[k] != "" {
			depth = d
			context = append(context, k)
		}
	}
	for n := len(context) - 1; n >= 0; n-- {
		k := old(context[n])
		if k < 0 || h.shown[k] {
			continue
		}
		h.shown[k] = true
		h.lines = append(h.lines, "  "+side[context[n]])
	}
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
