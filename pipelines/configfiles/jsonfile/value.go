package jsonfile

import (
	"errors"
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// replacement is what is written instead of a value: a literal, or the JSON
// that a variable holds.
type replacement struct {
	literal string
	tree    *tree
}

// evaluate makes the replacements. A variable that cannot take the place of an
// object or list is warned of, and leaves it as it was.
func evaluate(t *tree, found map[string]target, values *fill.Values, report *fill.Report) (map[int32]replacement, error) {
	replaced := map[int32]replacement{}
	for name := range values.Names() {
		at, ok := found[strings.ToLower(name)]
		if !ok {
			continue
		}
		value, _, err := values.Get(name)
		if err != nil {
			return nil, err
		}
		r, err := replace(t.nodes[at.node].kind, at.depth, value)
		if invalid, ok := errors.AsType[*fill.SyntaxError](err); ok {
			report.Warn("variable %q is not put in: an object or a list stands in its place, so its value must be JSON, and at line %d, column %d it is not", name, invalid.Line, invalid.Column)
			continue
		}
		t.nodes[at.node].filled = true
		replaced[at.node] = r
	}
	return replaced, nil
}

// replace decides what a value becomes by what stands in the file.
func replace(k kind, depth int, value fill.Value) (replacement, error) {
	if value.Null {
		return replacement{literal: "null"}, nil
	}
	switch k {
	case object, array:
		t, err := parse(value.Text, depth)
		return replacement{tree: t}, err
	case number:
		if literal, ok := asNumber(value.Text); ok {
			return replacement{literal: literal}, nil
		}
	case boolean:
		if literal := strings.ToLower(trim(value.Text)); literal == "true" || literal == "false" {
			return replacement{literal: literal}, nil
		}
	}
	return replacement{literal: string(appendQuoted(nil, value.Text))}, nil
}
