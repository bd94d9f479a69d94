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
