package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// mailTries is how often a mail is tried before its step ends with a warning.
const mailTries = 4

// mailed: a mail that cannot be sent is a warning, it never makes a deployment
// fail.
func (t *turn) mailed(m Mailed) bool {
	if m.Step < 0 || m.Step >= len(t.plan.Steps) || tasksOf(&t.plan.Steps[m.Step]) == 0 {
		return false
	}
	number := t.plan.Steps[m.Step].First
	if t.running(plan.Mail, number, m.Attempt) < 0 {
		return false
	}
	x := t.state.change(number)
	x.Message = m.Message
	if !m.Sent && !m.Final && x.made() < mailTries && !t.stopping(m.Step) {
		t.deferTask(number, x)
		return true
	}
	if !m.Sent {
		s := t.step(m.Step)
		s.Warning, s.Message = true, "the mail could not be sent: "+m.Message
	}
	t.endTask(m.Step, number, x, pipelines.Succeeded)
	t.endStep(m.Step)
	return true
}
