package conditions

import (
	"strconv"
	"strings"

	"slipway/pipelines/spelling"
)

// listed writes words as people do: `a, b and c`.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func quotedAll(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return out
}

// meant asks for the word that somebody may have meant, or is "".
func meant(typed string, words []string) string {
	if best := spelling.Nearest(typed, words); best != "" {
		return "; did you mean " + strconv.Quote(best) + "?"
	}
	return ""
}
