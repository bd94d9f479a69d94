package replay

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

func (q *inquiry) answer() Answer {
	s := q.plan.Steps[q.at]
	a := Answer{
		Deployment: q.plan.Deployment, Step: s.Name, Target: q.target, Status: q.state.Head.Steps[q.at].Status,
		Rule: rule(q.plan, q.at), Facts: []Fact{}, History: q.history,
	}
	if a.History == nil {
		a.History = []Past{}
	}
	if q.task >= 0 {
		a.Status = graph.TaskStatus(q.state, q.at, q.task)
	}
	if s.Skip == "" {
		a.Facts = append(a.Facts, q.facts()...)
	}
	a.Because = q.because()
	return a
}

// because is the one sentence.
func (q *inquiry) because() string {
	s, now := q.plan.Steps[q.at], q.state.Head.Steps[q.at]
	switch {
	case s.Skip != "":
		return "it takes no part: " + s.Skip + ". That stands in the plan of " + clock(q.plan.Created)
	case now.Status == pipelines.Pending:
		return "it has not begun: " + q.waitsFor()
	case now.Started.IsZero():
		return q.neverBegan()
	case q.task >= 0 && s.Kind == plan.OnHosts:
		return q.ofTask()
	case s.Kind == plan.Ask:
		return q.ofQuestion()
	case s.Kind == plan.Mail:
		return q.ofMail()
	}
	return q.ofTargets()
}

// waitsFor says what a step that has not begun waits for.
func (q *inquiry) waitsFor() string {
	head := q.state.Head
	switch {
	case head.Stands() == graph.PlaceNone && head.Started.IsZero() && !q.plan.NotBefore.IsZero():
		return "the deployment is to start at " + clock(q.plan.NotBefore)
	case head.Stands() == graph.PlaceWanted:
		return "the deployment waits for its place in " + q.plan.Environment
	}
	var open []string
	for _, n := range q.takingPart(q.needs()) {
		before := head.Steps[n]
		switch {
		case before.Status.Ended():
		case before.Status == pipelines.Waiting && q.plan.Steps[n].Kind == plan.Ask:
			open = append(open, q.plan.Steps[n].Name+" waits for an answer of "+asksWhom(q.plan, n))
		default:
			open = append(open, q.plan.Steps[n].Name+" "+standsWord(before.Status))
		}
	}
	if len(open) == 0 {
		return "its turn has not come"
	}
	return several(open)
}

// takingPart are the steps, with those before them in place of such that take no
// part in the deployment.
func (q *inquiry) takingPart(steps []int) []int {
	var out []int
	for _, n := range steps {
		if q.plan.Steps[n].Skip == "" {
			out = append(out, n)
			continue
		}
		for _, before := range q.takingPart(needsOf(q.plan, n)) {
			if !slices.Contains(out, before) {
				out = append(out, before)
			}
		}
	}
	return out
}

// needs are the steps that this one waits for; those of a child step are its
// rolling step's.
func (q *inquiry) needs() []int { return needsOf(q.plan, q.at) }

func needsOf(p plan.Plan, i int) []int {
	if within := p.Steps[i].Within; within > 0 {
		return p.Steps[within-1].Needs
	}
	return p.Steps[i].Needs
}

// neverBegan says by what a step was left out.
func (q *inquiry) neverBegan() string {
	now, head := q.state.Head.Steps[q.at], q.state.Head
	text := "it never began"
	if now.Message != "" {
		text += ": " + now.Message
	}
	if q.decided == nil {
		return text
	}
	if s, ok := q.decided.Happened.Of.(graph.Superseded); ok {
		return fmt.Sprintf("it never began: the deployment was left out, %s (revision %d)", s.Why, q.decided.Turn.Revision)
	}
	if c := head.Cancel; c != nil && c.Limit > 0 && now.Status == pipelines.Cancelled {
		return fmt.Sprintf("%s. Its time was over at %s (revision %d)", text, clock(c.At), q.cancel.Revision)
	}
	if c := head.Cancel; c != nil && now.Status == pipelines.Cancelled {
		return fmt.Sprintf("%s, by %s at %s (revision %d)%s", text, called(c.Called), clock(c.At), q.cancel.Revision, noted(c.Note))
	}
	if failed := q.failedBefore(); failed >= 0 && !strings.Contains(now.Message, "condition") {
		end, was := q.ends[failed], q.decided.After.Head.Steps[failed]
		text += fmt.Sprintf(". %s %s at %s (revision %d)%s", q.plan.Steps[failed].Name, pastWord(was.Status), clock(end.At), end.Revision, noted(was.Message))
	}
	return text
}

// failedBefore is the nearest step before this one that ended badly, -1 if none.
func (q *inquiry) failedBefore() int {
	steps := q.decided.After.Head.Steps
	seen := make([]bool, len(steps))
	for round := q.needs(); len(round) > 0; {
		var further []int
		for _, n := range round {
			if seen[n] {
				continue
			}
			seen[n] = true
			if steps[n].Status.Bad() {
				return n
			}
			further = append(further, needsOf(q.plan, n)...)
		}
		round = further
	}
	return -1
}
