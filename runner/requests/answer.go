package requests

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// AnswerRequest is a decision on a sign-off. Step "" is the only one that
// waits.
type AnswerRequest struct {
	Deployment string `json:"deployment"`
	Step       string `json:"step,omitempty"`
	Proceed    bool   `json:"proceed"`
	Note       string `json:"note,omitempty"`
	// TakeOver decides although somebody else has taken the sign-off on; the note
	// says why.
	TakeOver bool `json:"takeOver,omitempty"`
	// From is the address that an answer by link came from.
	From string `json:"-"`
	// Round is the one that was looked at, where a step may ask again; nil is the
	// one that waits.
	Round *int `json:"round,omitempty"`
}

// maxNote bounds a note so that a turn stays small.
const maxNote = 1 << 10

// Answer decides a sign-off for somebody who has signed in.
func (r *Requests) Answer(ctx context.Context, p pipelines.Principal, in AnswerRequest) error {
	return r.answer(ctx, p, in, nil)
}

// answer saves the decision, the audit entry and, from a mail, the used link
// in one turn: of two clicks at once, one wins.
func (r *Requests) answer(ctx context.Context, p pipelines.Principal, in AnswerRequest, link func() ([]records.Change, error)) error {
	if len(in.Note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(in.Note))
	}
	_, changed, err := r.Records.Happen(ctx, in.Deployment, func(l records.Loaded) ([]graph.Event, records.Also, error) {
		if link == nil { // whoever has a link was asked
			if err := openings.Concerns(p, l); err != nil {
				return nil, records.Also{}, err
			}
		}
		step, err := asked(l, in.Step)
		if err != nil {
			return nil, records.Also{}, err
		}
		if in.Round != nil && *in.Round != l.State.Head.Steps[step].Round {
			return nil, records.Also{}, pipelines.Refuse(pipelines.Conflict, "%s was asked anew since: look at it again", l.Plan.Steps[step].Name)
		}
		if err := openings.Answer(p, l, step, in.Proceed); err != nil {
			return nil, records.Also{}, err
		}
		if err := r.inTime(l, step); err != nil {
			return nil, records.Also{}, err
		}
		changes, err := r.releaseTaken(ctx, p, l, step, in)
		if err != nil {
			return nil, records.Also{}, err
		}
		event := graph.Event{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Answered{
			Step: step, Proceed: in.Proceed, UserID: p.UserID, Called: p.Called, Username: p.Username, Mail: p.Mail, Note: in.Note, Via: p.Via,
		}}
		entry := r.auditIn(p, l.Deployment, "InterruptionSubmitted", decision(l, step, in))
		changes = append(changes, r.remembered(p, l, step, in, event))
		if link != nil {
			used, err := link()
			if err != nil {
				return nil, records.Also{}, err
			}
			changes = append(changes, used...)
		}
		return []graph.Event{event}, records.Also{Told: []pipelines.Event{entry}, Changes: changes}, nil
	})
	if err != nil {
		return err
	}
	if !changed {
		return pipelines.Refuse(pipelines.Conflict, "somebody else has just answered: look at the deployment's page")
	}
	return r.Wake.Wake(ctx, in.Deployment)
}

// remembered is the decision as it stands in the history of whoever made it.
func (r *Requests) remembered(p pipelines.Principal, l records.Loaded, step int, in AnswerRequest, e graph.Event) records.Change {
	return records.AddDecision(records.Decision{
		ID: e.ID, UserID: p.UserID, Deployment: in.Deployment, Step: l.Plan.Steps[step].Name, At: e.At, Proceed: in.Proceed, Note: in.Note, Via: p.Via,
		Project: l.Plan.Project, Release: l.Plan.Release, Environment: l.Plan.Environment,
	})
}

// inTime refuses an answer after the deadline: what counts then is in the plan,
// whether or not the clock has told the deployment yet.
func (r *Requests) inTime(l records.Loaded, step int) error {
	for _, alarm := range graph.Due(l.Plan, l.State) {
		if alarm.Kind != graph.AlarmExpire || alarm.Step != step || r.Env.Now().Before(alarm.At) {
			continue
		}
		counts := "rejected"
		if l.Plan.Steps[step].Question.OnTimeout == "approve" {
			counts = "approved"
		}
		return pipelines.Refuse(pipelines.Conflict, "the time to answer %s was over at %s: it counts as %s", l.Plan.Steps[step].Name, alarm.At.UTC().Format("2006-01-02 15:04:05 UTC"), counts)
	}
	return nil
}

func decision(l records.Loaded, step int, in AnswerRequest) string {
	word := "rejected"
	if in.Proceed {
		word = "approved"
	}
	message := fmt.Sprintf("%s %s of %s %s to %s", word, l.Plan.Steps[step].Name, l.Plan.Project, l.Plan.Release, l.Plan.Environment)
	if missing := openings.Missing(l, step) - 1; in.Proceed && missing > 0 {
		message += fmt.Sprintf(" (%d more must)", missing)
	}
	if by := openings.Requester(l); by != "" {
		message += ", asked for by " + by // so that one line has both, who asked and who decided
	}
	if in.Note != "" {
		message += ": " + in.Note
	}
	return message
}

// asked is the step that waits for an answer, by name or as the only one.
func asked(l records.Loaded, name string) (int, error) {
	var waiting []int
	for i, s := range l.Plan.Steps {
		if openings.Asks(l, i) && (name == "" || pipelines.SameName(s.Name, name)) {
			waiting = append(waiting, i)
		}
	}
	switch {
	case len(waiting) == 1:
		return waiting[0], nil
	case len(waiting) > 1:
		return 0, pipelines.Refuse(pipelines.Invalid, "%s waits for several answers: name the step", l.Deployment.ID)
	case name != "" && l.Plan.Step(name) < 0:
		return 0, pipelines.Refuse(pipelines.NotFound, "%s has no step %q", l.Deployment.ID, name)
	case name != "" && l.State.Head.Steps[l.Plan.Step(name)].Answer != nil:
		step := l.Plan.Step(name)
		return 0, pipelines.Refuse(pipelines.Conflict, "step %s of %s is decided: %s", l.Plan.Steps[step].Name, l.Deployment.ID, answered(l, step))
	case l.State.Head.Status.Ended():
		return 0, pipelines.Refuse(pipelines.Conflict, "%s has ended (%s): nothing waits for an answer", l.Deployment.ID, l.State.Head.Status)
	}
	if len(openings.Choices(l)) > 0 && (name == "" || l.State.Head.Steps[l.Plan.Step(name)].Status == pipelines.Waiting) {
		return 0, pipelines.Refuse(pipelines.Conflict, "%s waits for a choice, not for an approval: `slipway decide %s`", l.Deployment.ID, l.Deployment.ID)
	}
	if step := l.Plan.Step(name); name != "" {
		return 0, pipelines.Refuse(pipelines.Conflict, "step %s of %s does not wait for an answer: it %s", l.Plan.Steps[step].Name, l.Deployment.ID, become(l.State.Head.Steps[step].Status))
	}
	return 0, pipelines.Refuse(pipelines.Conflict, "%s does not wait for an answer: it %s", l.Deployment.ID, become(l.State.Head.Status))
}
