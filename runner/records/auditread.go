package records

import (
	"context"
	"iter"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// AuditSpan is a part of the audit log: entries since one moment and before
// another, each zero for none. After is the Key of an AuditLine to go on behind.
type AuditSpan struct {
	Since, Until time.Time
	After        string
}

// AuditLine is an entry as it is stored, which is how it is exported.
type AuditLine struct {
	Key  string
	Line []byte
}

// auditPage is how many entries are read at once.
const auditPage = 500

// AuditLines are the stored entries of a span, newest first.
func (r *Records) AuditLines(ctx context.Context, s AuditSpan) iter.Seq2[AuditLine, error] {
	span := table.Range{Partition: "audit", Descending: true, Limit: auditPage, After: s.After}
	if !s.Since.IsZero() {
		span.From = moment(s.Since)
	}
	if !s.Until.IsZero() {
		span.Before = moment(s.Until)
	}
	return func(yield func(AuditLine, error) bool) {
		for item, err := range table.All(ctx, r.table, span) {
			line := AuditLine{Key: item.Key.Sort}
			if err == nil {
				line.Line, err = unpacked(item.Value)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// AuditLog are entries, newest first, before a moment (zero: now), at most
// limit.
func (r *Records) AuditLog(ctx context.Context, before time.Time, limit int) ([]pipelines.Event, error) {
	span := table.Range{Partition: "audit", Descending: true, Limit: limit}
	if !before.IsZero() {
		span.Before = moment(before)
	}
	return all[pipelines.Event](ctx, r, span)
}
