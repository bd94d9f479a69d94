package xdt

import (
	"errors"
	"regexp"
	"strings"
)

var callForm = regexp.MustCompile(`(?s)\A\s*([\p{L}\p{Mn}\p{Nd}\p{Pc}]+)(?:\s*\((.*)\))?\s*\z`)

var errCallForm = errors.New("write a name, or a name with its arguments in round brackets: SetAttributes, SetAttributes(value)")

// call is the value of xdt:Transform or xdt:Locator.
type call struct {
	name      string
	arguments []string
}

func parseCall(value string) (call, error) {
	parts := callForm.FindStringSubmatch(value)
	if parts == nil {
		return call{}, errCallForm
	}
	return call{name: parts[1], arguments: splitArguments(parts[2])}, nil
}

// splitArguments parts at the commas that stand in no brackets. A comma in
// quotes parts too: so it is everywhere where this language is spoken.
func splitArguments(s string) []string {
	if s == "" {
		return nil
	}
	var arguments []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				arguments = append(arguments, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(arguments, strings.TrimSpace(s[from:]))
}
