package views

import (
	"context"
	"time"

	"slipway/pipelines"
)

// Loss is something that a deployment held on a target until another took it, as a
// step's `allow` lets it.
type Loss struct {
	Claim                pipelines.Claim
	Target               string // by name
	Project, Environment string // who has it now
	At                   time.Time
}

// Lost is what others have taken of what a deployment made its own. Whoever asks
// has read the deployment; who took it stands in the plans of both, so that nothing
// more is demanded.
func (v *Views) Lost(ctx context.Context, d Deployment) ([]Loss, error) {
	if len(d.Plan.Claims) == 0 || d.Deployment.Status != pipelines.Succeeded {
		return nil, nil
	}
	holders, err := v.Records.Claims(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, s := range d.Plan.Steps {
		for _, t := range s.Targets {
			names[t.ID] = t.Name
		}
	}
	var out []Loss
	for _, c := range d.Plan.Claims {
		by, target, lost := c.Lost(d.Plan.ProjectID, d.Plan.EnvironmentID, d.Deployment.ID, holders)
		if !lost {
			continue
		}
		taker, err := v.Records.Deployment(ctx, by.By)
		if err != nil {
			return nil, err
		}
		at := taker.Created
		if taker.Started != nil {
			at = *taker.Started
		}
		out = append(out, Loss{Claim: c, Target: names[target], Project: by.Project, Environment: by.Environment, At: at})
	}
	return out, nil
}
