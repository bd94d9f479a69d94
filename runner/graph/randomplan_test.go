package graph_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// requester asked for every deployment; where a question says so, they have no
// voice.
const requester = "Users-9"

// randomPlan makes plans with everything that a plan can have.
type randomPlan struct {
	rand *rand.Rand
	plan plan.Plan
}

func (r *randomPlan) make(from *rand.Rand, now time.Time) {
	r.rand = from
	r.plan = plan.Plan{Format: plan.Format, Deployment: "Deployments-1", Environment: "Test", RequestedBy: requester, GuidedFailure: from.IntN(4) == 0,
		Variables: []plan.Variable{{Name: "Yes", Value: "True"}, {Name: "No", Value: "0"}}}
	if from.IntN(8) == 0 {
		r.plan.Findings = []plan.Finding{{Step: "s0", Message: "wrong", Blocks: true}}
	}
	if from.IntN(8) == 0 {
		r.plan.NotBefore = now.Add(time.Hour)
	}
	if from.IntN(4) == 0 {
		r.plan.Timeout = task.Duration(time.Duration(5+from.IntN(300)) * time.Second)
	}
	for range 1 + from.IntN(8) {
		r.step()
	}
}

func (r *randomPlan) step() {
	at := len(r.plan.Steps)
	step := plan.Step{Name: fmt.Sprintf("s%d", at), Kind: plan.OnHosts, First: r.plan.Tasks(), Window: 1 + r.rand.IntN(4), Retries: r.rand.IntN(3)}
	step.Run, step.If = r.condition()
	for n := range at {
		if r.plan.Steps[n].Within == 0 && r.rand.IntN(at) == 0 {
			step.Needs = append(step.Needs, n)
		}
	}
	switch r.rand.IntN(8) {
	case 0:
		step.Kind, step.Question = plan.Ask, r.question()
	case 1:
		step.Kind = plan.Mail
	case 2:
		step.Skip = "skipped"
	case 3, 4:
		step.Kind, step.Retries = plan.Rolling, 0
	}
	if step.Kind == plan.OnHosts || step.Kind == plan.Rolling {
		for n := range 1 + r.rand.IntN(150)*r.rand.IntN(2)*r.rand.IntN(2) {
			step.Targets = append(step.Targets, plan.Target{ID: fmt.Sprint(n), Name: fmt.Sprint(n)})
		}
	}
	if step.Kind == plan.Rolling {
		step.Children = 1 + r.rand.IntN(3)
	}
	r.plan.Steps = append(r.plan.Steps, step)
	for range step.Children {
		r.child(at)
	}
}

func (r *randomPlan) child(of int) {
	child := plan.Step{Name: fmt.Sprintf("s%d", len(r.plan.Steps)), Kind: plan.OnHosts, First: r.plan.Tasks(), Within: of + 1, Retries: r.rand.IntN(2)}
	child.Run, child.If = r.condition()
	all := r.rand.IntN(2) == 0
	for _, t := range r.plan.Steps[of].Targets {
		if all || r.rand.IntN(3) > 0 {
			child.Targets = append(child.Targets, t)
		}
	}
	if r.rand.IntN(6) == 0 || len(child.Targets) == 0 {
		child.Skip = "skipped"
	}
	r.plan.Steps = append(r.plan.Steps, child)
}

func (r *randomPlan) condition() (pipelines.Condition, string) {
	switch r.rand.IntN(14) {
	case 0, 1:
		return pipelines.RunAlways, ""
	case 2, 3:
		return pipelines.RunFailure, ""
	case 4:
		return "#{Yes}", ""
	case 5:
		return "#{if Octopus.Deployment.Error}#{Yes}#{/if}", ""
	case 6:
		return "#{if Octopus.Action[s0].Output.X == \"1\"}#{Yes}#{/if}", ""
	case 7:
		return "", `env.name == "Test" && vars["No"] == "0"`
	case 8:
		return "", `steps["s0"].failed`
	case 9:
		return "", `steps["s0"].outputs["X"] == "1"`
	}
	return "", ""
}

func (r *randomPlan) question() *plan.Question {
	q := plan.Question{Minimum: r.rand.IntN(3), NotRequester: r.rand.IntN(2) == 0, Blocks: r.rand.IntN(2) == 0}
	if r.rand.IntN(2) == 0 {
		q.Timeout, q.OnTimeout = task.Duration(2*time.Minute), []string{"", "reject", "approve"}[r.rand.IntN(3)]
	}
	if r.rand.IntN(2) == 0 {
		q.Remind = task.Duration(time.Minute)
	}
	return &q
}
