// Package steps is the list of step types.
package steps

import (
	"errors"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/nginx"
	"slipway/pipelines/steps/script"
)

// Types are all step types by name.
func Types() plan.Types {
	types := plan.Types{}
	for _, t := range []plan.StepType{nginx.Type{}, deploypackage.Type{}, script.Type{}, approval.Type{}, email.Type{}} {
		types[t.Name()] = t
	}
	return types
}

// Problems checks the action of one step; it is what pipelines.Known asks for.
func Problems(types plan.Types) func(pipelines.Step) []pipelines.Problem {
	return func(s pipelines.Step) []pipelines.Problem {
		t, ok := types[s.Action.Type]
		if !ok {
			return []pipelines.Problem{{Message: "there is no step type " + s.Action.Type}}
		}
		found := t.Check(s.Action.Settings)
		found = append(found, expressions(t, s)...)
		want, err := t.Want(plan.Context{Step: s.Name}, s.Action.Settings)
		if err == nil && want.Kind == plan.OnHosts && len(s.Roles) == 0 {
			found = append(found, pipelines.Problem{Message: "step " + s.Name + " runs on targets and names no role: say `roles: [web]`, with the role its targets have"})
		}
		if err == nil && want.Kind != plan.OnHosts && (len(s.Roles) > 0 || s.Window != "" || s.Retries > 0 || s.Timeout > 0 || s.NoTargets != "") {
			found = append(found, pipelines.Problem{Message: "step " + s.Name + " runs on no target: roles, window, retries, timeout and no-targets mean nothing here, remove them"})
		}
		return found
	}
}

// expressions finds texts that are no expressions, while they can be mended.
func expressions(t plan.StepType, s pipelines.Step) []pipelines.Problem {
	want, err := t.Want(plan.Context{Step: s.Name}, s.Action.Settings)
	if err != nil {
		return nil // Check has said it
	}
	var found []pipelines.Problem
	for _, text := range want.Texts {
		if _, err := octostache.Parse(text.Text); err != nil {
			problem := pipelines.Problem{Path: strings.TrimPrefix(text.Path, s.Action.Type+"."), Message: "the expression cannot be read: " + err.Error()}
			if broken, ok := errors.AsType[*octostache.ParseError](err); ok {
				problem.Line, problem.Column = broken.Line, broken.Column
			}
			found = append(found, problem)
		}
	}
	return found
}

// Packages are the ids of the packages a process installs.
func Packages(types plan.Types, process []pipelines.Step) []string {
	var out []string
	for _, s := range process {
		t, ok := types[s.Action.Type]
		if !ok || s.Disabled {
			continue
		}
		if id := t.Package(s.Action.Settings); id != "" && !pipelines.HasName(out, id) {
			out = append(out, id)
		}
	}
	return out
}
