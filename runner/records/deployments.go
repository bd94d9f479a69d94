package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/blobs"
	"slipway/runner/table"
)

// Deployment reads one deployment. Its status is that of its last start or
// end; State knows it to the turn.
func (r *Records) Deployment(ctx context.Context, id string) (pipelines.Deployment, error) {
	d, _, ok, err := get[pipelines.Deployment](ctx, r, recordKey(id))
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.NotFound, "there is no deployment %q", id)
	}
	return d, err
}

// Deployments are a project's deployments, newest first, at most limit
// (0: all).
func (r *Records) Deployments(ctx context.Context, projectID string, limit int) ([]pipelines.Deployment, error) {
	return all[pipelines.Deployment](ctx, r, table.Range{Partition: "project/" + projectID, Prefix: "deployment/", Descending: true, Limit: limit})
}

// Current is what a project has in one environment: the newest deployment
// there, the one that began last, and the last on its hosts that succeeded.
type Current struct {
	EnvironmentID string                `json:"environmentId"`
	Newest        pipelines.Deployment  `json:"newest"`
	Live          *pipelines.Deployment `json:"live,omitempty"`
	// Begun is as it stood when it began. Older programs did not keep it.
	Begun *pipelines.Deployment `json:"begun,omitempty"`
}

// Newer is a deployment of a newer release than the given one that the
// environment has, or had put on its way; nil if there is none.
func (c Current) Newer(release string) *pipelines.Deployment {
	begun := c.Begun
	if begun == nil && c.Newest.Started != nil {
		begun = &c.Newest
	}
	for _, d := range []*pipelines.Deployment{begun, c.Live} {
		if d != nil && (pipelines.Release{Number: release}).OlderThan(d.Release) {
			return d
		}
	}
	return nil
}

// succeeded puts d in the place of what was live, unless that came onto the
// hosts after d did: d may have waited for people meanwhile.
func (c *Current) succeeded(d pipelines.Deployment) {
	if c.Live == nil || c.Live.Touched == nil || d.Touched == nil || !d.Touched.Before(*c.Live.Touched) {
		c.Live = &d
	}
}

// In reads what is in one environment of a project; the zero Current if nothing
// ever was.
func (r *Records) In(ctx context.Context, projectID, environmentID string) (Current, error) {
	current, _, _, err := get[Current](ctx, r, currentKey(pipelines.Deployment{ProjectID: projectID, EnvironmentID: environmentID}))
	return current, err
}

// Current reads what is in each environment of a project.
func (r *Records) Current(ctx context.Context, projectID string) ([]Current, error) {
	return all[Current](ctx, r, table.Range{Partition: "project/" + projectID, Prefix: "current/"})
}

// changeCurrent is the change of what stands in d's environment.
func (r *Records) changeCurrent(ctx context.Context, d pipelines.Deployment, change func(*Current)) (Change, error) {
	current, revision, ok, err := get[Current](ctx, r, currentKey(d))
	if err != nil {
		return Change{}, err
	}
	current.EnvironmentID = d.EnvironmentID
	change(&current)
	if !ok {
		return table.Create(currentKey(d), encode(current)), nil
	}
	return table.Replace(currentKey(d), encode(current), revision), nil
}

// Succeeded says in which environments (by id) a release has been deployed
// with success.
func (r *Records) Succeeded(ctx context.Context, releaseID string) (map[string]bool, error) {
	ids, err := all[string](ctx, r, table.Range{Partition: "succeeded/" + releaseID})
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// Plan reads a plan by its hash. Plans never change, so the last few stay in
// memory.
func (r *Records) Plan(ctx context.Context, hash string) (plan.Plan, error) {
	if p, ok := r.plans.get(hash); ok {
		return p, nil
	}
	b, err := r.readAll(ctx, planBlob(hash))
	if errors.Is(err, blobs.ErrNotFound) {
		return plan.Plan{}, corrupt(planBlob(hash), errors.New("it is gone"))
	}
	if err != nil {
		return plan.Plan{}, fmt.Errorf("plan %s: %w", hash, err)
	}
	p, err := plan.Decode(b)
	switch {
	case err == nil:
		r.plans.put(hash, p)
		return p, nil
	case p.Format > plan.Format || pipelines.CodeOf(err) != "":
		c := corrupt(planBlob(hash), err)
		c.Newer = true
		return p, c
	}
	return p, corrupt(planBlob(hash), err)
}

func recordKey(id string) table.Key { return key("deployment/"+id, "record") }

func indexKey(d pipelines.Deployment) table.Key {
	return key("project/"+d.ProjectID, "deployment", sequence(numberOf(d.ID)))
}

func currentKey(d pipelines.Deployment) table.Key {
	return key("project/"+d.ProjectID, "current", d.EnvironmentID)
}

func place(d pipelines.Deployment) string { return "place/" + d.ProjectID + "/" + d.EnvironmentID }

func slotKey(d pipelines.Deployment) table.Key { return key(place(d), "slot") }

func waitingKey(d pipelines.Deployment) table.Key {
	return key(place(d), "waiting", sequence(numberOf(d.ID)))
}

func claimsKey(d pipelines.Deployment) table.Key {
	return key("claims", d.ProjectID, d.EnvironmentID)
}

func planBlob(hash string) string { return "plans/" + hash }

// numberOf is the number at the end of an id.
func numberOf(id string) int {
	n := 0
	for _, c := range id {
		if c < '0' || c > '9' {
			n = 0
			continue
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func shortHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
