// Package steps is the list of step types.
package steps

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/iis"
	"slipway/pipelines/steps/nginx"
	"slipway/pipelines/steps/script"
)

// Types are all step types by name.
func Types() plan.Types {
	types := plan.Types{}
	for _, t := range []plan.StepType{nginx.Type{}, iis.Type{}, deploypackage.Type{}, script.Type{}, approval.Type{}, email.Type{}} {
		types[t.Name()] = t
	}
	return types
}

// Packages are the ids of the packages a process installs.
func Packages(types plan.Types, process []pipelines.Step) []string {
	var out []string
	for _, s := range process {
		if s.Disabled {
			continue
		}
		for _, id := range Packages(types, s.Steps) {
			out = addName(out, id)
		}
		if t, ok := types[s.Action.Type]; ok {
			out = addName(out, t.Package(s.Action.Settings))
		}
	}
	return out
}

func addName(names []string, name string) []string {
	if name == "" || pipelines.HasName(names, name) {
		return names
	}
	return append(names, name)
}
