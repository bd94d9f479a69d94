package requests

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// starter is who, or what, starts a deployment, and what comes with it.
type starter struct {
	pipelines.Principal
	automatic bool         // no person did
	cause     cause        // of one that begins by itself
	trigger   plan.Trigger // that did, if one did
	values    map[string]string
	comment   string
	skip      []string   // steps to leave out, as the process calls them
	at        *time.Time // nil: at once
	guided    *bool      // nil: as the project says
}

// cause is the person whose act makes a deployment begin by itself, empty where
// none is known.
type cause struct{ userID, username string }

// causeOf is empty for what is no person: a feed that was asked, a bucket.
func causeOf(p pipelines.Principal) cause {
	if p.UserID == pipelines.System("").UserID {
		return cause{}
	}
	return cause{p.UserID, p.Username}
}

// person is the id of the user who starts it, "" where none does.
func (s starter) person() string {
	if s.automatic {
		return ""
	}
	return s.UserID
}

// planInput gathers everything that the plan of a deployment is made of, as it
// is at this moment.
func (r *Requests) planInput(ctx context.Context, by starter, project pipelines.Project, release pipelines.Release, environment pipelines.Environment, newID newID) (plan.Input, error) {
	in := plan.Input{
		Release: release, Environment: environment, Types: r.Types, BaseURL: r.BaseURL, Sources: r.Sources,
		CreatedBy: pipelines.User{ID: by.UserID, Username: by.Username, DisplayName: by.Called, Mail: by.Mail},
		Trigger:   by.trigger, Comments: by.comment,
	}
	id, err := newID(ctx)
	if err != nil {
		return in, err
	}
	in.Deployment = pipelines.Deployment{
		ID: id, ProjectID: project.ID, Project: project.Name, ReleaseID: release.ID, Release: release.Number, Channel: release.Channel,
		EnvironmentID: environment.ID, Environment: environment.Name, Packages: release.Packages, Values: asDefined(by.values, release),
		Created: r.Env.Now(), CreatedBy: by.Called, CreatedByID: by.person(), Via: by.Via, Automatic: by.automatic,
		CausedByID: by.cause.userID, CausedBy: by.cause.username,
		NotBefore: by.at, Comment: by.comment, Skip: by.skip, Status: pipelines.Queued,
	}
	if by.guided != nil {
		in.Release.Project.GuidedFailure = *by.guided
	}
	for _, gather := range []func(context.Context, *plan.Input) error{r.before, r.places, r.packages, r.secretVersions, r.retention} {
		if err := gather(ctx, &in); err != nil {
			return in, err
		}
	}
	sets, err := r.included(ctx, project)
	in.Now = &plan.Configured{Project: project, Sets: sets}
	return in, err
}

// before is what was in the environment, and which release was made, before.
func (r *Requests) before(ctx context.Context, in *plan.Input) error {
	d := &in.Deployment
	current, err := r.Records.Current(ctx, d.ProjectID)
	if err != nil {
		return err
	}
	for _, c := range current {
		if c.EnvironmentID != d.EnvironmentID {
			continue
		}
		in.Previous.ReleaseForEnvironment = c.Newest.Release
		if c.Live != nil {
			in.Previous.SuccessfulDeployment = c.Live.ID
			d.Replaces = c.Live.Release
			d.Older = in.Release.OlderThan(c.Live.Release)
		}
	}
	previous, ok, err := r.Records.ReleaseBefore(ctx, d.ProjectID, in.Release.ID)
	if ok {
		in.Previous.Release = previous.Number
	}
	return err
}

// places are the targets, and what others hold on them.
func (r *Requests) places(ctx context.Context, in *plan.Input) (err error) {
	if in.Targets, err = r.Records.Targets(ctx); err != nil {
		return err
	}
	in.Holders, err = r.Records.Claims(ctx)
	return err
}

// packages are the files behind the release's packages, as far as they are
// there.
func (r *Requests) packages(ctx context.Context, in *plan.Input) error {
	for _, s := range in.Release.Packages {
		p, ok, err := r.Records.Chosen(ctx, s)
		if err != nil {
			return err
		}
		if ok {
			in.Packages = append(in.Packages, task.Package{ID: p.ID, Version: p.Version, FileName: p.FileName, SHA256: p.SHA256, Size: p.Size})
		}
	}
	return nil
}

func (r *Requests) secretVersions(ctx context.Context, in *plan.Input) error {
	secrets, err := r.Records.Secrets(ctx)
	in.SecretVersion = func(name string) (int, bool) {
		for _, s := range secrets {
			if pipelines.SameName(s.Name, name) {
				return s.Version, true
			}
		}
		return 0, false
	}
	return err
}
