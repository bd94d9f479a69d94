package nginx

import "strings"

// around is how many unchanged lines are shown around a change.
const around = 2

// edit is one line of a difference: ' ' stays, '-' goes, '+' comes.
type edit struct {
	sign byte
	text string
}

// diff shows how one text becomes another, as changed lines with a little of
// what stands around them.
func diff(before, after string) []string {
	edits := align(lines(before), lines(after))
	show := make([]bool, len(edits))
	for i, e := range edits {
		if e.sign == ' ' {
			continue
		}
		for k := max(0, i-around); k <= min(len(edits)-1, i+around); k++ {
			show[k] = true
		}
	}
	var out []string
	for i, e := range edits {
		switch {
		case show[i]:
			out = append(out, string(e.sign)+" "+e.text)
		case i > 0 && show[i-1]:
			out = append(out, "  …")
		}
	}
	return out
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// align finds the longest common lines by the plain table; files of a site
// have tens of lines. Very long ones are shown as replaced.
func align(a, b []string) []edit {
	if len(a)*len(b) > 4<<20 {
		return replaced(a, b)
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var edits []edit
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			edits = append(edits, edit{' ', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			edits = append(edits, edit{'-', a[i]})
			i++
		default:
			edits = append(edits, edit{'+', b[j]})
			j++
		}
	}
	return append(edits, replaced(a[i:], b[j:])...)
}

func replaced(a, b []string) []edit {
	var edits []edit
	for _, line := range a {
		edits = append(edits, edit{'-', line})
	}
	for _, line := range b {
		edits = append(edits, edit{'+', line})
	}
	return edits
}
