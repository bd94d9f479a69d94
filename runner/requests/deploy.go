package requests

import (
	"context"
	"errors"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/records"
)

// DeployRequest asks for a deployment. Release is a number or an id.
type DeployRequest struct {
	Project     string `json:"project"`
	Release     string `json:"release"`
	Environment string `json:"environment"`
}

// Deploy puts a release on its way to an environment. Findings that block are
// a refusal naming all of them, and nothing is stored.
func (r *Requests) Deploy(ctx context.Context, p pipelines.Principal, in DeployRequest) (pipelines.Deployment, error) {
	return r.deploy(ctx, p, false, func(id newID) (pipelines.Deployment, plan.Plan, error) {
		d, pl, err := r.prepare(ctx, p, in, id)
		if blocked := pl.Blocked(); err == nil && len(blocked) > 0 {
			err = refusal(d, blocked)
		}
		return d, pl, err
	})
}

// Preview is the plan that Deploy would carry out now. It changes nothing.
func (r *Requests) Preview(ctx context.Context, p pipelines.Principal, in DeployRequest) (pipelines.Deployment, plan.Plan, error) {
	return r.prepare(ctx, p, in, func(context.Context) (string, error) { return "Deployments-Preview", nil })
}

type newID func(context.Context) (string, error)

func (r *Requests) prepare(ctx context.Context, p pipelines.Principal, in DeployRequest, id newID) (pipelines.Deployment, plan.Plan, error) {
	project, err := r.project(ctx, in.Project)
	if err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	environment, err := r.environment(ctx, in.Environment)
	if err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	if err := p.Demand(pipelines.DeploymentCreate, pipelines.Where{Project: project.Name, Environment: environment.Name}); err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	release, err := r.release(ctx, project, in.Release)
	if err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	if err := r.open(ctx, project, release, environment); err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	return r.plan(ctx, p, project, release, environment, id)
}

// open asks the project's lifecycle of today, whatever the release's age.
func (r *Requests) open(ctx context.Context, project pipelines.Project, release pipelines.Release, to pipelines.Environment) error {
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil {
		return err
	}
	return pipelines.MayGo(progression, release.Number, to.Name, project.LifecycleName())
}

func (r *Requests) plan(ctx context.Context, p pipelines.Principal, project pipelines.Project, release pipelines.Release, environment pipelines.Environment, newID newID) (pipelines.Deployment, plan.Plan, error) {
	id, err := newID(ctx)
	if err != nil {
		return pipelines.Deployment{}, plan.Plan{}, err
	}
	d := pipelines.Deployment{
		ID: id, ProjectID: project.ID, Project: project.Name, ReleaseID: release.ID, Release: release.Number,
		EnvironmentID: environment.ID, Environment: environment.Name, Packages: release.Packages,
		Created: r.Env.Now(), CreatedBy: p.Called, Via: p.Via, Status: pipelines.Queued,
	}
	current, err := r.Records.Current(ctx, project.ID)
	if err != nil {
		return d, plan.Plan{}, err
	}
	for _, c := range current {
		if c.EnvironmentID == environment.ID && c.Live != nil {
			d.Replaces = c.Live.Release
			d.Older = release.OlderThan(c.Live.Release)
		}
	}
	in, err := r.planInput(ctx, release)
	if err != nil {
		return d, plan.Plan{}, err
	}
	in.Deployment, in.Release, in.Environment = d, release, environment
	in.CreatedBy = pipelines.User{ID: p.UserID, Username: p.Username, DisplayName: p.Called, Mail: p.Mail}
	return d, plan.Make(in), nil
}

func (r *Requests) planInput(ctx context.Context, release pipelines.Release) (plan.Input, error) {
	in := plan.Input{Types: r.Types, BaseURL: r.BaseURL, Sources: r.Sources}
	var err error
	if in.Targets, err = r.Records.Targets(ctx); err != nil {
		return in, err
	}
	if in.Holders, err = r.Records.Claims(ctx); err != nil {
		return in, err
	}
	for _, s := range release.Packages {
		p, ok, err := r.Records.Package(ctx, s.Package, s.Version)
		if err != nil {
			return in, err
		}
		if ok {
			in.Packages = append(in.Packages, task.Package{ID: p.ID, Version: p.Version, FileName: p.FileName, SHA256: p.SHA256, Size: p.Size})
		}
	}
	secrets, err := r.Records.Secrets(ctx)
	in.SecretVersion = func(name string) (int, bool) {
		for _, s := range secrets {
			if pipelines.SameName(s.Name, name) {
				return s.Version, true
			}
		}
		return 0, false
	}
	return in, err
}

// deploy plans with the next free id, stores, and has the deployment looked
// at. If somebody else takes the id meanwhile, it plans anew.
func (r *Requests) deploy(ctx context.Context, p pipelines.Principal, once bool, planned func(newID) (pipelines.Deployment, plan.Plan, error)) (pipelines.Deployment, error) {
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
			Deployment: d, Plan: pl, Take: take, At: r.Env.Now(), EventID: r.Env.NewID(), Once: once, Also: []records.Change{records.Audit(r.queued(p, d))},
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
		return d, r.Wake.Wake(ctx, d.ID)
	}
	return pipelines.Deployment{}, pipelines.Refuse(pipelines.Unavailable, "too many deployments are asked for at this moment: try again")
}

func (r *Requests) queued(p pipelines.Principal, d pipelines.Deployment) pipelines.Event {
	message := fmt.Sprintf("deploy %s %s to %s", d.Project, d.Release, d.Environment)
	if d.Older {
		message += ", which is older than " + d.Replaces
	}
	return r.audit(p, "DeploymentQueued", d.ID, message, d.ProjectID, d.ReleaseID, d.EnvironmentID)
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
