package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Audit is the change that adds an entry to the audit log.
func Audit(e pipelines.Event) Change {
	return table.Create(key("audit", e.At.UTC().Format("2006-01-02T15:04:05.000000000Z"), e.ID), encode(e))
}

// Tell is Write together with the audit entries of what is changed: the one way
// in which an act of a person comes into the log. It is written with the act or
// not at all.
func (r *Records) Tell(ctx context.Context, told []pipelines.Event, changes ...Change) error {
	for _, e := range told {
		changes = append(changes, Audit(e))
	}
	return r.Write(ctx, changes...)
}

// AuditLog are entries, newest first, before a moment (zero: now), at most
// limit.
func (r *Records) AuditLog(ctx context.Context, before time.Time, limit int) ([]pipelines.Event, error) {
	span := table.Range{Partition: "audit", Descending: true, Limit: limit}
	if !before.IsZero() {
		span.Before = before.UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	return all[pipelines.Event](ctx, r, span)
}
