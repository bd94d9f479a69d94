// Package fill is what all formats of config files share: the values that may
// be put into a file, the report of what was put where, and the error for a
// file that is not what it should be.
//
// It knows no format. The idea to know: a value is evaluated when it is first
// asked for and only then, so that a thousand variables cost nothing in a file
// that names three of them.
package fill

import (
	"fmt"
	"iter"
	"strings"

	"slipway/pipelines/octostache"
)

// MaxBytes bounds a file whose structure is read; larger ones are refused
// before they are read.
const MaxBytes = 64 << 20

// MaxDepth bounds how deep elements, mappings and lists may stand in each
// other.
const MaxDepth = 1000

// Value is the evaluated text of a variable. Null: the variable is there and
// has no value.
type Value struct {
	Text string
	Null bool
}

// Values are the variables that may be put into files.
type Values struct {
	vars    *octostache.Variables
	options octostache.Options
	null    map[string]bool
	known   map[string]Value
}

// New takes the variables as they are. null names those without a value.
func New(vars *octostache.Variables, options octostache.Options, null ...string) *Values {
	v := &Values{vars: vars, options: options, null: map[string]bool{}, known: map[string]Value{}}
	for _, name := range null {
		v.null[strings.ToLower(name)] = true
	}
	return v
}

// Names are the names of all variables, in the order of their definition.
func (v *Values) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range v.vars.All() {
			if !yield(name) {
				return
			}
		}
	}
}

// Get is the value of a variable, without regard to case; false if there is
// none of that name. References that lead nowhere stay in the text, as in
// every text; the error is that of octostache for what cannot be evaluated at
// all, like a variable that refers to itself.
func (v *Values) Get(name string) (Value, bool, error) {
	key := strings.ToLower(name)
	if value, ok := v.known[key]; ok {
		return value, true, nil
	}
	text, ok := v.vars.Get(name)
	if !ok {
		return Value{}, false, nil
	}
	value := Value{Null: v.null[key]}
	if !value.Null {
		options := v.options
		options.Continue = true
		result, err := octostache.Evaluate(text, v.vars, options)
		if err != nil {
			return Value{}, true, fmt.Errorf("variable %q: %w", name, err)
		}
		value.Text = result.Text
	}
	v.known[key] = value
	return value, true, nil
}

// Report is what became of a file. Texts in it never hold a variable's value:
// it may be a secret.
type Report struct {
	Replaced int      // places that got a value
	Warnings []string // what somebody should look at
}

// Warn adds a warning.
func (r *Report) Warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// SyntaxError says where a file is not what its format asks for. Line and
// Column count from 1, columns in characters; 0 is not known.
type SyntaxError struct {
	Format       string // as people know it: "JSON", "YAML", "XML", "properties"
	Line, Column int
	Message      string
}

func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("no %s: %s", e.Format, e.Message)
	case e.Column == 0:
		return fmt.Sprintf("no %s: line %d: %s", e.Format, e.Line, e.Message)
	}
	return fmt.Sprintf("no %s: line %d, column %d: %s", e.Format, e.Line, e.Column, e.Message)
}
