package views

import (
	"context"
	"io"
	"strconv"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Artifact is a file that a script of a deployment wanted kept.
type Artifact struct {
	records.Artifact
	ID     string // names it within its deployment: task and place, like 3-0
	Step   string
	Target string
}

// Artifacts are those of a deployment, in the order of its tasks.
func (v *Views) Artifacts(ctx context.Context, d Deployment) ([]Artifact, error) {
	var out []Artifact
	for _, s := range d.Plan.Steps {
		for place, t := range s.Targets {
			if s.Tasks() == 0 {
				break
			}
			number := s.First + place
			x := d.State.Task(number)
			if !records.HasMore(x) {
				continue
			}
			result, err := v.Records.Result(ctx, x)
			if err != nil {
				return nil, err
			}
			for i, a := range result.Artifacts {
				out = append(out, Artifact{a, strconv.Itoa(number) + "-" + strconv.Itoa(i), s.Name, t.Name})
			}
		}
	}
	return out, nil
}

// Opened is an artifact that can be read: at an address, or here.
type Opened struct {
	Artifact
	Address string
	Body    io.ReadCloser // nil with an Address; else the caller closes it
}

// Artifact opens one artifact of a deployment.
func (v *Views) Artifact(ctx context.Context, p pipelines.Principal, deployment, id string) (Opened, error) {
	d, err := v.Deployment(ctx, p, deployment)
	if err != nil {
		return Opened{}, err
	}
	all, err := v.Artifacts(ctx, d)
	if err != nil {
		return Opened{}, err
	}
	for _, a := range all {
		if a.ID != id {
			continue
		}
		if a.Missing != "" {
			return Opened{}, pipelines.Refuse(pipelines.NotFound, "artifact %s is not here: %s", a.Name, a.Missing)
		}
		out := Opened{Artifact: a}
		if out.Address, err = v.Records.ArtifactAddress(ctx, a.Artifact); err == nil && out.Address == "" {
			out.Body, err = v.Records.ReadArtifact(ctx, a.Artifact)
		}
		return out, err
	}
	return Opened{}, pipelines.Refuse(pipelines.NotFound, "%s has no artifact %q", deployment, id)
}
