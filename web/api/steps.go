package api

import (
	"time"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/web/rest"
)

// stepsOf puts what is planned and how it stands side by side.
func stepsOf(p plan.Plan, s graph.State) []rest.Step {
	out := make([]rest.Step, len(p.Steps))
	for i, step := range p.Steps {
		now := s.Head.Steps[i]
		out[i] = rest.Step{
			Name: step.Name, Type: step.Type, Status: now.Status, Message: now.Message,
			Started: moment(now.Started), Ended: moment(now.Ended), Answer: answerOf(now),
		}
		if out[i].Message == "" {
			out[i].Message = step.Skip
		}
		if q := step.Question; q != nil {
			out[i].Instructions, out[i].Teams = q.Instructions, q.Teams
		}
		if step.Kind == plan.OnHosts && step.Skip == "" {
			out[i].Targets = tasksOf(step, s)
		}
	}
	return out
}

func tasksOf(step plan.Step, s graph.State) []rest.TaskOnTarget {
	out := make([]rest.TaskOnTarget, len(step.Targets))
	for i, target := range step.Targets {
		t := s.Task(step.First + i)
		out[i] = rest.TaskOnTarget{Target: target.Name, Status: t.Status, Attempt: t.Attempt, Message: t.Message, Outputs: t.Outputs}
	}
	return out
}

func answerOf(s graph.StepState) *rest.Answer {
	if s.Answer == nil {
		return nil
	}
	return &rest.Answer{Proceed: s.Answer.Proceed, By: s.Answer.Called, Via: s.Answer.Via, Note: s.Answer.Note, At: s.Ended}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
