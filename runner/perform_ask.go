package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/runner/graph"
	"slipway/runner/letters"
	"slipway/runner/links"
	"slipway/runner/mail"
	"slipway/runner/records"
)

// askPeople mails a link to each member of the teams that are responsible, and
// again when they are to be reminded. Who was mailed is kept person by person, so
// that doing it again, after a crash in the middle, goes on where it stopped.
func (r *Runner) askPeople(ctx context.Context, order performing, w graph.AskPeople) error {
	users, err := r.wanted(ctx, order.at, w)
	if err != nil {
		return err
	}
	return r.reachAll(ctx, order, users, reaching{
		what:  "sign-off mail of step " + order.at.Plan.Steps[w.Step].Name,
		one:   func(to member) error { return r.ask(ctx, order.at, w, to) },
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
		if question.NotRequester && m.user.ID == at.Plan.RequestedBy {
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

func (r *Runner) ask(ctx context.Context, at *records.Loaded, w graph.AskPeople, to member) error {
	asked, revision, there, err := r.Records.Asked(ctx, at.Deployment.ID, w.Step, w.Round, to.user.ID)
	if err != nil || there && asked.Sent && asked.Reminded >= w.Reminder {
		return err
	}
	now := r.Env.Now()
	subject := fmt.Sprintf("%s/%d/%s/%s", at.Deployment.ID, w.Step, to.user.ID, at.Deployment.Plan)
	token, code, link, err := links.New(r.Env.Random, now, r.linkLife(), "answer", subject)
	if err != nil {
		return err
	}
	asked = records.Asked{Deployment: at.Deployment.ID, Step: w.Step, Round: w.Round, UserID: to.user.ID, Key: links.Key(token), Reminded: w.Reminder, Link: link}
	if err := r.Records.Write(ctx, records.AddAsked(asked, revision)...); err != nil {
		return err
	}
	letter, err := r.signOff(ctx, at, w, to, token, code, link)
	if err != nil {
		return err
	}
	err = r.Mail.Send(ctx, mail.Message{
		ID: "ask-" + asked.Key, From: r.From, To: []string{to.user.Mail}, Date: now,
		Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML,
	})
	if err != nil {
		return &mailError{err}
	}
	asked.Sent = true
	return r.Records.Write(ctx, records.SetAsked(asked, revision+1))
}

func (r *Runner) signOff(ctx context.Context, at *records.Loaded, w graph.AskPeople, to member, token, code string, link links.Link) (letters.Letter, error) {
	s := at.Plan.Steps[w.Step]
	instructions, err := r.Instructions(ctx, *at, w.Step)
	if err != nil {
		return letters.Letter{}, err
	}
	return letters.SignOff{
		Project: at.Plan.Project, Release: at.Plan.Release, Environment: at.Plan.Environment,
		Step: s.Name, Instructions: instructions, Where: where(at), Address: at.Plan.Address,
		StartedBy: at.Deployment.CreatedBy + ", " + at.Deployment.Created.UTC().Format("2 Jan 2006, 15:04 UTC"),
		Approvals: needed(at, w.Step), Silence: silence(at, w.Step),
		Until: until(at, w.Step, link).UTC().Format(openUntil), Team: to.team, Reminder: w.Reminder,
		ApproveURL: r.BaseURL + "/answer/" + token + "?wants=approve",
		RejectURL:  r.BaseURL + "/answer/" + token + "?wants=reject",
		PageURL:    r.BaseURL + "/deployments/" + at.Deployment.ID, Code: code,
	}.Letter()
}

// until is when the question ends for somebody with a link: with the link, or
// when nobody has answered for as long as the step waits.
func until(at *records.Loaded, step int, link links.Link) time.Time {
	wait := time.Duration(at.Plan.Steps[step].Question.Timeout)
	if over := at.State.Head.Steps[step].Started.Add(wait); wait > 0 && over.Before(link.Expires) {
		return over
	}
	return link.Expires
}

const openUntil = "Mon 2 Jan 2006, 15:04 UTC"

// needed says how many must approve, where one is not enough, and who has.
func needed(at *records.Loaded, step int) string {
	q := at.Plan.Steps[step].Question
	if q.Minimum < 2 {
		return ""
	}
	var names []string
	for _, a := range at.State.Head.Steps[step].Approved {
		names = append(names, a.Called)
	}
	text := fmt.Sprintf("%d of %s must approve", q.Minimum, strings.Join(q.Teams, " or "))
	switch len(names) {
	case 0:
		return text
	case 1:
		return text + "; " + names[0] + " has"
	}
	return text + "; " + strings.Join(names, " and ") + " have"
}

// silence says what it comes to if nobody answers, "" where the question waits on.
func silence(at *records.Loaded, step int) string {
	q := at.Plan.Steps[step].Question
	if q.Timeout <= 0 {
		return ""
	}
	text := "counts as rejected on "
	if q.OnTimeout == "approve" {
		text = "counts as approved on "
	}
	return text + at.State.Head.Steps[step].Started.Add(time.Duration(q.Timeout)).UTC().Format(openUntil)
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

// where names the hosts that the deployment touches.
func where(at *records.Loaded) string {
	seen := map[string]bool{}
	var names []string
	for _, s := range at.Plan.Steps {
		for _, t := range s.Targets {
			if !seen[t.ID] {
				seen[t.ID] = true
				names = append(names, t.Name)
			}
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return "1 host: " + names[0]
	case n <= 5:
		return fmt.Sprintf("%d hosts: %s", n, strings.Join(names, ", "))
	default:
		return fmt.Sprintf("%d hosts: %s and %d more", n, strings.Join(names[:4], ", "), n-4)
	}
}
