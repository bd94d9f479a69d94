package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// Held is how a deployment is shown whose stored state cannot be read: nothing
// of it goes on until a person has decided. No deployment is stored with it.
const Held pipelines.Status = "held"

// unreadable says that an error is about something stored that cannot be read,
// and what to do about it.
func unreadable(id string, err error) (string, bool) {
	corrupt, ok := records.Corrupt(err)
	if !ok {
		return "", false
	}
	if corrupt.Newer {
		return corrupt.Error(), true
	}
	return corrupt.Error() + ": `slipway cancel " + id + " --give-up`", true
}

// held is what can be shown of a deployment that cannot be read: its record, if
// that can be. Without it nobody can say whose it is, so only administrators see
// that it is there.
func (v *Views) held(ctx context.Context, p pipelines.Principal, id, why string) (Deployment, error) {
	d, err := v.Records.Deployment(ctx, id)
	_, ofRecord := unreadable(id, err)
	where := pipelines.Where{Project: d.Project, Environment: d.Environment}
	switch {
	case ofRecord:
		d, err = pipelines.Deployment{ID: id}, nil
		if !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
			err = pipelines.Refuse(pipelines.NotFound, "there is no deployment %q", id)
		}
	case err == nil:
		err = openings.Seen(p, id, where)
	}
	if err != nil {
		return Deployment{}, err
	}
	out := Deployment{MayAnswer: map[int]bool{}, WhyNot: map[int]error{}}
	head := graph.Head{Status: d.Status, Message: d.Message, Closed: true}
	if d.Finished != nil { // somebody has given it up
		head.Ended = *d.Finished
	} else {
		head = graph.Head{Status: Held, Message: why}
		out.Held = why
	}
	d.Status, d.Message = head.Status, head.Message
	out.Loaded = records.Loaded{Deployment: d, State: graph.State{Head: head}, Stored: true}
	return out, nil
}
