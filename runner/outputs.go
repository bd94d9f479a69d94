package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// OutputsFor are what other steps have set, under the names that the step uses
// on its target at a place (-1: on none). Where the machines that set a value
// differ and the step reads it without a machine's name, that is written to the
// log.
func (r *Runner) OutputsFor(ctx context.Context, at *records.Loaded, of, place int) ([]task.Variable, error) {
	out, differs, err := graph.Outputs(&at.Plan, &at.State, graph.Reader{Step: of, Place: place}, func(number int) (map[string]string, error) {
		return r.outputsOf(ctx, at.State.Task(number))
	})
	step := &at.Plan.Steps[of]
	for _, x := range differs {
		if reads(step, x.Name) {
			r.Log.Warn("output differs between machines", "deployment", at.Deployment.ID, "step", step.Name, "reads", x.Name, "of", x.Machine,
				"way out", fmt.Sprintf("name the machine: Octopus.Action[%s].Output[%s].%s", at.Plan.Steps[x.Step].Name, x.Machine, x.Output))
		}
	}
	return out, err
}

// reads says whether one of a step's texts reads a name, or says it, as a
// script does that asks for a variable by a function.
func reads(s *plan.Step, name string) bool {
	var texts []string
	switch {
	case s.Work != nil:
		texts = []string{string(s.Work.Settings)}
	case s.Message != nil:
		texts = []string{s.Message.To, s.Message.Subject, s.Message.Body}
	case s.Question != nil:
		texts = []string{s.Question.Instructions}
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(text, name) || slices.ContainsFunc(variables.References(text), func(x variables.Reference) bool { return x.Reads(name) })
	})
}
