package requests

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/links"
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
	_, changed, err := r.Records.Happen(ctx, in.Deployment, func(l records.Loaded) ([]graph.Event, []records.Change, error) {
		step, err := asked(l, in.Step)
		if err != nil {
			return nil, nil, err
		}
		if err := openings.Answer(p, l, step, in.Proceed); err != nil {
			return nil, nil, err
		}
		event := graph.Event{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Answered{
			Step: step, Proceed: in.Proceed, UserID: p.UserID, Called: p.Called, Mail: p.Mail, Note: in.Note, Via: p.Via,
		}}
		entry := r.audit(p, "InterruptionSubmitted", in.Deployment, decision(l, step, in), l.Deployment.ProjectID)
		changes := []records.Change{records.Audit(entry)}
		if link != nil {
			used, err := link()
			if err != nil {
				return nil, nil, err
			}
			changes = append(changes, used...)
		}
		return []graph.Event{event}, changes, nil
	})
	if err != nil {
		return err
	}
	if !changed {
		return pipelines.Refuse(pipelines.Conflict, "somebody else has just answered: look at the deployment's page")
	}
	return r.Wake.Wake(ctx, in.Deployment)
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
	case l.State.Head.Status.Ended():
		return 0, pipelines.Refuse(pipelines.Conflict, "%s has ended (%s): nothing waits for an answer", l.Deployment.ID, l.State.Head.Status)
	}
	if len(openings.Choices(l)) > 0 && (name == "" || l.State.Head.Steps[l.Plan.Step(name)].Status == pipelines.Waiting) {
		return 0, pipelines.Refuse(pipelines.Conflict, "%s waits for a choice, not for an approval: `slipway decide %s`", l.Deployment.ID, l.Deployment.ID)
	}
	if step := l.Plan.Step(name); name != "" {
		return 0, pipelines.Refuse(pipelines.Conflict, "step %s of %s does not wait for an answer: it is %s", l.Plan.Steps[step].Name, l.Deployment.ID, l.State.Head.Steps[step].Status)
	}
	return 0, pipelines.Refuse(pipelines.Conflict, "%s does not wait for an answer: it is %s", l.Deployment.ID, l.State.Head.Status)
}

// Question is what a mail link leads to: what would be decided, by whom.
type Question struct {
	Deployment pipelines.Deployment
	Step       plan.Step
	StepIndex  int
	User       pipelines.User
	Link       links.Link
	Address    string // where the application is found, "" if nobody has said
	// Approved are those who have approved where several must, and Missing is how
	// many more must.
	Approved []graph.Answered
	Missing  int
	// Closed says why there is nothing to decide any more: already answered,
	// cancelled, expired.
	Closed error
}

// Question reads what a link is about. It decides nothing and changes nothing.
func (r *Requests) Question(ctx context.Context, token string) (Question, error) {
	owner, _, ok, err := r.Records.LinkOwner(ctx, links.Key(token))
	if err != nil {
		return Question{}, err
	}
	if !ok && owner.Deployment != "" {
		return Question{}, pipelines.Refuse(pipelines.NotFound, "a newer mail about the same sign-off has replaced this link: use the one in the newest mail")
	}
	if !ok {
		return Question{}, pipelines.Refuse(pipelines.NotFound, "%s", links.ErrUnknown)
	}
	l, err := r.Records.Load(ctx, owner.Deployment)
	if err != nil {
		return Question{}, err
	}
	user, err := r.Records.User(ctx, owner.UserID)
	if err != nil {
		return Question{}, err
	}
	q := Question{Deployment: l.Deployment, Step: l.Plan.Steps[owner.Step], StepIndex: owner.Step, User: user.Noun, Link: owner.Link, Address: l.Plan.Address}
	q.Deployment.Status = l.State.Head.Status
	q.Approved, q.Missing = l.State.Head.Steps[owner.Step].Approved, openings.Missing(l, owner.Step)
	q.Closed = closed(l, owner)
	if err := owner.Link.Usable(r.Env.Now()); err != nil && q.Closed == nil {
		q.Closed = pipelines.Refuse(pipelines.Conflict, "%s", err)
	}
	return q, nil
}

