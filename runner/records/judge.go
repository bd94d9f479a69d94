package records

import (
	"context"

	"slipway/pipelines"
)

// Judge says how far releases may go. It has read the lifecycles and the
// environments once, so that many releases are judged by the same ones.
type Judge struct {
	records      *Records
	Environments []pipelines.Environment // in their order
	lifecycles   []pipelines.Lifecycle
}

// Judge reads what releases are judged by at this moment.
func (r *Records) Judge(ctx context.Context) (Judge, error) {
	lifecycles, err := r.Lifecycles(ctx)
	if err != nil {
		return Judge{}, err
	}
	environments, err := r.Environments(ctx)
	return Judge{r, environments, lifecycles}, err
}

// LifecycleOf is the lifecycle by which a project's releases of a channel go
// today, whatever their age. A channel that is gone goes as the project does.
func (j Judge) LifecycleOf(project pipelines.Project, channel string) pipelines.Lifecycle {
	name := project.LifecycleOf(channel)
	for _, l := range j.lifecycles {
		if pipelines.SameName(l.Name, name) {
			return l
		}
	}
	return pipelines.DefaultLifecycle(j.Environments)
}

// Progression judges a release by the lifecycle of its channel.
func (j Judge) Progression(ctx context.Context, project pipelines.Project, release pipelines.Release) ([]pipelines.Progress, error) {
	succeeded, err := j.records.Succeeded(ctx, release.ID)
	if err != nil {
		return nil, err
	}
	return j.LifecycleOf(project, release.Channel).Progression(release.Number, func(name string) bool {
		e, ok := pipelines.EnvironmentNamed(j.Environments, name)
		return ok && succeeded[e.ID]
	}), nil
}
