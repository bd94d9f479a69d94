package graph

import (
	"fmt"
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

// limitAlarm is named after when the clock began to go: each time it does, the
// limit is another one.
func limitAlarm(since time.Time) string { return fmt.Sprintf("limit-%d", since.UnixNano()) }

func (t *turn) limitRang(name string) bool {
	at, limited := t.limit()
	if !limited || t.at.Before(at) || name != limitAlarm(t.state.Head.Since) {
		return false
	}
	limit := spoken(time.Duration(t.plan.Timeout))
	t.stop(Cancel{At: t.at, Called: "the time limit of " + limit, Limit: t.plan.Timeout})
	return true
}

// overLimit is what a deployment says that was stopped by its limit.
func overLimit(limit task.Duration) string {
	return "it took longer than " + spoken(time.Duration(limit))
}
