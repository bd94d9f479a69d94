package requests

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
)

// Followed is what a rule has made of a release by itself.
type Followed struct {
	Deployments []pipelines.Deployment
	NotSent     []string // where it would have gone, and why it did not: for people

	notSentTo []pipelines.Where // of each
}

// deployFirst starts the deployments that a new release makes by itself: to
// the first phase, and to any phase that is automatic and open. A release that
// has been deployed anywhere is left alone.
func (r *Requests) deployFirst(ctx context.Context, by starter, project pipelines.Project, release pipelines.Release) (Followed, error) {
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil || len(progression) == 0 {
		return Followed{}, err
	}
	first := progression[0].Phase
	return r.deployWhere(ctx, by, project, release, progression, func(p pipelines.Progress) bool {
		return p.Phase == first || p.Automatic
	})
}

// Next starts what follows a deployment that ended: automatic phases that it
// opened, and whoever waits for its place.
func (r *Requests) Next(ctx context.Context, ended pipelines.Deployment) error {
	if err := r.wakeNext(ctx, ended); err != nil {
		return err
	}
	if ended.Status != pipelines.Succeeded {
		return nil
	}
	project, there, err := r.Records.Shared().Project(ctx, ended.ProjectID)
	if err != nil || !there {
		return err // it was removed meanwhile
	}
	lifecycle, err := r.Records.LifecycleOf(ctx, project, ended.Channel)
	if err != nil || !slices.ContainsFunc(lifecycle.Phases, func(p pipelines.Phase) bool { return p.Automatic }) {
		return err // nothing opens by itself, which is so for most: no need to read on
	}
	release, err := r.Records.Release(ctx, ended.ReleaseID)
	if err != nil {
		return err
	}
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil {
		return err
	}
	by, err := r.following(ctx, ended)
	if err != nil {
		return err
	}
	_, err = r.deployWhere(ctx, by, project, release, progression,
		func(p pipelines.Progress) bool { return p.Automatic })
	return err
}

// following starts what follows a deployment, caused by whoever caused that one.
func (r *Requests) following(ctx context.Context, ended pipelines.Deployment) (starter, error) {
	out := starter{automatic: true, cause: cause{ended.CausedByID, ended.CausedBy}}
	via := "lifecycle: " + ended.Environment + " succeeded"
	if ended.CreatedByID != "" {
		l, err := r.Records.Load(ctx, ended.ID)
		if err != nil {
			return out, err
		}
		out.cause = cause{ended.CreatedByID, cmp.Or(l.Plan.OrderedBy(), ended.CreatedBy)}
	}
	if who := out.cause.username; who != "" {
		via += ", begun by " + who
	}
	out.Principal = pipelines.System(via)
	return out, nil
}

// deployWhere deploys to open environments that the release has never been
// sent to, and in which nothing newer is. What the plan finds does not refuse it:
// the deployment is recorded and fails with the findings, so that somebody hears
// of it.
func (r *Requests) deployWhere(ctx context.Context, by starter, project pipelines.Project, release pipelines.Release, progression []pipelines.Progress, wanted func(pipelines.Progress) bool) (Followed, error) {
	var out Followed
	before, err := r.Records.DeploymentsSince(ctx, project.ID, release.Created)
	if err != nil {
		return out, err
	}
	for _, p := range progression {
		if !p.Open || !wanted(p) || sent(before, release.ID, p.Environment) {
			continue
		}
		environment, err := r.environment(ctx, by.Principal, p.Environment)
		if err != nil {
			return out, err
		}
		why, err := r.tooOld(ctx, release, environment)
		if err != nil {
			return out, err
		}
		if why != "" {
			said, err := r.noteNotSent(ctx, by, project, release, environment, why)
			if err != nil {
				return out, err
			}
			out.NotSent = append(out.NotSent, said)
			out.notSentTo = append(out.notSentTo, pipelines.Where{Project: project.Name, Environment: environment.Name})
			continue
		}
		d, err := r.deploy(ctx, by.Principal, ordering{once: true}, func(id newID) (pipelines.Deployment, plan.Plan, error) {
			in, err := r.planInput(ctx, by, project, release, environment, id)
			if err != nil {
				return in.Deployment, plan.Plan{}, err
			}
			return in.Deployment, plan.Make(in), nil
		})
		if errors.Is(err, records.ErrOnce) {
			continue // somebody else was faster
		}
		if err != nil {
			return out, err
		}
		out.Deployments = append(out.Deployments, d)
	}
	return out, nil
}

func sent(before []pipelines.Deployment, releaseID, environment string) bool {
	for _, d := range before {
		if d.ReleaseID == releaseID && pipelines.SameName(d.Environment, environment) {
			return true
		}
	}
	return false
}
