package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/runner/graph"
	"slipway/runner/letters"
	"slipway/runner/links"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// askPeople mails a link to each member of the teams that are responsible, and
// again when they are to be reminded. Who was mailed is kept person by person, so
// that doing it again, after a crash in the middle, goes on where it stopped.
func (r *Runner) askPeople(ctx context.Context, order performing, w graph.AskPeople) error {
	users, err := r.wanted(ctx, order.at, w)
	if err != nil {
		return err
	}
	drafts := map[string]draft{}
	return r.reachAll(ctx, order, users, reaching{
		what:  "sign-off mail of step " + order.at.Plan.Steps[w.Step].Name,
		one:   func(to member) error { return r.ask(ctx, order.at, w, to, drafts) },
		still: func(now graph.State) bool { return asks(now.Head.Steps[w.Step], w) },
	})
}

// asks says whether the step still waits for the answer that the effect is about.
func asks(s graph.StepState, w graph.AskPeople) bool {
	return s.Status == pipelines.Waiting && s.Round == w.Round
}

// wanted are those whose answer counts.
func (r *Runner) wanted(ctx context.Context, at *records.Loaded, w graph.AskPeople) ([]member, error) {
	question := at.Plan.Steps[w.Step].Question
	users, err := r.responsible(ctx, question.Teams)
	return slices.DeleteFunc(users, func(m member) bool {
		if question.NotRequester && openings.AsksFor(m.user.ID, *at) {
			return true
		}
		return slices.ContainsFunc(at.State.Head.Steps[w.Step].Approved, func(a graph.Answered) bool { return a.UserID == m.user.ID })
	}), err
}

// reaching is a mail of ours to several people.
type reaching struct {
	what  string
	one   func(member) error
	still func(graph.State) bool // somebody still waits for what the mail asks
}

// reachAll tries until everybody has the mail whose mail server only asks for
// patience, or nothing is asked any more.
func (r *Runner) reachAll(ctx context.Context, order performing, users []member, w reaching) error {
	for wait := mailPause; ; wait = min(2*wait, 5*time.Minute) {
		later, err := r.reachOnce(ctx, order.at, users, w)
		if err != nil || len(later) == 0 {
			return err
		}
		users = later
		if !order.long {
			return &laterError{at: r.Env.Now().Add(soon), why: errMailWaits}
		}
		if err := r.Env.Sleep(ctx, wait); err != nil {
			return err
		}
		if !w.still(order.now().State) {
			return nil
		}
	}
}

// mailError is what a mail server, not a store of ours, has against a mail.
type mailError struct{ error }

func (e *mailError) Unwrap() error { return e.error }

var errMailWaits = errors.New("a mail server asks for patience")

// reachOnce tries to reach everybody once, and returns those whose mail server
// asks for patience. Who cannot be reached by mail at all can still answer on
// the page.
func (r *Runner) reachOnce(ctx context.Context, at *records.Loaded, users []member, w reaching) (later []member, err error) {
	for _, u := range users {
		err := w.one(u)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		undelivered, ofMail := errors.AsType[*mailError](err)
		unreadable, damaged := records.Corrupt(err)
		switch {
		case ofMail:
			r.Log.Warn(w.what, "deployment", at.Deployment.ID, "to", u.user.Username, "error", undelivered)
		case damaged: // trying again changes nothing, and the others are to be asked
			r.Log.Error(w.what, "deployment", at.Deployment.ID, "to", u.user.Username, "error", unreadable)
		case err != nil && !records.Conflict(err):
			return nil, err // trouble of ours: asked again, by whoever calls us again
		}
		if temporary(err) {
			later = append(later, u)
		}
	}
	return later, nil
}

// mailPause is the first pause while a mail server is away; the answer may come
// by page meanwhile.
const mailPause = 5 * time.Second

type member struct {
	user pipelines.User
	team string
}

// people are the users and teams that can be read; those that cannot keep nobody
// else from being asked.
func (r *Runner) people(ctx context.Context) ([]pipelines.User, []pipelines.Team, error) {
	users, teams, unreadable, err := r.Records.People(ctx)
	for _, u := range unreadable {
		r.Log.Error("people cannot be asked: a stored row cannot be read", "item", u.Key, "error", u)
	}
	return users, teams, err
}

func (r *Runner) responsible(ctx context.Context, teams []string) ([]member, error) {
	users, all, err := r.people(ctx)
	if err != nil {
		return nil, err
	}
	var out []member
	for _, u := range users {
		for _, name := range teams {
			if t, ok := pipelines.TeamNamed(all, name); ok && t.Has(u.Username) && u.Mail != "" && !u.Disabled {
				out = append(out, member{u, t.Name})
				break
			}
		}
	}
	return out, nil
}

