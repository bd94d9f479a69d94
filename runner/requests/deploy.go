package requests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
)

// DeployRequest asks for a deployment. Release is a number or an id; Values are
// for the variables that are asked for, by name; Comment is for people.
type DeployRequest struct {
	Project     string            `json:"project"`
	Release     string            `json:"release"`
	Environment string            `json:"environment"`
	Values      map[string]string `json:"values,omitempty"`
	Comment     string            `json:"comment,omitempty"`
	// Skip names steps that this deployment leaves out.
	Skip []string `json:"skip,omitempty"`
	// At is when it is to start; nil is as soon as it can.
	At *time.Time `json:"at,omitempty"`
	// GuidedFailure says in place of the project whether people decide where a
	// step fails.
	GuidedFailure *bool `json:"guidedFailure,omitempty"`
	// Form is the form that was sent, "" for none: what one form orders a second
	// time is the deployment that it ordered first.
	Form string `json:"-"`
}

// What the name of a form may be, which somebody sends.
const (
	maxForm     = 64
	formLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
)

// Deploy puts a release on its way to an environment. Findings that block are
// a refusal naming all of them, and nothing is stored.
func (r *Requests) Deploy(ctx context.Context, p pipelines.Principal, in DeployRequest) (pipelines.Deployment, error) {
	if d, err := r.Ordered(ctx, p, in); err != nil || d.ID != "" {
		return d, err
	}
	form := formOf(p, in)
	d, err := r.deploy(ctx, p, ordering{form: form}, func(id newID) (pipelines.Deployment, plan.Plan, error) {
		from, err := r.prepare(ctx, p, in, id)
		if err != nil {
			return from.Deployment, plan.Plan{}, err
		}
		pl := plan.Make(from)
		if blocked := pl.Blocked(); len(blocked) > 0 {
			err = refusal(from.Deployment, blocked)
		}
		return from.Deployment, pl, err
	})
	if errors.Is(err, records.ErrOrdered) {
		return r.Records.OrderedBy(ctx, form)
	}
	return d, err
}

// Ordered is what the form of a request has ordered before, without an id where
// that is nothing.
func (r *Requests) Ordered(ctx context.Context, p pipelines.Principal, in DeployRequest) (pipelines.Deployment, error) {
	return r.Records.OrderedBy(ctx, formOf(p, in))
}

// formOf is the form as it is kept: somebody's own, whatever names others send.
func formOf(p pipelines.Principal, in DeployRequest) string {
	if odd := func(r rune) bool { return !strings.ContainsRune(formLetters, r) }; !p.Known() || in.Form == "" || len(in.Form) > maxForm || strings.ContainsFunc(in.Form, odd) {
		return ""
	}
	return p.UserID + "/" + in.Form
}

// ordering is what an order may do only once.
type ordering struct {
	once bool   // a rule: for its release and environment
	form string // a person: by this form
}

type newID func(context.Context) (string, error)

// prepare checks right and rule and gathers what the plan is made of.
func (r *Requests) prepare(ctx context.Context, p pipelines.Principal, in DeployRequest, id newID) (plan.Input, error) {
	project, err := r.project(ctx, p, in.Project)
	if err != nil {
		return plan.Input{}, err
	}
	environment, err := r.environment(ctx, p, in.Environment)
	if err != nil {
		return plan.Input{}, err
	}
	if err := p.Demand(pipelines.DeploymentCreate, pipelines.Where{Project: project.Name, Environment: environment.Name}); err != nil {
		return plan.Input{}, err
	}
	if err := checkGiven(in); err != nil {
		return plan.Input{}, err
	}
	at, err := r.startTime(in.At)
	if err != nil {
		return plan.Input{}, err
	}
	release, err := r.release(ctx, project, in.Release)
	if err != nil {
		return plan.Input{}, err
	}
	skip, err := r.leftOut(release.Project, in.Skip)
	if err != nil {
		return plan.Input{}, err
	}
	if err := r.open(ctx, project, release, environment); err != nil {
		return plan.Input{}, err
	}
	by := starter{Principal: p, values: in.Values, comment: in.Comment, skip: skip, at: at, guided: in.GuidedFailure}
	return r.planInput(ctx, by, project, release, environment, id)
}

// open asks the lifecycle of today of the release's channel, whatever the
// release's age.
func (r *Requests) open(ctx context.Context, project pipelines.Project, release pipelines.Release, to pipelines.Environment) error {
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil {
		return err
	}
	return pipelines.MayGo(progression, release.Number, to.Name, project.LifecycleOf(release.Channel))
}

// deploy plans with the next free id, stores, and has the deployment looked
// at. If somebody else takes the id meanwhile, it plans anew.
func (r *Requests) deploy(ctx context.Context, p pipelines.Principal, only ordering, planned func(newID) (pipelines.Deployment, plan.Plan, error)) (pipelines.Deployment, error) {
	for range 50 {
		var take records.Change
		d, pl, err := planned(func(ctx context.Context) (id string, err error) {
			id, take, err = r.Records.NextDeployment(ctx)
			return id, err
		})
		if err != nil {
			return d, err
		}
		d, err = r.Records.AddDeployment(ctx, records.Request{
			Deployment: d, Plan: pl, Take: take, At: r.Env.Now(), EventID: r.Env.NewID(), Once: only.once, Form: only.form, Told: []pipelines.Event{r.queued(p, d, pl)},
		})
		if errors.Is(err, records.ErrIDTaken) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return d, err
		}
		if first, ok := r.Wake.(interface{ Born(deployment string) }); ok {
			first.Born(d.ID)
		}
		if pl.Queue == pipelines.QueueReplaceWaiting {
			r.replaceWaiting(ctx, d)
		}
		return d, r.Wake.Wake(ctx, d.ID)
	}
	return pipelines.Deployment{}, pipelines.Refuse(pipelines.Unavailable, "too many deployments are asked for at this moment: try again")
}

func (r *Requests) queued(p pipelines.Principal, d pipelines.Deployment, pl plan.Plan) pipelines.Event {
	message := fmt.Sprintf("deploy %s %s to %s", d.Project, d.Release, d.Environment)
	if d.Older {
		message += ", which is older than " + d.Replaces
	}
	if d.NotBefore != nil {
		message += ", not before " + d.NotBefore.UTC().Format("2006-01-02 15:04 UTC")
	}
	if len(d.Skip) > 0 {
		message += ", without " + strings.Join(d.Skip, ", ")
	}
	entry := r.auditIn(p, d, "DeploymentQueued", message)
	entry.Details = map[string]string{}
	if len(d.Packages) > 0 {
		entry.Details["packages"] = chosen(d.Packages)
	}
	if d.Comment != "" {
		entry.Details["comment"] = d.Comment
	}
	if len(d.Values) > 0 {
		entry.Details["values"] = givenLines(d.Values)
	}
	if allowed := pl.Allowed(); len(allowed) > 0 {
		entry.Details["allowed"] = strings.Join(allowed, "\n")
		entry.Message += ", which takes what others hold: " + strings.Join(allowed, "; ")
	}
	return entry
}

// refusal is all that blocks a deployment, as one error.
func refusal(d pipelines.Deployment, blocked []plan.Finding) error {
	e := pipelines.Refuse(pipelines.Conflict, "%s %s cannot be deployed to %s: %s", d.Project, d.Release, d.Environment, blocked[0].Message)
	if len(blocked) > 1 {
		e.Message += fmt.Sprintf(" (and %d more)", len(blocked)-1)
	}
	for _, f := range blocked {
		e.Problems = append(e.Problems, pipelines.Problem{Message: f.Message})
	}
	return e
}
