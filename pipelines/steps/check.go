package steps

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
)

// Problems checks what the steps of a process do, and on which conditions; it is
// what pipelines.Known asks for.
func Problems(types plan.Types) func(pipelines.Project, []pipelines.Environment) []pipelines.Problem {
	return func(p pipelines.Project, environments []pipelines.Environment) []pipelines.Problem {
		var found []pipelines.Problem
		for at, s := range p.AllSteps() {
			var parent *pipelines.Step
			if at.Child >= 0 {
				parent = &p.Steps[at.Index]
			}
			problems := conditionProblems(p, at, s, environments)
			if s.Action.Type != "" {
				problems = append(problems, under(s.Action.Type, actionProblems(types, s, parent))...)
			}
			found = append(found, under(at.Path(), problems)...)
		}
		return found
	}
}

func under(path string, found []pipelines.Problem) []pipelines.Problem {
	for i := range found {
		found[i].Path = pipelines.Join(path, found[i].Path)
	}
	return found
}

// actionProblems checks what one step does; parent is the step that a child step
// belongs to.
func actionProblems(types plan.Types, s pipelines.Step, parent *pipelines.Step) []pipelines.Problem {
	t, ok := types[s.Action.Type]
	if !ok {
		return []pipelines.Problem{{Message: "there is no step type " + s.Action.Type}}
	}
	found := t.Check(s.Action.Settings)
	found = append(found, expressions(t, s)...)
	want, err := t.Want(plan.Context{Step: s.Name}, s.Action.Settings)
	switch {
	case err != nil: // Check has said it
	case want.Kind != plan.OnHosts && parent != nil:
		found = append(found, pipelines.Problem{Message: "step " + s.Name + " runs on no target, so it cannot be a child step: make it a step of its own behind " + parent.Name})
	case want.Kind == plan.OnHosts && parent == nil && len(s.Roles) == 0 && len(s.Steps) == 0:
		found = append(found, pipelines.Problem{Message: "step " + s.Name + " runs on targets and names no role: say `roles: [web]`, with the role its targets have"})
	case want.Kind != plan.OnHosts && (len(s.Roles) > 0 || s.Window != "" || s.Retries > 0 || s.Timeout > 0 || s.NoTargets != "" || len(s.Allow) > 0):
		found = append(found, pipelines.Problem{Message: noTarget(t, s)})
	default:
		found = append(found, allowed(s, want.Claims)...)
	}
	return found
}

// allowed finds what a step allows and does not even claim.
func allowed(s pipelines.Step, claims []pipelines.Claim) []pipelines.Problem {
	var kinds []string
	for _, c := range claims {
		if !pipelines.HasName(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	var found []pipelines.Problem
	for _, kind := range s.Allow {
		if !pipelines.HasName(kinds, kind) {
			found = append(found, pipelines.Problem{Message: fmt.Sprintf("step %s allows %q, which it does not claim: what it claims is %s", s.Name, kind, cmp.Or(strings.Join(kinds, ", "), "nothing"))})
		}
	}
	return found
}

// noTarget says what means nothing for a step that runs on no target. A timeout
// may be meant for what has one of its own.
func noTarget(t plan.StepType, s pipelines.Step) string {
	message := "step " + s.Name + " runs on no target: roles, window, retries, timeout, no-targets and allow mean nothing here, remove them"
	if s.Timeout > 0 && t.Name() == (approval.Type{}).Name() {
		message += "; how long people are waited for is the `timeout` of the approval"
	}
	return message
}

// expressions finds texts that are no expressions, while they can be mended.
func expressions(t plan.StepType, s pipelines.Step) []pipelines.Problem {
	want, err := t.Want(plan.Context{Step: s.Name}, s.Action.Settings)
	if err != nil {
		return nil // Check has said it
	}
	var found []pipelines.Problem
	for _, text := range want.Texts {
		if problem, broken := unreadable(strings.TrimPrefix(text.Path, s.Action.Type+"."), text.Text); broken {
			found = append(found, problem)
		}
	}
	return found
}

// unreadable finds a text that is no expression.
func unreadable(path, text string) (pipelines.Problem, bool) {
	_, err := octostache.Parse(text)
	if err == nil {
		return pipelines.Problem{}, false
	}
	problem := pipelines.Problem{Path: path, Message: "the expression cannot be read: " + err.Error()}
	if broken, ok := errors.AsType[*octostache.ParseError](err); ok {
		problem.Line, problem.Column = broken.Line, broken.Column
	}
	return problem, true
}
