package graph

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// What never began is pending while it may begin, and no longer.
func TestTaskStatus(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Steps: []plan.Step{{Name: "Work", Kind: plan.OnHosts, Targets: []plan.Target{{ID: "web-1"}}}}}
	for _, of := range []struct{ step, want pipelines.Status }{
		{pipelines.Pending, pipelines.Pending},
		{pipelines.Running, pipelines.Pending},
		{pipelines.Waiting, pipelines.Pending},
		{pipelines.Failed, pipelines.Skipped},
		{pipelines.Skipped, pipelines.Skipped},
		{pipelines.Cancelled, pipelines.Cancelled},
	} {
		s := Begin(p)
		s.Head.Steps[0].Status = of.step
		if got := TaskStatus(s, 0, 0); got != of.want {
			t.Errorf("TaskStatus of a task that never began, in a step that is %s: got %s, want %s", of.step, got, of.want)
		}
	}
}
