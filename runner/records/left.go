package records

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// left is what is installed in an environment where no deployment has succeeded:
// by the one that began last, else by the last one the journal has.
func (r *Records) left(ctx context.Context, projectID, environmentID string, current Current) (*pipelines.Left, error) {
	var ids []string
	if begun := current.Begun; begun != nil {
		ids = append(ids, begun.ID)
	} else if current.Newest.Started != nil {
		ids = append(ids, current.Newest.ID)
	}
	j, err := r.installed(ctx, projectID, environmentID)
	if _, damaged := Corrupt(err); damaged {
		j, err = journal{}, nil
	}
	if err != nil {
		return nil, err
	}
	if id := j.last(); id != "" && !slices.Contains(ids, id) {
		ids = append(ids, id)
	}
	for _, id := range ids {
		if found, err := r.leftBy(ctx, id); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// last is the deployment that has installed something last.
func (j journal) last() string {
	var newest task.Installed
	for _, l := range j.Lanes {
		if len(l.Installed) > 0 && l.newest().After(newest.At) {
			newest = l.Installed[0]
		}
	}
	return newest.Deployment
}

func (r *Records) leftBy(ctx context.Context, id string) (*pipelines.Left, error) {
	at, err := r.Load(ctx, id)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return nil, nil // retention took the deployment, and the journal is older
	}
	if err != nil {
		return nil, err
	}
	out := pipelines.Left{Deployment: id, Release: at.Deployment.Release, Status: at.Deployment.Status}
	for _, step := range at.Plan.Steps {
		if step.Package == nil || step.Skip != "" {
			continue
		}
		for place, t := range step.Targets {
			if len(at.State.Task(step.First+place).Installed) > 0 && !slices.Contains(out.Targets, t.Name) {
				out.Targets = append(out.Targets, t.Name)
			}
		}
	}
	if len(out.Targets) == 0 {
		return nil, nil
	}
	return &out, nil
}
