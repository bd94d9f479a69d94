package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// OutputsFor are what other steps have set, under the names that steps use: that
// of each machine, and one without a machine. The latter is the target's own
// value where it has set one, else that of the last machine in the order of the
// step's targets. Octopus does not say which it is then; where the machines
// differ and the step reads it, that is written to the log.
func (r *Runner) OutputsFor(ctx context.Context, at records.Loaded, of int, target string) ([]task.Variable, error) {
	var out []task.Variable
	for i, step := range at.Plan.Steps {
		if i != of && step.Kind == plan.Ask {
			out = append(out, answered(step.Name, at.State.Head.Steps[i].Answer)...)
		}
		if i == of || step.Kind != plan.OnHosts || step.Skip != "" {
			continue
		}
		all := outputs{of: map[string]*output{}, target: target}
		for place, t := range step.Targets {
			values, err := r.outputsOf(ctx, at.State.Task(step.First+place))
			if err != nil {
				return nil, err
			}
			for _, name := range sorted(values) {
				value := octostache.Escape(values[name])
				out = append(out, task.Variable{Name: fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", step.Name, t.Name, name), Value: value})
				all.add(name, t.Name, value)
			}
		}
		for _, name := range all.names() {
			full := fmt.Sprintf("Octopus.Action[%s].Output.%s", step.Name, name)
			x := all.of[name]
			out = append(out, task.Variable{Name: full, Value: x.value})
			if x.differs && !x.own && reads(at.Plan.Steps[of], full) {
				r.Log.Warn("output differs between machines", "deployment", at.Deployment.ID, "step", at.Plan.Steps[of].Name, "reads", full, "of", x.machine,
					"way out", fmt.Sprintf("name the machine: Octopus.Action[%s].Output[%s].%s", step.Name, x.machine, name))
			}
		}
	}
	return out, nil
}

// answered is what a sign-off leaves to later steps, in Octopus's names: who
// answered, and with which words.
func answered(step string, a *graph.Answered) []task.Variable {
	if a == nil {
		return nil
	}
	var out []task.Variable
	for _, of := range []struct{ name, value string }{
		{"Notes", a.Note}, {"ResponsibleUser.Id", a.UserID}, {"ResponsibleUser.DisplayName", a.Called}, {"ResponsibleUser.EmailAddress", a.Mail},
	} {
		out = append(out, task.Variable{Name: fmt.Sprintf("Octopus.Action[%s].Output.Manual.%s", step, of.name), Value: octostache.Escape(of.value)})
	}
	return out
}

// output is one name that a step has set on its targets.
type output struct {
	value, machine string
	own, differs   bool
}

// outputs are those of one step, seen from a target.
type outputs struct {
	of     map[string]*output
	target string
}

func (o *outputs) add(name, machine, value string) {
	x, there := o.of[name]
	if !there {
		x = &output{}
		o.of[name] = x
	}
	x.differs = x.differs || there && x.value != value
	if own := machine == o.target; own || !x.own {
		x.value, x.machine, x.own = value, machine, own
	}
}

func (o *outputs) names() []string { return sorted(o.of) }

// reads says whether one of a step's texts reads a name, or says it, as a
// script does that asks for a variable by a function.
func reads(s plan.Step, name string) bool {
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
