package requests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/links"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

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
	Taken    *records.Taken // who has it, nil for nobody
	// What is said of it in the mail too: when it ends, what it comes to without an
	// answer, who must approve where several must, and which hosts it is about.
	Until                     time.Time
	Silence, Approvals, Hosts string
	Loaded                    records.Loaded
	// Ran: steps of the deployment have run on hosts.
	Ran bool
	// Closed says why there is nothing to decide any more: already answered,
	// cancelled, expired.
	Closed error
	// Replaced: another mail asks the same now, by a link of its own.
	Replaced bool
	// NotTheirs says why whoever was asked may not answer any more: they have left the
	// team, or their account is closed. The question may be open for others.
	NotTheirs error
	// HasApproved: they have approved it, and others must too. Began: they began the
	// deployment, and whoever did has no voice.
	HasApproved, Began bool
}

// Question reads what a link is about. It decides nothing and changes nothing.
func (r *Requests) Question(ctx context.Context, token string) (Question, error) {
	owner, _, good, err := r.Records.LinkOwner(ctx, links.Key(token))
	if err != nil {
		return Question{}, err
	}
	if owner.Deployment == "" {
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
	q := Question{Deployment: l.Deployment, Step: l.Plan.Steps[owner.Step], StepIndex: owner.Step, User: user.Noun, Link: owner.Link, Address: l.Plan.Address, Loaded: l}
	q.Deployment.CreatedBy = openings.Requester(l)
	q.Deployment.Status = l.State.Head.Status
	q.Until, q.Silence, q.Approvals, q.Hosts = openings.Until(l, owner.Step, owner.Link), openings.Silence(l, owner.Step), openings.Needed(l, owner.Step), openings.Hosts(l)
	q.Approved, q.Missing = l.State.Head.Steps[owner.Step].Approved, openings.Missing(l, owner.Step)
	q.Ran = !l.State.Head.Touched.IsZero()
	q.HasApproved = openings.HasApproved(owner.UserID, l, owner.Step)
	q.Began = q.Step.Question.NotRequester && openings.AsksFor(owner.UserID, l)
	if has, _, there, err := r.Records.Taken(ctx, owner.Deployment, owner.Step, owner.Round); err != nil {
		return Question{}, err
	} else if there {
		q.Taken = &has
	}
	q.Closed = closed(l, owner)
	q.Replaced = owner.Round < l.State.Head.Steps[owner.Step].Round || q.Closed == nil && !good
	if q.Closed == nil && q.Replaced {
		q.Closed = pipelines.Refuse(pipelines.Conflict, "a newer mail about the same sign-off has replaced this link: use the one in the newest mail")
	}
	if err := owner.Link.Usable(r.Env.Now()); err != nil && q.Closed == nil {
		q.Closed = pipelines.Refuse(pipelines.Conflict, "%s", err)
	}
	if q.Closed == nil {
		q.NotTheirs, err = r.notTheirs(ctx, owner, l)
	}
	return q, err
}

func (r *Requests) notTheirs(ctx context.Context, owner records.Asked, l records.Loaded) (refusal, failed error) {
	p, err := r.Records.Principal(ctx, owner.UserID, "mail link")
	if err == nil {
		err = openings.Answer(p, l, owner.Step, true)
	}
	switch pipelines.CodeOf(err) {
	case pipelines.Forbidden, pipelines.Unauthenticated:
		return err, nil
	case pipelines.Conflict: // approved already, which is no want of a right
		return nil, nil
	}
	return nil, err
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
		return pipelines.Refuse(pipelines.Conflict, "this was answered already: %s %s it", a.By(), word)
	}
	return pipelines.Refuse(pipelines.Conflict, "there is nothing to decide any more: the deployment is %s", l.State.Head.Status)
}

// AnswerByLink decides by the link and the code of a mail. A wrong code
// counts; the fifth kills the link. What in says of the deployment is the link's
// to say.
func (r *Requests) AnswerByLink(ctx context.Context, token, code string, in AnswerRequest) (Question, error) {
	for tries := 1; ; tries++ {
		q, err := r.answerByLink(ctx, token, code, in)
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

func (r *Requests) answerByLink(ctx context.Context, token, code string, in AnswerRequest) (Question, error) {
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
		return q, r.wrongCode(ctx, q, in.From, owner, revision, wrong)
	}
	p, err := r.Records.Principal(ctx, owner.UserID, "mail link")
	if err != nil {
		return q, err
	}
	p.From = in.From
	in.Deployment, in.Step, in.Round = owner.Deployment, q.Step.Name, &owner.Round
	err = r.answer(ctx, p, in, func() ([]records.Change, error) { return r.useLink(ctx, token, checked) })
	if refusal, ok := errors.AsType[*pipelines.Error](err); ok && refusal.Code == pipelines.Forbidden {
		err = errors.Join(r.NoteRefusal(ctx, p, "an answer by mail link to "+owner.Deployment, refusal), err)
		refusal.Told = true
	}
	return q, err
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
	return []records.Change{records.SetLink(owner, revision)}, nil
}

// wrongCode keeps the count before anybody is told: who is faster than that
// gets a conflict and no further try for free.
func (r *Requests) wrongCode(ctx context.Context, q Question, from string, owner records.Asked, revision int64, wrong error) error {
	var told []pipelines.Event
	if left := (*links.WrongCodeError)(nil); errors.As(wrong, &left) || errors.Is(wrong, links.ErrDead) {
		by := pipelines.Principal{UserID: owner.UserID, Username: q.User.Username, Via: "mail link", From: from}
		told = append(told, r.auditIn(by, q.Deployment, "WrongCode", fmt.Sprintf("wrong code for the sign-off link of %s: %s %s to %s", q.Step.Name, q.Deployment.Project, q.Deployment.Release, q.Deployment.Environment)))
	}
	if err := r.Records.Tell(ctx, told, records.SetLink(owner, revision)); err != nil {
		return err
	}
	refusal := pipelines.Refuse(pipelines.Forbidden, "%s", strings.TrimSpace(wrong.Error()))
	refusal.Told = len(told) > 0
	return refusal
}
