package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"slipway/pipelines/octostache"
	"slipway/runner/graph"
	outgoing "slipway/runner/mail"
	"slipway/runner/records"
)

// sendMail evaluates a mail step's texts with what has happened so far, and
// sends it. The attempt is part of the id: a retry is the same mail again.
func (r *Runner) sendMail(ctx context.Context, at *records.Loaded, w graph.SendMail) (graph.Happening, error) {
	report := graph.Mailed{Step: w.Step, Attempt: w.Attempt, Sent: true}
	m, err := r.message(ctx, at, w.Step)
	if err == nil {
		err = r.Mail.Send(ctx, m)
	}
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		report.Sent, report.Final, report.Message = false, !temporary(err), err.Error()
		r.Log.Warn("mail", "deployment", at.Deployment.ID, "step", at.Plan.Steps[w.Step].Name, "attempt", w.Attempt, "error", err)
	}
	return report, nil
}

func (r *Runner) message(ctx context.Context, at *records.Loaded, step int) (outgoing.Message, error) {
	s := at.Plan.Steps[step]
	scope, err := r.forPeople(ctx, at, step)
	if err != nil {
		return outgoing.Message{}, err
	}
	text := func(field, template string) string {
		result, problem := octostache.Evaluate(template, scope, octostache.Options{Now: r.Env.Now()})
		if problem == nil && len(result.Unresolved) > 0 {
			problem = fmt.Errorf("%s has no value", strings.Join(result.Unresolved, ", "))
		}
		if problem != nil && err == nil {
			err = fmt.Errorf("%s of the mail: %w", field, problem)
		}
		return result.Text
	}
	m := outgoing.Message{
		ID: mailID(at, step), From: r.From, Date: r.Env.Now(),
		Subject: text("the subject", s.Message.Subject), Deployment: at.Deployment.ID, Step: s.Name, Keep: true,
	}
	body := text("the body", s.Message.Body)
	if s.Message.HTML {
		m.HTML, m.Text = body, body
	} else {
		m.Text = body
	}
	m.To, err = addresses(text("to", s.Message.To), err)
	return m, err
}

func addresses(list string, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	parsed, err := mail.ParseAddressList(list)
	if err != nil {
		return nil, fmt.Errorf("to: %q is no list of mail addresses", list)
	}
	out := make([]string, len(parsed))
	for i, a := range parsed {
		out[i] = a.Address
	}
	return out, nil
}

// forPeople are the plan's values for a step, what steps have set by now and
// how they ended, as a mail or a question may show them: no secret is among them.
func (r *Runner) forPeople(ctx context.Context, at *records.Loaded, step int) (*octostache.Variables, error) {
	v := octostache.NewVariables()
	names, stands := graph.Progress(at.Plan, at.State, graph.Reader{Step: step, Place: -1, People: true})
	for _, x := range names {
		v.Set(x.Name, x.Value)
	}
	for _, x := range at.Plan.At(step, -1) {
		if x.Secret == "" {
			v.Set(x.Name, x.Value)
		}
	}
	earlier, err := r.OutputsFor(ctx, at, step, -1)
	for _, x := range append(stands, earlier...) {
		v.Set(x.Name, x.Value)
	}
	return v, err
}

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// temporary says whether sending may work later.
func temporary(err error) bool { return errors.Is(err, outgoing.ErrTryAgain) }

// mailID stays the same however often one mail is tried. A deployment that was
// taken up sends its mails anew, and those are others.
func mailID(at *records.Loaded, step int) string {
	id := fmt.Sprintf("%s.s%d", at.Deployment.ID, step)
	if from := at.State.Task(at.Plan.Steps[step].First).From; from > 0 {
		id += fmt.Sprintf(".%d", from)
	}
	return id
}
