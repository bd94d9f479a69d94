package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/table"
)

// Claims are what all projects hold on all targets.
func (r *Records) Claims(ctx context.Context) ([]pipelines.Holder, error) {
	return all[pipelines.Holder](ctx, r, table.Range{Partition: "claims"})
}

// Clash says what somebody else has come to hold since the plan was made, "" if
// nothing. The change goes with the turn that starts the deployment: of two that
// start at once and claim anything, one starts over and sees the other.
func (r *Records) Clash(ctx context.Context, d pipelines.Deployment, p plan.Plan) (string, []Change, error) {
	if len(p.Claims) == 0 || len(p.Blocked()) > 0 {
		return "", nil, nil
	}
	pin, revision, holders, err := r.pinned(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, c := range p.Claims {
		if holder, _, clash := c.Clash(p.ProjectID, p.EnvironmentID, holders); clash {
			return fmt.Sprintf("%s %s is held by %s/%s since this deployment was asked for: give one of them another value", c.Kind, c.Value, holder.Project, holder.Environment), nil, nil
		}
	}
	next := encode(claimsPin{N: pin.N + 1, ProjectID: d.ProjectID, EnvironmentID: d.EnvironmentID, By: d.ID})
	if revision == 0 {
		return "", []Change{table.Create(pinKey, next)}, nil
	}
	return "", []Change{table.Replace(pinKey, next, revision)}, nil
}

// claimsPin is renewed by whoever comes to hold anything. It says who was last,
// since a store may show the pin of a write before its other items.
type claimsPin struct {
	N             int    `json:"n"`
	ProjectID     string `json:"projectId"`
	EnvironmentID string `json:"environmentId"`
	By            string `json:"by"`
}

// UnmarshalJSON reads the number that the pin once was, too.
func (p *claimsPin) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.N) == nil {
		return nil
	}
	type plain claimsPin
	return json.Unmarshal(b, (*plain)(p))
}

var pinKey = key("meta", "claims")

// pinned reads the pin and what everybody holds, not older than the pin.
func (r *Records) pinned(ctx context.Context) (pin claimsPin, revision int64, holders []pipelines.Holder, err error) {
	for range 100 {
		if pin, revision, _, err = get[claimsPin](ctx, r, pinKey); err != nil {
			return pin, 0, nil, err
		}
		if holders, err = r.Claims(ctx); err != nil || pin.shows(holders) {
			return pin, revision, holders, err
		}
	}
	return pin, 0, nil, pipelines.Refuse(pipelines.Unavailable, "what projects hold changes too fast at this moment: try again")
}

// shows says whether the newest holder is among those that were read.
func (p claimsPin) shows(holders []pipelines.Holder) bool {
	return p.By == "" || slices.ContainsFunc(holders, func(h pipelines.Holder) bool {
		return h.ProjectID == p.ProjectID && h.EnvironmentID == p.EnvironmentID && numberOf(h.By) >= numberOf(p.By)
	})
}

// claims says what the deployment's project and environment hold from a start
// or an end on. While it runs, and after anything but success, that is what they
// held before and what this plan wants: nobody knows which of the two is on the
// hosts. Success leaves the plan's.
func (r *Records) claims(ctx context.Context, p plan.Plan, d pipelines.Deployment, head graph.Head) ([]Change, error) {
	if head.Blocked || head.Started.IsZero() || d.Status == pipelines.Cancelled && head.Started.Equal(head.Ended) {
		return nil, nil
	}
	old, _, _, err := get[pipelines.Holder](ctx, r, claimsKey(d))
	if err != nil {
		return nil, err
	}
	held := p.Claims
	if d.Status != pipelines.Succeeded {
		held = slices.Clone(held)
		for _, c := range old.Claims {
			if !slices.ContainsFunc(held, func(h pipelines.Claim) bool { return sameClaim(h, c) }) {
				held = append(held, c)
			}
		}
	}
	return []Change{table.Put(claimsKey(d), packed(encode(pipelines.Holder{
		ProjectID: d.ProjectID, Project: d.Project, EnvironmentID: d.EnvironmentID, Environment: d.Environment, Claims: held, By: d.ID,
	})))}, nil
}

// FreeClaims is the change after which a project, or an environment, holds
// nothing any more.
func (r *Records) FreeClaims(ctx context.Context, projectOrEnvironment string) ([]Change, error) {
	holders, err := r.Claims(ctx)
	var out []Change
	for _, h := range holders {
		if h.ProjectID == projectOrEnvironment || h.EnvironmentID == projectOrEnvironment {
			out = append(out, table.Remove(claimsKey(pipelines.Deployment{ProjectID: h.ProjectID, EnvironmentID: h.EnvironmentID})))
		}
	}
	return out, err
}

func sameClaim(a, b pipelines.Claim) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.Equal(a.Targets, b.Targets)
}