// draft is a sign-off mail that did not go out yet. Tried again as it is, it is the
// same mail, with the same link, also where the server had taken it and could not
// say so.
type draft struct {
	asked    records.Asked
	revision int64
	message  mail.Message
}

func (r *Runner) ask(ctx context.Context, at *records.Loaded, w graph.AskPeople, to member, drafts map[string]draft) error {
	asked, revision, there, err := r.Records.Asked(ctx, at.Deployment.ID, w.Step, w.Round, to.user.ID)
	if err != nil || there && asked.Sent && asked.Reminded >= w.Reminder {
		return err
	}
	d, drafted := drafts[to.user.ID]
	if !drafted || asked.Key != d.asked.Key || revision != d.revision {
		if d, err = r.draft(ctx, at, w, to, revision); err != nil {
			return err
		}
		drafts[to.user.ID] = d
	}
	if err := r.Mail.Send(ctx, d.message); err != nil {
		return &mailError{err}
	}
	d.asked.Sent = true
	return r.Records.Write(ctx, records.SetAsked(d.asked, d.revision))
}

// draft gives somebody a link in place of the one they had, and writes the mail
// about it.
func (r *Runner) draft(ctx context.Context, at *records.Loaded, w graph.AskPeople, to member, revision int64) (draft, error) {
	now := r.Env.Now()
	subject := fmt.Sprintf("%s/%d/%s/%s", at.Deployment.ID, w.Step, to.user.ID, at.Deployment.Plan)
	token, code, link, err := links.New(r.Env.Random, now, r.linkLife(), "answer", subject)
	if err != nil {
		return draft{}, err
	}
	asked := records.Asked{Deployment: at.Deployment.ID, Step: w.Step, Round: w.Round, UserID: to.user.ID, Key: links.Key(token), Reminded: w.Reminder, Link: link}
	if err := r.Records.Write(ctx, records.AddAsked(asked, revision)...); err != nil {
		return draft{}, err
	}
	letter, err := r.signOff(ctx, at, w, to, token, code, link)
	return draft{asked, revision + 1, mail.Message{
		ID: "ask-" + asked.Key, From: r.From, To: []string{to.user.Mail}, Date: now,
		Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML,
		Topic: fmt.Sprintf("ask/%s/%d/%d/%s", at.Deployment.ID, w.Step, w.Round, to.user.ID), Deployment: at.Deployment.ID, Step: at.Plan.Steps[w.Step].Name,
	}}, err
}

func (r *Runner) signOff(ctx context.Context, at *records.Loaded, w graph.AskPeople, to member, token, code string, link links.Link) (letters.Letter, error) {
	s := at.Plan.Steps[w.Step]
	instructions, err := r.Instructions(ctx, *at, w.Step)
	if err != nil {
		return letters.Letter{}, err
	}
	about, err := r.Records.About(ctx, at.Deployment)
	if err != nil { // the question is to go out, and the page says what it can
		r.Log.Error("what is decided", "deployment", at.Deployment.ID, "error", err)
	}
	about.Changes.Ran = !at.State.Head.Touched.IsZero()
	return letters.SignOff{
		Deployment: at.Deployment.ID, Project: at.Plan.Project, Release: at.Plan.Release, Environment: at.Plan.Environment,
		Replaces: at.Deployment.Replaces, Older: at.Deployment.Older, Packages: at.Deployment.Packages, Changes: about.Changes, Notes: about.Notes,
		Step: s.Name, Instructions: instructions, Where: openings.Hosts(*at), Address: at.Plan.Address,
		StartedBy: openings.Requester(*at) + ", " + at.Deployment.Created.UTC().Format("2 Jan 2006, 15:04 UTC"),
		Comment:   at.Deployment.Comment, Approvals: openings.Needed(*at, w.Step), Silence: openings.Silence(*at, w.Step),
		Until: openings.Until(*at, w.Step, link).UTC().Format(openings.OpenUntil), Team: to.team, Reminder: w.Reminder,
		ApproveURL: r.BaseURL + "/answer/" + token + "?wants=approve",
		RejectURL:  r.BaseURL + "/answer/" + token + "?wants=reject",
		PageURL:    r.BaseURL + "/deployments/" + at.Deployment.ID, Code: code,
	}.Letter()
}

// Instructions is the text of a sign-off with what is known by now.
func (r *Runner) Instructions(ctx context.Context, at records.Loaded, step int) (string, error) {
	v, err := r.forPeople(ctx, &at, step)
	if err != nil {
		return "", err
	}
	result, err := octostache.Evaluate(at.Plan.Steps[step].Question.Instructions, v, octostache.Options{Now: r.Env.Now()})
	return result.Text, err
}
