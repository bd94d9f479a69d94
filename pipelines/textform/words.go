package textform

import (
	"strconv"
	"strings"
)

func quote(s string) string { return strconv.Quote(s) }

// listed writes words as people do: `a, b and c`.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// nearest finds the word that somebody may have meant, or "".
func nearest(typed string, words []string) string {
	best, least := "", 1+max(1, len(typed)/3)
	for _, w := range words {
		if d := distance(bareWord(typed), bareWord(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// bareWord is a word without the signs and cases that people mix up:
// `postDeploy` and `post_deploy` are `post-deploy`.
func bareWord(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// distance is how many letters must be put in, taken out, changed or swapped
// with their neighbour to make b from a.
func distance(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
