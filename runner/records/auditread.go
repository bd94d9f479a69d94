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
		for item, err := range r.allAhead(ctx, span) {
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

// allAhead is table.All for long ways: behind the first page, which is enough for
// most, the next one is read while the caller looks at the one before.
func (r *Records) allAhead(ctx context.Context, span table.Range) iter.Seq2[table.Item, error] {
	return func(yield func(table.Item, error) bool) {
		read := func() (table.Page, error) { return r.table.Query(ctx, span) }
		for first := true; ; first = false {
			page, err := read()
			if err != nil {
				yield(table.Item{}, err)
				return
			}
			if span.After = page.Next; span.After != "" && !first {
				read = r.beginRead(ctx, span)
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
		}
	}
}

// beginRead begins to read a page, which is asked for once.
func (r *Records) beginRead(ctx context.Context, span table.Range) func() (table.Page, error) {
	var page table.Page
	var failure error
	there := r.Env.Signal()
	r.Env.Go(func() {
		defer there.Raise()
		page, failure = r.table.Query(ctx, span)
	})
	return func() (table.Page, error) {
		if err := there.Wait(ctx); err != nil {
			return table.Page{}, err
		}
		return page, failure
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
