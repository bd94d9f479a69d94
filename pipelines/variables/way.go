package variables

import "slices"

// Found is a reference that was looked for, and the way to it.
type Found struct {
	First Reference // the one in the text itself with which the way begins
	Via   []int     // the variables whose texts lead on, by number
	Last  Reference // the one that was looked for
}

// Names are the names of the variables on the way.
func (f Found) Names(all []string) []string {
	if len(f.Via) == 0 {
		return nil
	}
	out := make([]string, len(f.Via))
	for i, n := range f.Via {
		out[i] = all[n]
	}
	return out
}

// Way looks for the first reference that is wanted, in a text or in the texts of
// the variables that it reads; the shortest way there comes first. text gives
// the text of a variable; wanted is also told which variables the reference
// reads.
func Way(from string, all *Lookup, text func(variable int) string, wanted func(r Reference, read []int) bool) (Found, bool) {
	var queue []Found
	seen := map[int]bool{}
	look := func(r Reference, next Found) (Found, bool) {
		read := all.Read(r)
		if wanted(r, read) {
			return next, true
		}
		for _, i := range read {
			if !seen[i] {
				seen[i] = true
				queue = append(queue, Found{First: next.First, Via: append(slices.Clip(next.Via), i)})
			}
		}
		return Found{}, false
	}
	for _, r := range References(from) {
		if found, ok := look(r, Found{First: r, Last: r}); ok {
			return found, true
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, r := range References(text(at.Via[len(at.Via)-1])) {
			if found, ok := look(r, Found{First: at.First, Via: at.Via, Last: r}); ok {
				return found, true
			}
		}
	}
	return Found{}, false
}
