// Package spelling finds the word that somebody may have meant who wrote one
// that there is not.
//
// It knows words alone, not what they name, and makes no sentences: what is said
// of a slip is up to whoever found it.
//
// The idea to know: signs and cases are what people mix up most, so they do not
// count as slips; of other slips a word may have one in three letters.
package spelling

import "strings"

// longest is how many bytes a word may have to be looked at.
const longest = 60

// Nearest is the word that is most like what was typed, or "" where none is like
// it.
func Nearest(typed string, words []string) string {
	written := bare(typed)
	best, least := "", min(len(written), 1+max(1, len(typed)/3)) // with as many slips as letters any word would do
	for _, w := range words {
		if d := distance(written, bare(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// bare is a word without the signs and cases that people mix up:
// `postDeploy` and `post_deploy` are `post-deploy`.
func bare(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// distance is how many letters must be put in, taken out, changed or swapped
// with their neighbour to make b from a.
func distance(a, b string) int {
	if len(a) > longest || len(b) > longest {
		return longest
	}
	var before []int // the row before last
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = last[j-1]
			if a[i-1] != b[j-1] {
				row[j]++
			}
			row[j] = min(row[j], last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
