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
	"slipway/runner/graph"
	"slipway/runner/table"
)

// Deployment reads one deployment. Its status is that of its last start or
// end; State knows it to the turn.
func (r *Records) Deployment(ctx context.Context, id string) (pipelines.Deployment, error) {
	d, _, err := r.record(ctx, id)
	return d, err
}

func (r *Records) record(ctx context.Context, id string) (pipelines.Deployment, int64, error) {
	d, revision, ok, err := get[pipelines.Deployment](ctx, r, recordKey(id))
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.NotFound, "there is no deployment %q", id)
	}
	return d, revision, err
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

// Since is the deployment that has begun there after d has, or was asked for; nil
// if none has. One that only waits, or was cancelled before it began, changes
// nothing.
func (c Current) Since(d pipelines.Deployment) *pipelines.Deployment {
	last := c.Begun
	if last == nil && c.Newest.Started != nil {
		last = &c.Newest
	}
	if last == nil || last.ID == d.ID || d.Started == nil && numberOf(last.ID) < numberOf(d.ID) {
		return nil
	}
	return last
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

// begun notes that d has begun or, once more, has its place. One that is back in
// it does not hide a newer one that has begun meanwhile.
func (c *Current) begun(d pipelines.Deployment, first bool) {
	if first || c.Begun == nil || numberOf(c.Begun.ID) <= numberOf(d.ID) {
		c.Begun = &d
	}
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
	item, err := r.table.Get(ctx, currentKey(d))
	if err != nil && !missing(err) {
		return Change{}, err
	}
	var current Current
	if err == nil {
		current = r.knownCurrent(item)
	}
	current.EnvironmentID = d.EnvironmentID
	change(&current)
	if err != nil {
		return table.Create(currentKey(d), encode(current)), nil
	}
	return table.Replace(currentKey(d), encode(current), item.Revision), nil
}

// knownCurrent is what was read for being changed: where that cannot be decoded it
// is as if nothing had been said there. What it points to is shared.
func (r *Records) knownCurrent(item table.Item) Current {
	current, err := r.shownCurrent.decode(item)
	if err != nil {
		return Current{}
	}
	return current
}

// Succeeded says in which environments (by id) a release has been deployed
// with success.
func (r *Records) Succeeded(ctx context.Context, releaseID string) (map[string]bool, error) {
	out := map[string]bool{}
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "succeeded/" + releaseID}) {
		if err != nil {
			return nil, err
		}
		out[item.Key.Sort] = true
	}
	return out, nil
}

// Plan reads a plan by its hash. Plans never change, so those read last stay in
// memory: whoever changes one copies first.
func (r *Records) Plan(ctx context.Context, hash string) (plan.Plan, error) {
	p, err := r.planned(ctx, hash)
	return p.plan, err
}

// planned is a plan with what follows from it alone.
type planned struct {
	plan   plan.Plan
	common *graph.Common
}

func (r *Records) planned(ctx context.Context, hash string) (*planned, error) {
	if p, ok := r.plans.get(hash); ok {
		return p, nil
	}
	b, err := r.readAll(ctx, planBlob(hash))
	if errors.Is(err, blobs.ErrNotFound) {
		return &planned{}, corrupt(planBlob(hash), errors.New("it is gone"))
	}
	if err != nil {
		return &planned{}, fmt.Errorf("plan %s: %w", hash, err)
	}
	p, err := plan.Decode(b)
	switch {
	case err == nil:
		return r.keepPlan(hash, len(b), p), nil
	case p.Format > plan.Format || pipelines.CodeOf(err) != "":
		c := corrupt(planBlob(hash), err)
		c.Newer = true
		return &planned{plan: p}, c
	}
	return &planned{plan: p}, corrupt(planBlob(hash), err)
}

// keepPlan keeps a plan in memory, where it takes more than its bytes do.
func (r *Records) keepPlan(hash string, size int, p plan.Plan) *planned {
	of := &planned{plan: p}
	of.common = graph.CommonOf(&of.plan)
	r.plans.put(hash, 4*size, of)
	return of
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
