// Package conditions answers yes or no to the question whether a step runs:
// the expressions of `if:`, and the texts that Octopus's variable conditions
// come to.
//
// It knows texts and facts, no deployment. The same facts always give the same
// answer, since an answer can be replayed years later: of the expression
// language there is what depends on the expression and the facts alone, and
// what ends soon. Everything else (the clock, maps, whatever makes much of
// little) is refused by name.
//
// The idea to know: an expression asks about steps, outputs and variables by
// names that stand in it as they are. So it is known before it is ever
// answered what it may ask, and a wrong name is found when it is written.
package conditions

import (
	"slices"
	"strings"

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

// Expression is a condition that was read and checked. It does not change and
// may be shared.
type Expression struct {
	program   *vm.Program
	steps     []string // that it asks about, as the process spells them
	status    bool
	fields    []string // of the place and the release
	variables []string
	outputs   []Output
	places    []place
	shape     *branch
}

// AsksStatus says whether the expression looks at how steps ended: then it does
// not imply that they succeeded.
func (e *Expression) AsksStatus() bool { return e.status }

// Steps are the names of the steps it asks about, in order.
func (e *Expression) Steps() []string { return slices.Clone(e.steps) }

// Fields are what it asks about the place and the release, like `env.name`, in
// order.
func (e *Expression) Fields() []string { return slices.Clone(e.fields) }

// Variables are the names of the variables it asks about, in order.
func (e *Expression) Variables() []string { return slices.Clone(e.variables) }

// Outputs are the output variables it asks about: by step, in order.
func (e *Expression) Outputs() []Output { return slices.Clone(e.outputs) }

// Output names an output variable of a step.
type Output struct{ Step, Name string }

// Truthy says whether a text, evaluated, means yes: as Octopus has it, when it
// is not empty, 0, no or false in any case, and nothing in it is unresolved.
func Truthy(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "0", "no", "false":
		return false
	}
	return !strings.Contains(text, "#{")
}
