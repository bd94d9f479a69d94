package views

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Lane is how far a rolling step has come on one of its targets.
type Lane struct {
	Target plan.Target
	Status pipelines.Status
}

// Lanes are those of a rolling step, in the order of its targets.
func Lanes(pl plan.Plan, s graph.State, parent int) []Lane {
	p := pl.Steps[parent]
	all := map[string][]pipelines.Status{}
	for i := parent + 1; i <= parent+p.Children && i < len(pl.Steps); i++ {
		child := pl.Steps[i]
		for place := range child.Tasks() {
			id := child.Targets[place].ID
			all[id] = append(all[id], s.Task(child.First+place).Status)
		}
	}
	over := s.Head.Steps[parent].Status.Ended()
	out := make([]Lane, len(p.Targets))
	for i, t := range p.Targets {
		out[i] = Lane{Target: t, Status: together(all[t.ID], over)}
	}
	return out
}

// together is what the tasks of one lane, in their order, come to. Those that
// never began count once the lane has ended badly, or the whole step is over.
func together(tasks []pipelines.Status, over bool) pipelines.Status {
	begun, left, bad := false, false, pipelines.Status("")
	for _, s := range tasks {
		switch s {
		case pipelines.Pending:
			left = true
			continue
		case pipelines.Running, pipelines.Waiting:
			return s
		case pipelines.Failed, pipelines.Unknown, pipelines.Cancelled:
			if bad == "" || s == pipelines.Unknown {
				bad = s
			}
		}
		begun = true
	}
	switch {
	case bad != "":
		return bad
	case begun && left && !over:
		return pipelines.Running
	case left && !over:
		return pipelines.Pending
	case left || !begun:
		return pipelines.Skipped
	}
	return pipelines.Succeeded
}
