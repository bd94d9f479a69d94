package runner

import (
	"context"
	"errors"
	"fmt"
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

// askPeople mails a link to each member of the teams that are responsible.
// Who was mailed is kept person by person, so that doing it again, after a
// crash in the middle, goes on where it stopped.
func (r *Runner) askPeople(ctx context.Context, order performing, w graph.AskPeople) error {
	at := order.at
	step := at.Plan.Steps[w.Step]
	users, err := r.responsible(ctx, step.Question.Teams)
	if err != nil {
		return err
	}
	for wait := mailPause; ; wait = min(2*wait, 5*time.Minute) {
		later, err := r.askRound(ctx, at, w.Step, users)
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
		if now := order.now(); now.State.Head.Steps[w.Step].Status != pipelines.Waiting {
			return nil // answered another way, or cancelled
		}
	}
}

// mailError is what a mail server, not a store of ours, has against a mail.
type mailError struct{ error }

func (e *mailError) Unwrap() error { return e.error }

var errMailWaits = errors.New("a mail server asks for patience")

// askRound tries to reach everybody once, and returns those whose mail server
// asks for patience. Who cannot be reached by mail at all can still answer on
// the page.
func (r *Runner) askRound(ctx context.Context, at records.Loaded, step int, users []member) (later []member, err error) {
	for _, u := range users {
		err := r.ask(ctx, at, step, u)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		undelivered, ofMail := errors.AsType[*mailError](err)
		if err != nil && !ofMail && !records.Conflict(err) {
			return nil, err // trouble of ours: asked again, by whoever calls us again
		}
		if ofMail {
			r.Log.Warn("sign-off mail", "deployment", at.Deployment.ID, "step", at.Plan.Steps[step].Name, "to", u.user.Username, "error", undelivered)
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

func (r *Runner) responsible(ctx context.Context, teams []string) ([]member, error) {
	users, err := r.Records.Users(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.Records.Teams(ctx)
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

func (r *Runner) ask(ctx context.Context, at records.Loaded, step int, to member) error {
	asked, revision, there, err := r.Records.Asked(ctx, at.Deployment.ID, step, to.user.ID)
	if err != nil || there && asked.Sent {
		return err
	}
	now := r.Env.Now()
	subject := fmt.Sprintf("%s/%d/%s/%s", at.Deployment.ID, step, to.user.ID, at.Deployment.Plan)
	token, code, link, err := links.New(r.Env.Random, now, r.linkLife(), "answer", subject)
	if err != nil {
		return err
	}
	asked = records.Asked{Deployment: at.Deployment.ID, Step: step, UserID: to.user.ID, Key: links.Key(token), Link: link}
	if err := r.Records.Write(ctx, records.AddAsked(asked, revision)...); err != nil {
		return err
	}
	letter, err := r.signOff(ctx, at, step, to, token, code, link)
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

func (r *Runner) signOff(ctx context.Context, at records.Loaded, step int, to member, token, code string, link links.Link) (letters.Letter, error) {
	s := at.Plan.Steps[step]
	instructions, err := r.Instructions(ctx, at, step)
	if err != nil {
		return letters.Letter{}, err
	}
	return letters.SignOff{
		Project: at.Plan.Project, Release: at.Plan.Release, Environment: at.Plan.Environment,
		Step: s.Name, Instructions: instructions, Where: where(at), Address: at.Plan.Address,
		StartedBy: at.Deployment.CreatedBy + ", " + at.Deployment.Created.UTC().Format("2 Jan 2006, 15:04 UTC"),
		Until:     link.Expires.UTC().Format("Mon 2 Jan 2006, 15:04 UTC"), Team: to.team,
		ApproveURL: r.BaseURL + "/answer/" + token + "?wants=approve",
		RejectURL:  r.BaseURL + "/answer/" + token + "?wants=reject",
		PageURL:    r.BaseURL + "/deployments/" + at.Deployment.ID, Code: code,
	}.Letter()
}

// Instructions is the text of a sign-off with what is known by now.
func (r *Runner) Instructions(ctx context.Context, at records.Loaded, step int) (string, error) {
	v, err := r.forPeople(ctx, at, step)
	if err != nil {
		return "", err
	}
	result, err := octostache.Evaluate(at.Plan.Steps[step].Question.Instructions, v, octostache.Options{Now: r.Env.Now()})
	return result.Text, err
}

// where names the hosts that the deployment touches.
func where(at records.Loaded) string {
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
