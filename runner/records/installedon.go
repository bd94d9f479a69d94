package records

import (
	"context"

	"slipway/pipelines/task"
)

// OnTarget is what one step of a project has installed on a target, newest
// first.
type OnTarget struct {
	Step      string
	Installed []task.Installed
}

// InstalledOn is what a project has on one target of an environment, by step in
// the order in which they came there first.
func (r *Records) InstalledOn(ctx context.Context, projectID, environmentID, targetID string) ([]OnTarget, error) {
	j, err := r.installed(ctx, projectID, environmentID)
	if _, damaged := Corrupt(err); damaged {
		return nil, nil // what was there before is forgotten, and stays on its hosts
	}
	if err != nil {
		return nil, err
	}
	var out []OnTarget
	for _, l := range j.Lanes {
		if l.TargetID == targetID && len(l.Installed) > 0 {
			out = append(out, OnTarget{l.Step, l.Installed})
		}
	}
	return out, nil
}
