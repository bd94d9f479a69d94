// Package conditions answers yes or no to the question whether a step runs:
// the expressions of `if:`, and the texts that Octopus's variable conditions
// come to.
//
// It knows texts and facts, no deployment. The same facts always give the same
// answer, since an answer can be replayed years later: the language's clock and
// whatever goes over maps in no order are off.
package conditions

import (
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// Facts is what an expression may ask about.
type Facts struct {
	Environment string // its name
	Release     string // its number
	Channel     string
	Project     string
	// Steps are all steps of the process, in order, as they stand.
	Steps []Step
	// Var finds a variable's value, `#{…}` in it evaluated, by its name without
	// regard to case. An error is a value that nobody can tell here, like a
	// sensitive one.
	Var func(name string) (value string, there bool, err error)
}

// Step is what is known of one step. Status is one of the words of
// pipelines.Status.
type Step struct {
	Name    string
	Status  string
	Message string
	Outputs map[string]string
}

// Expression is a condition that was read and checked.
type Expression struct {
	program *vm.Program
}

// Parse reads an `if:` expression. Steps are the names it may ask about; a name
// that is not among them, and an answer that is not yes or no, are errors that
// say so.
func Parse(text string, steps []string) (*Expression, error) {
	program, err := expr.Compile(text, expr.AsBool())
	return &Expression{program}, err
}

// AsksStatus says whether the expression looks at how steps ended: then it does
// not imply that they succeeded.
func (e *Expression) AsksStatus() bool { return false }

// Variables are the names of the variables it asks about, in order.
func (e *Expression) Variables() []string { return nil }

// Outputs are the output variables it asks about: by step, in order.
func (e *Expression) Outputs() []Output { return nil }

// Output names an output variable of a step.
type Output struct{ Step, Name string }

// Decide answers.
func (e *Expression) Decide(f Facts) (bool, error) {
	answer, err := expr.Run(e.program, nil)
	yes, _ := answer.(bool)
	return yes, err
}

// Truthy says whether a text, evaluated, means yes: as Octopus has it, when it
// is not empty, 0, no or false in any case, and nothing in it is unresolved.
func Truthy(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "0", "no", "false":
		return false
	}
	return !strings.Contains(text, "#{")
}
