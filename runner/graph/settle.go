package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// settle draws every conclusion from the state: steps that end, steps that
// begin, and at last the deployment's own end.
func (t *turn) settle() {
	if t.state.Head.Closed {
		return
	}
	for again := true; again; {
		again = false
		for i := range t.plan.Steps {
			again = t.settleStep(i) || again
		}
	}
	t.settleDeployment()
}

// settleStep moves one step on if it can, and says whether it did.
func (t *turn) settleStep(i int) bool {
	switch s := t.step(i); s.Status {
	case pipelines.Pending:
		if !t.ready(i) {
			return false
		}
		t.begin(i)
		return true
	case pipelines.Running, pipelines.Waiting:
		t.fill(i)
		return t.endStep(i)
	}
	return false
}

// ready: a step begins when all it needs has ended.
func (t *turn) ready(i int) bool {
	for _, n := range t.plan.Steps[i].Needs {
		if !t.step(n).Status.Ended() {
			return false
		}
	}
	return true
}

// begin decides whether the step runs, and starts it or leaves it.
func (t *turn) begin(i int) {
	s := t.plan.Steps[i]
	if s.Skip != "" {
		t.leave(i, pipelines.Skipped, s.Skip)
		return
	}
	if left, why := t.leaveOut(i); left != "" {
		t.leave(i, left, why)
		return
	}
	now := t.step(i)
	now.Started = t.at
	now.Status = pipelines.Running
	if s.Kind == plan.Ask {
		now.Status = pipelines.Waiting
	}
	t.fill(i)
}

// leaveOut applies the step's run condition to its ancestors, and what a
// cancelled or blocked deployment still does.
func (t *turn) leaveOut(i int) (pipelines.Status, string) {
	s, head := t.plan.Steps[i], t.state.Head
	always := s.Run == pipelines.RunAlways
	if head.Cancel != nil && (!always || s.Kind == plan.Ask) {
		return pipelines.Cancelled, "the deployment was cancelled"
	}
	if head.Blocked && !(always && s.Kind == plan.Mail) {
		if f := t.finding(s.Name); f != "" {
			return pipelines.Failed, f
		}
		return pipelines.Skipped, "the plan found what must be put right first"
	}
	failed := t.failedAncestor(i)
	switch {
	case s.Run == pipelines.RunFailure && failed == "":
		return pipelines.Skipped, "nothing before it failed"
	case (s.Run == "" || s.Run == pipelines.RunSuccess) && failed != "":
		return pipelines.Skipped, "step " + failed + " did not succeed"
	}
	return "", ""
}

func (t *turn) finding(step string) string {
	for _, f := range t.plan.Blocked() {
		if f.Step == step {
			return f.Message
		}
	}
	return ""
}

// failedAncestor is the name of a step that i depends on, directly or not, and
// that ended badly.
func (t *turn) failedAncestor(i int) string {
	seen := make([]bool, len(t.plan.Steps))
	var look func(i int) string
	look = func(i int) string {
		for _, n := range t.plan.Steps[i].Needs {
			if seen[n] {
				continue
			}
			seen[n] = true
			if bad(t.step(n).Status) {
				return t.plan.Steps[n].Name
			}
			if name := look(n); name != "" {
				return name
			}
		}
		return ""
	}
	return look(i)
}

func bad(s pipelines.Status) bool {
	return s == pipelines.Failed || s == pipelines.Unknown || s == pipelines.Cancelled
}

func (t *turn) leave(i int, end pipelines.Status, why string) {
	now := t.step(i)
	now.Status, now.Message, now.Ended = end, why, t.at
}

// fill begins as many tasks as the window allows. Once a task of the step has
// ended badly no further one begins; those that run may finish.
func (t *turn) fill(i int) {
	s, now := t.plan.Steps[i], t.step(i)
	window := max(1, s.Window)
	for now.Next < s.Tasks() && now.Running < window && now.Bad == 0 && !t.stopping(s) {
		number := s.First + now.Next
		now.Next++
		now.Running++
		x := t.state.change(number)
		x.Status, x.Attempt = pipelines.Running, 1
		if s.Kind == plan.Ask {
			t.emit(AskPeople{Step: i})
			continue
		}
		t.emit(t.attempt(i, number, 1))
	}
}

func (t *turn) stopping(s plan.Step) bool {
	return t.state.Head.Cancel != nil && s.Run != pipelines.RunAlways
}

// endStep ends the step when nothing of it runs or will run.
func (t *turn) endStep(i int) bool {
	s, now := t.plan.Steps[i], t.step(i)
	if now.Running > 0 || now.Next < s.Tasks() && now.Bad == 0 && !t.stopping(s) {
		return false
	}
	now.Ended = t.at
	now.Status = t.outcome(i)
	if now.Bad > 0 && s.Tasks() > 1 {
		now.Message = count(now.Bad, s.Tasks()) + ": " + now.Message
	}
	return true
}

// outcome is the worst of what the step's tasks came to.
func (t *turn) outcome(i int) pipelines.Status {
	s, now := t.plan.Steps[i], t.step(i)
	if now.Bad == 0 && now.Next < s.Tasks() {
		return pipelines.Cancelled
	}
	worst := pipelines.Succeeded
	for number := s.First; number < s.First+now.Next; number++ {
		switch end := t.state.Task(number).Status; {
		case end == pipelines.Unknown:
			return end
		case end == pipelines.Failed, end == pipelines.Cancelled && worst == pipelines.Succeeded:
			worst = end
		}
	}
	return worst
}

// settleDeployment ends the deployment when every step has ended, or says what
// it waits for.
func (t *turn) settleDeployment() {
	head := &t.state.Head
	if head.Status.Ended() {
		return
	}
	ended, waiting, running := true, false, false
	for _, s := range head.Steps {
		ended = ended && s.Status.Ended()
		waiting = waiting || s.Status == pipelines.Waiting
		running = running || s.Status == pipelines.Running
	}
	switch {
	case ended:
		t.endDeployment()
	case head.Cancel != nil:
		head.Status = pipelines.Cancelling
	case waiting && !running:
		head.Status = pipelines.Waiting
	default:
		head.Status = pipelines.Running
	}
}

func (t *turn) endDeployment() {
	head := &t.state.Head
	head.Ended = t.at
	head.Status = pipelines.Succeeded
	for i, s := range head.Steps {
		if !bad(s.Status) {
			continue
		}
		head.Status = pipelines.Failed
		if head.Message == "" {
			head.Message = "step " + t.plan.Steps[i].Name + ": " + s.Message
		}
	}
	if head.Blocked {
		head.Status = pipelines.Failed
	}
	if head.Cancel != nil {
		head.Status = pipelines.Cancelled
		head.Message = "cancelled by " + head.Cancel.Called
	}
	t.emit(Finish{})
}
