package requests

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Abandon gives up a deployment whose stored state cannot be read, so that others
// may have its place. What it has changed on hosts stays, and is in no journal;
// so this is for administrators, and for nothing that can be cancelled.
func (r *Requests) Abandon(ctx context.Context, p pipelines.Principal, id, note string) error {
	if len(note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(note))
	}
	if err := p.Demand(pipelines.AdministerSystem, pipelines.Where{}); err != nil {
		return err
	}
	l, err := r.Records.Load(ctx, id)
	if err == nil && l.State.Head.Status.Ended() {
		return pipelines.Refuse(pipelines.Conflict, "%s has ended already: it %s", id, become(l.State.Head.Status))
	}
	if err == nil {
		return pipelines.Refuse(pipelines.Conflict, "%s can be read, so it need not be given up: `slipway cancel %s`, and a second time to end it at once", id, id)
	}
	corrupt, ok := records.Corrupt(err)
	if !ok {
		return err
	}
	if corrupt.Newer {
		return pipelines.Refuse(pipelines.Conflict, "%s was written by a newer program, which may be carrying it out: use that one, and cancel it there", id)
	}
	if d, err := r.Records.Deployment(ctx, id); err == nil && d.Finished != nil {
		return pipelines.Refuse(pipelines.Conflict, "%s has ended already: it %s, %s", id, become(d.Status), d.Message)
	}
	message := fmt.Sprintf("given up by %s: its state could not be read (%s)", p.Called, corrupt.Key)
	if note != "" {
		message += ": " + note
	}
	entry := r.audit(p, "DeploymentGivenUp", id, id+" was "+message)
	if d, err := r.Records.Deployment(ctx, id); err == nil {
		entry.Project, entry.Environment = d.ProjectID, d.EnvironmentID
	}
	given, err := r.Records.Abandon(ctx, records.Abandonment{
		ID: id, Message: message, At: r.Env.Now(),
		Told: []pipelines.Event{entry},
	})
	if err != nil {
		return err
	}
	return r.wakeNext(ctx, given)
}

// wakeNext has the next in the queue of d's place looked at. One that cannot be
// read keeps nobody waiting.
func (r *Requests) wakeNext(ctx context.Context, d pipelines.Deployment) error {
	waiting, err := r.Records.Queue(ctx, d)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		if _, err := r.Records.Load(ctx, id); err != nil {
			if _, corrupt := records.Corrupt(err); corrupt || pipelines.CodeOf(err) == pipelines.NotFound {
				continue
			}
			return err
		}
		return r.Wake.Wake(ctx, id)
	}
	return nil
}
