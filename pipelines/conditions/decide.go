package conditions

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"
)

// mostWork is what answering may take; one unit is at most what looking at one
// of the longest texts takes.
const mostWork = 10_000

// Decide answers. An error says why nobody can tell.
func (e *Expression) Decide(f Facts) (yes bool, err error) {
	defer func() {
		if r := recover(); r != nil { // the library is not trusted with any input
			yes, err = false, &Error{Message: "the condition cannot be answered"}
		}
	}()
	machine := vm.VM{MemoryBudget: mostEntries + 1}
	answer, err := machine.Run(e.program, &asked{
		Environment: f.Environment, Release: f.Release, Channel: f.Channel, Project: f.Project,
		facts: f, left: mostWork,
	})
	if err != nil {
		return false, translated(err)
	}
	yes, ok := answer.(bool)
	if !ok {
		return false, &Error{Message: "the condition comes to no yes or no: compare it with something, like == \"true\""}
	}
	return yes, nil
}

// asked is what an expression sees: the facts, as fields and questions.
type asked struct {
	Environment, Release, Channel, Project string

	facts    Facts
	left     int // of mostWork
	patterns map[string]*pattern
}

func (a *asked) step(name string) (Step, error) {
	for _, s := range a.facts.Steps {
		if strings.EqualFold(s.Name, name) {
			return s, nil
		}
	}
	return Step{}, &Error{Message: fmt.Sprintf("there is no step %q in this deployment", name)}
}

// Status is how a step stands, in a word.
func (a *asked) Status(step string) (string, error) {
	s, err := a.step(step)
	return s.Status, err
}

// Succeeded says whether a step ended well.
func (a *asked) Succeeded(step string) (bool, error) {
	s, err := a.step(step)
	return s.Status == "succeeded", err
}

// Failed says whether a step failed, or nobody can say how it ended.
func (a *asked) Failed(step string) (bool, error) {
	s, err := a.step(step)
	return s.Status == "failed" || s.Status == "unknown", err
}

// Skipped says whether a step took no part.
func (a *asked) Skipped(step string) (bool, error) {
	s, err := a.step(step)
	return s.Status == "skipped", err
}

// Message is what a step has to say, the beginning of it.
func (a *asked) Message(step string) (string, error) {
	s, err := a.step(step)
	if len(s.Message) <= longestFact {
		return s.Message, err
	}
	cut := longestFact
	for !utf8.RuneStart(s.Message[cut]) {
		cut--
	}
	return s.Message[:cut], err
}

// Output is an output variable of a step; one that was not set is empty.
func (a *asked) Output(step, name string) (string, error) {
	s, err := a.step(step)
	if err != nil {
		return "", err
	}
	value, there := s.Outputs[name]
	if !there {
		value = folded(s.Outputs, name)
	}
	return value, short(value, fmt.Sprintf("the output %q of step %q", name, step))
}

// folded finds a name that is spelled otherwise: the first in the order of
// names, so that it is the same one each time.
func folded(outputs map[string]string, name string) string {
	first, value := "", ""
	for n, v := range outputs {
		if strings.EqualFold(n, name) && (first == "" || n < first) {
			first, value = n, v
		}
	}
	return value
}

// Variable is the value of a variable.
func (a *asked) Variable(name string) (string, error) {
	if a.facts.Var == nil {
		return "", &Error{Message: fmt.Sprintf("variable %q has no value here", name)}
	}
	value, there, err := a.facts.Var(name)
	switch {
	case err != nil:
		return "", &Error{Message: fmt.Sprintf("variable %q: %s", name, err)}
	case !there:
		return "", &Error{Message: fmt.Sprintf("variable %q has no value here: define it, or correct its name", name)}
	}
	return value, short(value, fmt.Sprintf("variable %q", name))
}

func short(value, what string) error {
	if len(value) <= longestFact {
		return nil
	}
	return &Error{Message: fmt.Sprintf("%s has %d bytes; a condition looks at values of at most %d", what, len(value), longestFact)}
}

// Spend counts work.
func (a *asked) Spend(units int) (bool, error) {
	if a.left -= units; a.left < 0 {
		return false, &Error{Message: "the condition takes too many steps to answer: go through shorter lists"}
	}
	return true, nil
}
