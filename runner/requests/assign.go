package requests

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// AssignRequest takes a sign-off on, or gives it back. Step "" is the only one
// that waits.
type AssignRequest struct {
	Deployment string `json:"deployment"`
	Step       string `json:"step,omitempty"`
	Back       bool   `json:"back,omitempty"` // give it back
	// TakeOver takes it from whoever has it. Note says why, and is needed then.
	TakeOver bool   `json:"takeOver,omitempty"`
	Note     string `json:"note,omitempty"`
	// Round is the one that was looked at; nil is the one that waits.
	Round *int `json:"round,omitempty"`
}

// Assign makes the principal the one who has a sign-off, so that others see that
// somebody is at it. Only who may answer it can take it.
//
// To have it is not needed to decide: an answer to a sign-off that nobody has is
// taken as it comes. While somebody has it, others decide only when they take it
// over, with a word why.
func (r *Requests) Assign(ctx context.Context, p pipelines.Principal, in AssignRequest) error {
	if len(in.Note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(in.Note))
	}
	for range 20 {
		l, err := r.Records.Load(ctx, in.Deployment)
		if err != nil {
			return err
		}
		err = r.assign(ctx, p, l, in)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "others take %s at this moment: try again", in.Deployment)
}

func (r *Requests) assign(ctx context.Context, p pipelines.Principal, l records.Loaded, in AssignRequest) error {
	if err := openings.Concerns(p, l); err != nil {
		return err
	}
	step, err := asked(l, in.Step)
	if err != nil {
		return err
	}
	name, round := l.Plan.Steps[step].Name, l.State.Head.Steps[step].Round
	if in.Round != nil && *in.Round != round {
		return pipelines.Refuse(pipelines.Conflict, "%s was asked anew since: look at it again", name)
	}
	if err := openings.Answer(p, l, step, false); err != nil {
		return err
	}
	has, revision, there, err := r.Records.Taken(ctx, in.Deployment, step, round)
	if err != nil {
		return err
	}
	about := name + " of " + l.Plan.Project + " " + l.Plan.Release + " to " + l.Plan.Environment
	mine := there && has.UserID == p.UserID
	switch {
	case in.Back && !mine:
		return notYours(name, has, there)
	case in.Back:
		return r.Records.Tell(ctx, r.said(p, l, "InterruptionGivenBack", "gave back "+about, in.Note), records.GiveBack(has, revision))
	case mine:
		return nil
	case there && !in.TakeOver:
		return heldBy(name, has)
	case there && in.Note == "":
		return wordNeeded(has)
	}
	now := records.Taken{Deployment: in.Deployment, Step: step, Round: round, UserID: p.UserID, Called: p.Called, At: r.Env.Now(), Note: in.Note}
	message := "took on " + about
	if there {
		message = "took over " + about + " from " + has.Called
	}
	return r.Records.Tell(ctx, r.said(p, l, "InterruptionTaken", message, in.Note), records.Take(now, revision))
}

// said is the audit entry of an act about a deployment.
func (r *Requests) said(p pipelines.Principal, l records.Loaded, category, message, note string) []pipelines.Event {
	if note != "" {
		message += ": " + note
	}
	return []pipelines.Event{r.auditIn(p, l.Deployment, category, message)}
}

// releaseTaken is the change that goes with an answer: whoever answers has it no
// longer. An answer while somebody else has the sign-off is refused, but where it
// takes the sign-off over with a word.
func (r *Requests) releaseTaken(ctx context.Context, p pipelines.Principal, l records.Loaded, step int, in AnswerRequest) ([]records.Change, error) {
	has, revision, there, err := r.Records.Taken(ctx, in.Deployment, step, l.State.Head.Steps[step].Round)
	switch {
	case err != nil || !there:
		return nil, err
	case has.UserID == p.UserID:
	case !in.TakeOver:
		return nil, heldBy(l.Plan.Steps[step].Name, has)
	case in.Note == "":
		return nil, wordNeeded(has)
	}
	return []records.Change{records.GiveBack(has, revision)}, nil
}

func heldBy(step string, has records.Taken) error {
	return pipelines.Refuse(pipelines.Conflict, "%s has taken on %s since %s: take it over with a note why, or leave it to them", has.Called, step, has.At.UTC().Format("2 Jan, 15:04 UTC"))
}

func wordNeeded(has records.Taken) error {
	return pipelines.Refuse(pipelines.Invalid, "say in the note why you take it over from %s", has.Called)
}

func notYours(step string, has records.Taken, there bool) error {
	if !there {
		return pipelines.Refuse(pipelines.Conflict, "nobody has taken on %s", step)
	}
	return pipelines.Refuse(pipelines.Conflict, "%s has taken on %s, not you", has.Called, step)
}
