package openings

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
)

// Choice is an attempt on a host of which nobody knows the end, or that failed
// where people decide about failures. It waits for somebody to choose.
type Choice struct {
	Step    int // index
	Task    int // number within the deployment
	Attempt int
	Target  plan.Target
	Ask     pipelines.Status // Unknown or Failed
	Message string
}

// Choices are the attempts of a deployment that wait for a choice, in the order
// of its tasks.
func Choices(l records.Loaded) []Choice {
	var out []Choice
	for i, s := range l.Plan.Steps {
		if s.Kind != plan.OnHosts || l.State.Head.Steps[i].Choices == 0 {
			continue
		}
		for place := range s.Tasks() {
			if x := l.State.Task(s.First + place); x.Ask != "" && x.Status == pipelines.Waiting {
				out = append(out, Choice{Step: i, Task: s.First + place, Attempt: x.Attempt, Target: s.Targets[place], Ask: x.Ask, Message: x.Message})
			}
		}
	}
	return out
}

// Choose says why the principal cannot choose: it takes the right to deploy
// there, as an approval without teams does.
func Choose(p pipelines.Principal, l records.Loaded) error {
	return Hide(p, l, p.Demand(pipelines.DeploymentCreate, pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}))
}
