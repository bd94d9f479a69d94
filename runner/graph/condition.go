package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of run conditions: a step looks at its ancestors, those it needs,
// directly or not. `success` runs if none of them ended badly, `failure` if one
// did, `always` in any case. A text with `#{…}` runs if it means yes; it does not
// imply success. `if:` runs if it holds; it implies success unless it looks at
// how steps ended. In a lane a child step looks at the child steps before it
// there, and at the ancestors of its rolling step.

// leaveOut says how a step ends that does not begin, and why; "" begins it.
func (t *turn) leaveOut(i int) (pipelines.Status, string) {
	s, head := &t.plan.Steps[i], &t.state.Head
	always := s.Run == pipelines.RunAlways
	if head.Cancel != nil && (t.stopping(i) || s.Kind == plan.Ask) {
		return pipelines.Cancelled, head.Cancel.why()
	}
	if head.Blocked && !(always && s.Kind == plan.Mail) {
		if f := t.finding(s.Name); f != "" {
			return pipelines.Failed, f
		}
		return pipelines.Skipped, "the plan found what must be put right first"
	}
	return t.condition(i, -1, t.failedAncestor(i))
}

// leaveOutIn is leaveOut for a child step in a lane. failed is the child step
// that went wrong there before, or -1.
func (t *turn) leaveOutIn(c int, l lane, failed int) (pipelines.Status, string) {
	if t.stopping(c) {
		return pipelines.Cancelled, t.state.Head.Cancel.why()
	}
	if failed < 0 {
		failed = t.failedAncestor(l.rolling)
	}
	return t.condition(c, l.place, failed)
}

// condition applies the step's run condition; place is the lane of a child step,
// else -1.
func (t *turn) condition(i, place, failed int) (pipelines.Status, string) {
	s := &t.plan.Steps[i]
	d := decision{t: t, step: i, lane: place}
	switch {
	case s.Run == pipelines.RunAlways:
	case s.Run == pipelines.RunFailure:
		if failed < 0 {
			return pipelines.Skipped, "nothing before it failed"
		}
	case s.Run.IsText():
		if end, why := d.means(string(s.Run)); end != "" {
			return end, why
		}
	case failed >= 0 && !(s.Run == "" && d.asksStatus()):
		return pipelines.Skipped, "step " + t.plan.Steps[failed].Name + " did not succeed"
	}
	if s.If == "" {
		return "", ""
	}
	return d.holds()
}

// finding is what the plan found against a step, "" for nothing.
func (t *turn) finding(step string) string {
	for i := range t.plan.Findings {
		if f := &t.plan.Findings[i]; f.Blocks && f.Step == step {
			return f.Message
		}
	}
	return ""
}

// failedAncestor is a step that i depends on, directly or not, and that ended
// badly; -1 if there is none. All of them have ended by now.
func (t *turn) failedAncestor(i int) int {
	if t.failed == nil {
		t.failed = make([]int32, len(t.plan.Steps))
	}
	if known := t.failed[i]; known != 0 {
		return int(known) - 2
	}
	t.failed[i] = 1 // none, as -1; and the end of the search on a cycle
	for _, n := range t.plan.Steps[i].Needs {
		found := n
		if !t.step(n).Status.Bad() {
			found = t.failedAncestor(n)
		}
		if found >= 0 {
			t.failed[i] = int32(found) + 2
			return found
		}
	}
	return -1
}
