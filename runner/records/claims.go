package records

import (
	"context"
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
// nothing. The changes go with the turn that starts the deployment: of two that
// start at once and claim anything, one starts over and sees the other.
func (r *Records) Clash(ctx context.Context, p plan.Plan) (string, []Change, error) {
	if len(p.Claims) == 0 || len(p.Blocked()) > 0 {
		return "", nil, nil
	}
	k := key("meta", "claims")
	n, revision, there, err := get[int](ctx, r, k)
	if err != nil {
		return "", nil, err
	}
	pin := table.Create(k, encode(1))
	if there {
		pin = table.Replace(k, encode(n+1), revision)
	}
	holders, err := r.Claims(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, c := range p.Claims {
		if holder, _, clash := c.Clash(p.ProjectID, p.EnvironmentID, holders); clash {
			return fmt.Sprintf("%s %s is held by %s/%s since this deployment was asked for: give one of them another value", c.Kind, c.Value, holder.Project, holder.Environment), []Change{pin}, nil
		}
	}
	return "", []Change{pin}, nil
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
		ProjectID: d.ProjectID, Project: d.Project, EnvironmentID: d.EnvironmentID, Environment: d.Environment, Claims: held,
	})))}, nil
}

func sameClaim(a, b pipelines.Claim) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.Equal(a.Targets, b.Targets)
}
