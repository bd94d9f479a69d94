package web

import (
	"regexp"
	"strconv"
	"strings"

	"slipway/runner/views"
)

// weights tells the weights of the values of one name as the rule beside them
// does: with the point of the project's own only where it decides.
type weights struct {
	best views.Value
	own  bool
}

func weighing(e views.Explanation) weights {
	var w weights
	switch {
	case e.Winner != nil:
		w.best = *e.Winner
	case len(e.Losers) > 0:
		w.best = e.Losers[0]
	}
	for _, x := range e.Losers {
		if !x.System && x.Weight() == w.best.Weight() && x.Rank != w.best.Rank {
			w.own = true
		}
	}
	return w
}

func (w weights) words(x views.Value) string {
	if w.own {
		return grouped(x.Rank)
	}
	return grouped(x.Weight())
}

// inRule is a large weight as a rule tells it: "(Deploy, step, 10000000)".
var inRule = regexp.MustCompile(`[( ]\d{4,9}\)`)

// ruleSentence keeps the spelling of the name that a comparison begins with.
func ruleSentence(rule string) string {
	if !strings.Contains(rule, " beats ") {
		return toSentence(rule)
	}
	return inRule.ReplaceAllStringFunc(rule, func(m string) string {
		n, _ := strconv.Atoi(m[1 : len(m)-1])
		return m[:1] + grouped(n) + ")"
	}) + "."
}