func closed(l records.Loaded, owner records.Asked) error {
	s := l.State.Head.Steps[owner.Step]
	if owner.Round < s.Round {
		return pipelines.Refuse(pipelines.Conflict, "the deployment was retried since this mail, and asks anew: use the link in the newest mail")
	}
	if openings.Asks(l, owner.Step) {
		if openings.HasApproved(owner.UserID, l, owner.Step) {
			return pipelines.Refuse(pipelines.Conflict, "you have approved already; %d more of %s must", openings.Missing(l, owner.Step), openings.Whom(*l.Plan.Steps[owner.Step].Question))
		}
		return nil
	}
	if a := s.Answer; a != nil {
		word := "rejected"
		if a.Proceed {
			word = "approved"
		}
		return pipelines.Refuse(pipelines.Conflict, "this was answered already: %s %s it", a.Called, word)
	}
	return pipelines.Refuse(pipelines.Conflict, "there is nothing to decide any more: the deployment is %s", l.State.Head.Status)
}

// AnswerByLink decides by the link and the code of a mail. A wrong code
// counts; the fifth kills the link.
func (r *Requests) AnswerByLink(ctx context.Context, token, code string, proceed bool, note string) (Question, error) {
	for tries := 1; ; tries++ {
		q, err := r.answerByLink(ctx, token, code, proceed, note)
		// The mail may be answered before the runner has noted that it was sent:
		// then the link has changed under our hands, and is read again.
		if !records.Conflict(err) {
			return q, err
		}
		if tries == 5 {
			return q, pipelines.Refuse(pipelines.Conflict, "the link was used at the same moment elsewhere: look at the deployment's page")
		}
	}
}

func (r *Requests) answerByLink(ctx context.Context, token, code string, proceed bool, note string) (Question, error) {
	q, err := r.Question(ctx, token)
	if err != nil {
		return q, err
	}
	if q.Closed != nil {
		return q, q.Closed
	}
	owner, revision, ok, err := r.Records.LinkOwner(ctx, links.Key(token))
	if err != nil {
		return q, err
	}
	if !ok {
		return q, pipelines.Refuse(pipelines.NotFound, "%s", links.ErrUnknown)
	}
	checked, wrong := owner.Link.Check(token, code, r.Env.Now())
	owner.Link = checked
	if wrong != nil {
		return q, r.wrongCode(ctx, owner, revision, wrong)
	}
	p, err := r.Records.Principal(ctx, owner.UserID, "mail link")
	if err != nil {
		return q, err
	}
	return q, r.answer(ctx, p, AnswerRequest{Deployment: owner.Deployment, Step: q.Step.Name, Proceed: proceed, Note: note},
		func() ([]records.Change, error) { return r.useLink(ctx, token, checked) })
}

// useLink is the change that uses the link up, as it stands at this moment.
func (r *Requests) useLink(ctx context.Context, token string, used links.Link) ([]records.Change, error) {
	owner, revision, ok, err := r.Records.LinkOwner(ctx, links.Key(token))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, pipelines.Refuse(pipelines.NotFound, "%s", links.ErrUnknown)
	}
	if err := owner.Link.Usable(r.Env.Now()); err != nil {
		return nil, pipelines.Refuse(pipelines.Conflict, "%s", err)
	}
	owner.Link = used
	return []records.Change{records.SetAsked(owner, revision)}, nil
}

// wrongCode keeps the count before anybody is told: who is faster than that
// gets a conflict and no further try for free.
func (r *Requests) wrongCode(ctx context.Context, owner records.Asked, revision int64, wrong error) error {
	changes := []records.Change{records.SetAsked(owner, revision)}
	if left := (*links.WrongCodeError)(nil); errors.As(wrong, &left) || errors.Is(wrong, links.ErrDead) {
		by := pipelines.Principal{UserID: owner.UserID, Username: "link of " + owner.UserID, Via: "mail link"}
		changes = append(changes, records.Audit(r.audit(by, "WrongCode", owner.Deployment, "wrong code for a sign-off link")))
	}
	if err := r.Records.Write(ctx, changes...); err != nil {
		return err
	}
	return pipelines.Refuse(pipelines.Forbidden, "%s", strings.TrimSpace(wrong.Error()))
}
