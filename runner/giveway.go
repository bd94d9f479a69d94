package runner

import (
	"context"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// superseded says whether a deployment that has not begun gives way, as the
// project's policy has it, or since no rule puts an older release over a newer.
func (l *look) superseded(ctx context.Context, behind []string, current records.Current) (*graph.Superseded, error) {
	if there, why := l.tooOld(current); there != nil {
		return &graph.Superseded{By: there.ID, Why: why}, nil
	}
	if !l.givesWay() {
		return nil, nil
	}
	for _, id := range slices.Backward(behind) {
		other, err := l.runner.Records.Deployment(ctx, id)
		why := ""
		if err == nil && other.Finished == nil {
			why = openings.GivesWay(l.at.Plan.Queue, l.at.Deployment, other, current)
		}
		if why != "" {
			_, err = l.runner.Records.Load(ctx, id) // what cannot be read is held, and takes nobody's turn
		}
		if _, corrupt := records.Corrupt(err); corrupt || pipelines.CodeOf(err) == pipelines.NotFound {
			continue
		}
		if err != nil || why != "" {
			return &graph.Superseded{By: id, Why: why}, err
		}
	}
	return nil, nil
}

// current is what is in the deployment's environment, where any rule asks for it.
func (l *look) current(ctx context.Context) (records.Current, error) {
	d := l.at.Deployment
	if !d.Automatic && !l.givesWay() {
		return records.Current{}, nil
	}
	return l.runner.Records.In(ctx, d.ProjectID, d.EnvironmentID)
}

// givesWay says whether those that wait give way to others at all.
func (l *look) givesWay() bool {
	return l.at.Plan.Queue == pipelines.QueueReplaceWaiting || l.at.Plan.Queue == pipelines.QueueSkipSuperseded
}

// tooOld says why no rule may go on with the deployment; "" if one may, or a
// person has asked for it.
func (l *look) tooOld(current records.Current) (by *pipelines.Deployment, why string) {
	d := l.at.Deployment
	if !d.Automatic {
		return nil, ""
	}
	return openings.TooOld(d.Release, d.Environment, current)
}

// decided says whether it is a person's decision that a deployment goes on which
// had given its place up: they answered last, took it up again, or cancelled it.
func decided(p plan.Plan, head graph.Head) bool {
	if head.Cancel != nil {
		return head.Cancel.Limit == 0
	}
	var last time.Time
	byPerson := false
	for i, s := range head.Steps {
		if p.Steps[i].Kind != plan.Ask || s.Started.IsZero() || s.Ended.IsZero() || s.Ended.Before(last) {
			continue
		}
		answered := s.Answer != nil && s.Answer.Via != overTime
		byPerson = answered || byPerson && s.Ended.Equal(last)
		last = s.Ended
	}
	if n := len(head.Resumed); n > 0 && !head.Resumed[n-1].At.Before(last) {
		return true
	}
	return byPerson
}

// overTime is the way of an answer that nobody gave: the time was over.
const overTime = "time"
