package records

import (
	"bytes"
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
// there, and the newest that succeeded.
type Current struct {
	EnvironmentID string                `json:"environmentId"`
	Newest        pipelines.Deployment  `json:"newest"`
	Live          *pipelines.Deployment `json:"live,omitempty"`
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

// Active are the ids of all deployments that are not closed.
func (r *Records) Active(ctx context.Context) ([]string, error) {
	return all[string](ctx, r, table.Range{Partition: "active"})
}

// NewDeploymentID reserves the next id; a plan needs it before anything is
// written, and an id that is never used harms nobody.
func (r *Records) NewDeploymentID(ctx context.Context) (string, error) {
	id := ""
	err := again(ctx, func() error {
		n, counter, err := r.next(ctx, "Deployments")
		if err != nil {
			return err
		}
		id = fmt.Sprintf("Deployments-%d", n)
		return r.table.Write(ctx, counter)
	})
	return id, err
}

// ErrOnce says that a release was sent to an environment by itself before.
var ErrOnce = errors.New("this release was sent to this environment by itself before")

// AddOnce is AddDeployment for what happens by itself: at most once for a
// release and an environment, whoever is faster.
func (r *Records) AddOnce(ctx context.Context, d pipelines.Deployment, p plan.Plan, also ...Change) (pipelines.Deployment, error) {
	mark := key("automatic/"+d.ReleaseID, d.EnvironmentID)
	_, _, there, err := get[string](ctx, r, mark)
	if err != nil {
		return d, err
	}
	if !there {
		d, err = r.AddDeployment(ctx, d, p, append(also, table.Create(mark, encode(d.ID)))...)
	}
	if by, _, _, reading := get[string](ctx, r, mark); reading == nil && by != "" && by != d.ID {
		return d, ErrOnce
	}
	return d, err
}

// AddDeployment stores a deployment with its plan, puts it into the queue for
// its place and among the active ones, with what else belongs into the write.
func (r *Records) AddDeployment(ctx context.Context, d pipelines.Deployment, p plan.Plan, also ...Change) (pipelines.Deployment, error) {
	bytesOfPlan, hash, err := p.Encode()
	if err != nil {
		return d, err
	}
	d.Plan = hash
	if _, err := r.blobs.Put(ctx, planBlob(hash), bytes.NewReader(bytesOfPlan)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return d, err
	}
	err = again(ctx, func() error {
		current, err := r.changeCurrent(ctx, d, func(c *Current) {
			if numberOf(c.Newest.ID) <= numberOf(d.ID) {
				c.Newest = d
			}
		})
		if err != nil {
			return err
		}
		changes := []Change{
			table.Create(recordKey(d.ID), encode(d)),
			table.Create(indexKey(d), encode(d)),
			table.Create(key("active", d.ID), encode(d.ID)),
			table.Create(waitingKey(d), encode(d.ID)),
			current,
		}
		return r.table.Write(ctx, append(changes, also...)...)
	})
	return d, err
}

// Plan reads a plan by its hash. Plans never change, so the last few stay in
// memory.
func (r *Records) Plan(ctx context.Context, hash string) (plan.Plan, error) {
	if p, ok := r.plans.get(hash); ok {
		return p, nil
	}
	b, err := r.readAll(ctx, planBlob(hash))
	if err != nil {
		return plan.Plan{}, fmt.Errorf("plan %s: %w", hash, err)
	}
	p, err := plan.Decode(b)
	if err == nil {
		r.plans.put(hash, p)
	}
	return p, err
}

// Holder is the id of the deployment that holds the place of d's project and
// environment, or "".
func (r *Records) Holder(ctx context.Context, d pipelines.Deployment) (string, error) {
	id, _, _, err := get[string](ctx, r, slotKey(d))
	return id, err
}

// Queue are the ids of the deployments that wait for d's place, first come
// first.
func (r *Records) Queue(ctx context.Context, d pipelines.Deployment) ([]string, error) {
	return all[string](ctx, r, table.Range{Partition: place(d), Prefix: "waiting/"})
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
