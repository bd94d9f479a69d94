package views

import (
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// system are the variables we provide at a place, whatever is deployed there:
// those of a plan for the bare project that neither the release nor the
// deployment decides.
func (s Surroundings) system(project pipelines.Project, here spot) []pipelines.Variable {
	bare := project
	bare.Variables, bare.VariableSets = nil, nil
	pl := plan.Make(plan.Input{
		Deployment:  pipelines.Deployment{ProjectID: project.ID, Project: project.Name, EnvironmentID: here.environment.ID, Environment: here.environment.Name},
		Release:     pipelines.Release{ProjectID: project.ID, Project: bare, Channel: here.place.Channel},
		Environment: here.environment, Targets: here.targets, Types: s.Types, BaseURL: s.BaseURL, Sources: true,
		SecretVersion: func(string) (int, bool) { return 1, true },
	})
	var out []pipelines.Variable
	add := func(all []plan.Variable, settled func(name string) bool) {
		for _, x := range all {
			if settled(x.Name) {
				out = append(out, pipelines.Variable{Name: x.Name, Value: pipelines.Text(x.Value)})
			}
		}
	}
	add(pl.Variables, here.settles)
	at := pl.Step(here.place.Step)
	if here.place.Step != "" && at >= 0 {
		add(pl.Steps[at].Variables, ofStep)
	}
	if here.place.Target != "" {
		add(machine(pl, at, here.place.Target))
	}
	return out
}

// settles says whether the place alone decides a variable of the deployment.
func (h spot) settles(name string) bool {
	switch name {
	case "Octopus.Web.ServerUri", "Octopus.Web.BaseUrl", "Octopus.Web.ProjectLink":
		return true
	case "Octopus.Release.Channel.Name":
		return h.place.Channel != ""
	case "Octopus.Deployment.Name", "Octopus.Deployment.Machines":
		return h.environment.Name != ""
	}
	return strings.HasPrefix(name, "Octopus.Project.") || strings.HasPrefix(name, "Octopus.Space.") ||
		h.environment.Name != "" && strings.HasPrefix(name, "Octopus.Environment.")
}

// ofStep leaves out what the release chooses, and what the deployment finds.
func ofStep(name string) bool {
	return !strings.HasSuffix(name, ".Package.PackageVersion") && !strings.HasSuffix(name, ".IsSkipped")
}

// machine are the variables of a target as the step sees it. Where no step is
// known, or the step does not go there, any other one tells which machine it is.
func machine(pl plan.Plan, step int, target string) (all []plan.Variable, settled func(string) bool) {
	of := func(s plan.Step) []plan.Variable {
		for _, t := range s.Targets {
			if pipelines.SameName(t.Name, target) {
				return t.Variables
			}
		}
		return nil
	}
	if step >= 0 {
		if found := of(pl.Steps[step]); found != nil {
			return found, func(string) bool { return true }
		}
	}
	for _, s := range pl.Steps {
		if found := of(s); found != nil {
			return found, func(name string) bool { return strings.HasPrefix(name, "Octopus.Machine.") }
		}
	}
	return nil, nil
}
