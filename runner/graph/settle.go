package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// settle draws every conclusion from the state: steps that end, steps that
// begin, and at last the deployment's own end. Each step is looked at once,
// after those it needs, so that one pass is enough.
func (t *turn) settle() {
	t.settled = make([]bool, len(t.plan.Steps))
	t.failed, t.ripe = nil, nil
	for i := range t.plan.Steps {
		t.settleStep(i)
	}
	t.settleDeployment()
}

func (t *turn) settleStep(i int) {
	if t.settled[i] {
		return
	}
	t.settled[i] = true
	if t.plan.Steps[i].Within > 0 {
		return // its rolling step has it go on
	}
	switch t.step(i).Status {
	case pipelines.Pending:
		if t.ready(i) {
			t.begin(i)
			t.goOn(i)
		}
	case pipelines.Running, pipelines.Waiting:
		t.goOn(i)
	}
}

// goOn has a step that has begun begin what it can, or end.
func (t *turn) goOn(i int) {
	now := t.step(i)
	if now.Status.Ended() {
		return
	}
	if t.plan.Steps[i].Kind == plan.Rolling {
		t.roll(i)
	} else {
		t.fill(i)
	}
	if !t.endStep(i) {
		now.Status = t.stands(i)
	}
}

// stands is the status of a step that has begun and not ended: it waits if all
// that is left of it waits for people.
func (t *turn) stands(i int) pipelines.Status {
	now := t.step(i)
	if t.plan.Steps[i].Kind == plan.Ask || now.Choices > 0 && now.Choices == now.Running {
		return pipelines.Waiting
	}
	return pipelines.Running
}

// ready: a step begins when all it needs has ended. In a resumed deployment a
// step may have stayed whose own needs are tried again; then who needs it waits
// for those, too.
func (t *turn) ready(i int) bool {
	resumed := len(t.state.Head.Resumed) > 0
	if resumed && t.ripe == nil {
		t.ripe = make([]int8, len(t.plan.Steps))
	}
	if resumed && t.ripe[i] != 0 {
		return t.ripe[i] == 1
	}
	ready := true
	for _, n := range t.plan.Steps[i].Needs {
		t.settleStep(n)
		if !t.step(n).Status.Ended() || resumed && !t.ready(n) {
			ready = false
			break
		}
	}
	if resumed {
		t.ripe[i] = 2
		if ready {
			t.ripe[i] = 1
		}
	}
	return ready
}

// begin decides whether the step runs, and starts it or leaves it.
func (t *turn) begin(i int) {
	if why := t.plan.Steps[i].Skip; why != "" {
		t.leave(i, pipelines.Skipped, why)
		return
	}
	if left, why := t.leaveOut(i); left != "" {
		t.leave(i, left, why)
		return
	}
	now := t.step(i)
	now.Started, now.Status = t.at, pipelines.Running
}

// leave ends a step that has not begun, and with a rolling step its child steps.
func (t *turn) leave(i int, end pipelines.Status, why string) {
	now := t.step(i)
	if now.Status.Ended() {
		return
	}
	now.Status, now.Message, now.Ended = end, why, t.at
	if t.plan.Steps[i].Kind != plan.Rolling {
		return
	}
	if end == pipelines.Failed {
		end, why = pipelines.Skipped, "step "+t.plan.Steps[i].Name+" did not begin"
	}
	from, to := children(t.plan, i)
	for c := from; c < to; c++ {
		switch s := &t.plan.Steps[c]; {
		case s.Skip != "":
			t.leave(c, pipelines.Skipped, s.Skip)
		case t.state.Head.Blocked && t.finding(s.Name) != "":
			t.leave(c, pipelines.Failed, t.finding(s.Name))
		default:
			t.leave(c, end, why)
		}
	}
}

// settleDeployment ends the deployment when every step has ended, or says what
// it waits for.
func (t *turn) settleDeployment() {
	head := &t.state.Head
	if head.Status.Ended() {
		return
	}
	pending, waiting, running := false, false, false
	for i := range head.Steps {
		if t.plan.Steps[i].Within > 0 {
			continue
		}
		switch head.Steps[i].Status {
		case pipelines.Pending:
			pending = true
		case pipelines.Waiting:
			waiting = true
		case pipelines.Running:
			running = true
		}
	}
	switch {
	case pending && !waiting && !running:
		t.endCycles()
		t.endDeployment()
	case !pending && !waiting && !running:
		t.endDeployment()
	case head.Cancel != nil:
		head.Status = pipelines.Cancelling
	case waiting && !running:
		head.Status = pipelines.Waiting
	default:
		head.Status = pipelines.Running
	}
}

// endCycles: what needs itself can never begin. No process is stored like that;
// a deployment ends even so.
func (t *turn) endCycles() {
	for i := range t.plan.Steps {
		if t.step(i).Status == pipelines.Pending {
			t.leave(i, pipelines.Failed, "it needs itself by way of others")
		}
	}
}

func (t *turn) endDeployment() {
	head := &t.state.Head
	head.Ended, head.Place = t.at, ""
	head.Status = pipelines.Succeeded
	for i := range head.Steps {
		s := &head.Steps[i]
		if !s.Status.Bad() {
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
	switch c := head.Cancel; {
	case c == nil:
	case c.Limit > 0:
		head.Status, head.Message = pipelines.Failed, tookLonger(c.Limit)
	case c.Why != "":
		head.Status, head.Message = pipelines.Cancelled, c.Why
	default:
		head.Status, head.Message = pipelines.Cancelled, "cancelled by "+c.Called
	}
	t.emit(Finish{Round: head.TakenUp()})
}
