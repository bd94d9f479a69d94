package xmltree

import (
	"math"
	"strconv"
	"strings"
)

// value is what an expression came to; of the fields the one of its kind
// counts.
type value struct {
	kind    kind
	nodes   []Found
	text    string
	number  float64
	boolean bool
}

func ofText(s string) value     { return value{kind: textKind, text: s} }
func ofNumber(n float64) value  { return value{kind: numberKind, number: n} }
func ofBoolean(b bool) value    { return value{kind: booleanKind, boolean: b} }
func ofNodes(all []Found) value { return value{kind: nodeSet, nodes: all} }

func (v value) asBoolean() bool {
	switch v.kind {
	case nodeSet:
		return len(v.nodes) > 0
	case textKind:
		return v.text != ""
	case numberKind:
		return v.number != 0 && !math.IsNaN(v.number)
	}
	return v.boolean
}

func (v value) asText(s *search) string {
	switch v.kind {
	case nodeSet:
		if len(v.nodes) == 0 {
			return ""
		}
		return s.textOf(s.first(v.nodes))
	case numberKind:
		return writtenNumber(v.number)
	case booleanKind:
		return strconv.FormatBool(v.boolean)
	}
	return v.text
}

func (v value) asNumber(s *search) float64 {
	switch v.kind {
	case numberKind:
		return v.number
	case booleanKind:
		if v.boolean {
			return 1
		}
		return 0
	}
	return readNumber(v.asText(s))
}

// readNumber is NaN for what XPath does not call a number, like 1e5.
func readNumber(s string) float64 {
	s = strings.Trim(s, spaces)
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}

func writtenNumber(n float64) string {
	switch {
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0" // never -0
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}
