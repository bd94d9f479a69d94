package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of approvals: one who rejects decides alone; to approve it takes as
// many different people as the question says. Who asked for the deployment, or made it
// begin by itself, has no voice where the question says so. An answer after the time is none, whether
// or not its alarm has rung.

// asks says whether a step waits for an answer at this moment.
func (t *turn) asks(i int) bool {
	if i < 0 || i >= len(t.plan.Steps) || t.plan.Steps[i].Kind != plan.Ask {
		return false
	}
	now := t.step(i)
	return now.Status == pipelines.Waiting && now.Running > 0
}

func (t *turn) answered(a Answered) bool {
	if !t.asks(a.Step) {
		return false
	}
	s, q := t.step(a.Step), question(&t.plan.Steps[a.Step])
	if t.overdue(a.Step) {
		t.askExpired(a.Step)
		return true
	}
	if q.NotRequester && t.plan.Began(a.UserID) {
		return false
	}
	if !a.Proceed {
		why := "rejected by " + a.By()
		if a.Note != "" {
			why += ": " + a.Note
		}
		s.Answer = &a
		t.endAsk(a.Step, pipelines.Failed, why)
		return true
	}
	for _, earlier := range s.Approved {
		if earlier.UserID == a.UserID && (a.UserID != "" || earlier.Called == a.Called) {
			return false
		}
	}
	if len(s.Approved)+1 < q.Minimum {
		s.Approved = append(s.Approved[:len(s.Approved):len(s.Approved)], a)
		return true
	}
	s.Answer = &a
	t.endAsk(a.Step, pipelines.Succeeded, "")
	return true
}

// endAsk ends the question. Its step ends with it, also while what follows has
// to wait for the place.
func (t *turn) endAsk(i int, end pipelines.Status, why string) {
	number := t.plan.Steps[i].First
	x := t.state.change(number)
	x.Message = why
	t.endTask(i, number, x, end)
	t.endStep(i)
}

// nobody is who answers when the time is over and the question says approve.
const nobody = "nobody: the time was over"

// overdue: the time to answer is over.
func (t *turn) overdue(i int) bool {
	return question(&t.plan.Steps[i]).Timeout > 0 && !t.at.Before(t.expires(i))
}

// askExpired: what the question says for this case happens.
func (t *turn) askExpired(i int) {
	q := question(&t.plan.Steps[i])
	if q.OnTimeout == "approve" {
		t.step(i).Answer = &Answered{Step: i, Proceed: true, Called: nobody, Via: "time"}
		t.endAsk(i, pipelines.Succeeded, "")
		return
	}
	t.endAsk(i, pipelines.Failed, "nobody answered within "+spoken(q.Timeout))
}

// remindersDue: what was missed is made up for once, not once for each time.
func (t *turn) remindersDue(i int) {
	s := t.step(i)
	s.Reminded = int(t.at.Sub(s.Started) / time.Duration(question(&t.plan.Steps[i]).Remind))
	t.emit(AskPeople{Step: i, Round: s.Round, Reminder: s.Reminded})
}

func (t *turn) expires(i int) time.Time {
	return t.step(i).Started.Add(time.Duration(question(&t.plan.Steps[i]).Timeout))
}

func (t *turn) reminds(i int) time.Time {
	s := t.step(i)
	return s.Started.Add(time.Duration(s.Reminded+1) * time.Duration(question(&t.plan.Steps[i]).Remind))
}
