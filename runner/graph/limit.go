package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// The law of the time limit: a deployment's clock stands still while it waits
// for its place or for people. When the limit is reached, it is stopped as by a
// cancel, and has failed.

// count keeps the clock, and when a host was last touched.
func (t *turn) count(before Head) {
	head := &t.state.Head
	if beginsTask(t.effects) {
		head.Touched = t.at
	}
	if t.plan.Timeout == 0 {
		return
	}
	runs := head.Status == pipelines.Running || head.Status == pipelines.Cancelling
	switch {
	case runs && head.Since.IsZero():
		head.Since = t.at
	case !runs && !head.Since.IsZero():
		head.Worked += max(0, t.at.Sub(head.Since))
		head.Since = time.Time{}
	}
}

// limit is when the time is over, if the clock goes on.
func (t *turn) limit() (time.Time, bool) {
	head := &t.state.Head
	if t.plan.Timeout == 0 || head.Since.IsZero() || head.Cancel != nil {
		return time.Time{}, false
	}
	return head.Since.Add(time.Duration(t.plan.Timeout) - head.Worked), true
}

// overLimit stops the deployment.
func (t *turn) overLimit() {
	t.stop(Cancel{At: t.at, Called: "the time limit of " + spoken(t.plan.Timeout), Limit: t.plan.Timeout})
}

// tookLonger is what is said of a deployment that was stopped by its limit.
func tookLonger(limit task.Duration) string {
	return "it took longer than " + spoken(limit)
}

// spoken is a duration as people write it: 48h, 1h30m.
func spoken(d task.Duration) string { return pipelines.Duration(d).String() }
