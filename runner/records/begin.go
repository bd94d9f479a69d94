package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/spend"
	"slipway/runner/table"
)

// NextDeployment is the id that the next deployment will have, with the change
// that takes it. A plan needs the id before anything is written.
func (r *Records) NextDeployment(ctx context.Context) (string, Change, error) {
	n, take, err := r.next(ctx, "Deployments")
	return deploymentID(n), take, err
}

func deploymentID(n int) string { return fmt.Sprintf("Deployments-%d", n) }

var (
	// ErrOnce says that a release was sent to an environment by itself before.
	ErrOnce = errors.New("this release was sent to this environment by itself before")
	// ErrOrdered says that the form has ordered a deployment before.
	ErrOrdered = errors.New("this form has ordered a deployment before")
	// ErrIDTaken says that another deployment took the id meanwhile: plan anew
	// with the next one.
	ErrIDTaken = errors.New("the deployment's id was taken meanwhile")
)

// Request is a deployment to be stored.
type Request struct {
	Deployment pipelines.Deployment
	Plan       plan.Plan
	Take       Change // of NextDeployment
	At         time.Time
	EventID    string // of the start
	Once       bool   // at most once for its release and environment, whoever is faster
	Form       string // at most once by this form, "" for any number
	Told       []pipelines.Event
}

// startItems is how many items the write of a new deployment has.
const startItems = 12

// AddDeployment stores a deployment with its plan and starts it in the same
// write, if its place is free; if not, it joins the queue. It returns the
// deployment as it then stands.
func (r *Records) AddDeployment(ctx context.Context, in Request) (pipelines.Deployment, error) {
	d := in.Deployment
	encoded, hash, err := in.Plan.Encode()
	if err != nil {
		return d, err
	}
	mark := key("automatic/"+d.ReleaseID, d.EnvironmentID)
	if in.Once {
		if _, _, sent, err := get[string](ctx, r, mark); err != nil {
			return d, err
		} else if sent {
			return d, ErrOnce
		}
	}
	in.Deployment.Plan, d.Plan = hash, hash
	if _, err := r.blobs.Put(ctx, planBlob(hash), bytes.NewReader(encoded)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return d, err
	}
	r.keepPlan(hash, len(encoded), in.Plan)
	counted := spend.Of(ctx).Take()
	if counted != nil { // this very write is known only when it is done: two units for each item of a kilobyte
		counted = counted.Plus(spend.Counts{spend.TableWrite: 2 * startItems})
	}
	err = again(ctx, func() error {
		after, also, err := r.beginning(ctx, in, counted)
		if err != nil {
			return err
		}
		if in.Once {
			also.Changes = append(also.Changes, table.Create(mark, encode(d.ID)))
		}
		if in.Form != "" {
			also.Changes = append(also.Changes, table.Create(formKey(in.Form), encode(d.ID)).Until(in.At.Add(formKept)))
		}
		also.Told = append(slices.Clone(in.Told), also.Told...)
		if err := r.tell(ctx, also); err != nil {
			return r.overtaken(ctx, err, in, mark)
		}
		d = after
		return nil
	})
	if err != nil || d.Status == pipelines.Queued {
		spend.Of(ctx).Put(counted)
	}
	return d, err
}

// overtaken says what a conflict means that trying again cannot cure. A write
// whose answer was lost may have met itself: then the mark or the record is ours.
func (r *Records) overtaken(ctx context.Context, err error, in Request, mark table.Key) error {
	var conflict *table.ConflictError
	if !errors.As(err, &conflict) {
		return err
	}
	if stored, _, there, reading := get[pipelines.Deployment](ctx, r, recordKey(in.Deployment.ID)); reading == nil && there && stored.Plan == in.Deployment.Plan && stored.Created.Equal(in.Deployment.Created) {
		return nil
	}
	if in.Once && slices.Contains(conflict.Keys, mark) {
		return ErrOnce
	}
	if in.Form != "" && slices.Contains(conflict.Keys, formKey(in.Form)) {
		return ErrOrdered
	}
	if slices.Contains(conflict.Keys, in.Take.Key) {
		return ErrIDTaken
	}
	return err
}

// beginning are the changes of a new deployment: with its first turn if the
// place is free, else with a row in the queue. One that is not to start yet has
// neither.
func (r *Records) beginning(ctx context.Context, in Request, counted spend.Counts) (pipelines.Deployment, Also, error) {
	d := in.Deployment
	before := &Loaded{Deployment: d, Plan: in.Plan, State: graph.Begin(in.Plan), Spent: counted}
	changes := []Change{in.Take, table.Create(activeKey(d.ID, 0), encode(d.ID))}
	if rowOf(before.State.Head) == noRow {
		index, err := r.arriving(ctx, d)
		return d, Also{Changes: append(append(changes, index...), r.scheduled(before))}, err
	}
	free, err := r.free(ctx, d)
	if err != nil {
		return d, Also{}, err
	}
	outdated, err := r.outdated(ctx, d)
	if err != nil {
		return d, Also{}, err
	}
	if free && !outdated {
		clash, pinned, err := r.Clash(ctx, d, in.Plan, in.At)
		if err != nil {
			return d, Also{}, err
		}
		after, turn, err := r.turn(ctx, before, before.Spent, []graph.Event{{ID: in.EventID, At: in.At, Of: graph.Started{Clash: clash}}}, pinned)
		turn.Changes = append(changes, turn.Changes...)
		return after.Deployment, turn, err
	}
	index, err := r.arriving(ctx, d)
	return d, Also{Changes: append(append(changes, index...), table.Put(waitingKey(d), encode(d.ID)))}, err
}

// arriving are the changes that store a deployment that does not begin yet.
func (r *Records) arriving(ctx context.Context, d pipelines.Deployment) ([]Change, error) {
	current, err := r.changeCurrent(ctx, d, func(c *Current) { c.arrived(d) })
	return []Change{table.Create(recordKey(d.ID), encode(d)), table.Create(indexKey(d), encode(d)), listDeployed(d), current}, err
}

// scheduled is a first turn in which nothing has happened: whoever is told of it
// sets the time at which the deployment is to start.
func (r *Records) scheduled(l *Loaded) Change {
	turn := Turn{Format: TurnFormat, Revision: 1, Head: l.State.Head}
	for _, e := range graph.Open(l.Plan, l.State) {
		turn.Effects = append(turn.Effects, e.ID)
	}
	return table.Create(turnKey(l.Deployment.ID, 1), r.packed(encodeTurn(&turn)))
}

// free says whether nobody has d's place and nobody waits for it.
func (r *Records) free(ctx context.Context, d pipelines.Deployment) (bool, error) {
	rows, err := r.table.Query(ctx, table.Range{Partition: place(d), Limit: 1})
	return err == nil && len(rows.Items) == 0, err
}

// outdated says whether a rule must not begin d: a newer release has come to its
// environment since d was asked for. When its turn comes it gives way.
func (r *Records) outdated(ctx context.Context, d pipelines.Deployment) (bool, error) {
	if !d.Automatic {
		return false, nil
	}
	current, err := r.In(ctx, d.ProjectID, d.EnvironmentID)
	return current.Newer(d.Release) != nil, err
}

// arrived notes the newest deployment of an environment.
func (c *Current) arrived(d pipelines.Deployment) {
	if numberOf(c.Newest.ID) <= numberOf(d.ID) {
		c.Newest = d
	}
}
