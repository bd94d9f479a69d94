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
	return r.auditLines(ctx, s.keys())
}

// keys is the range of a span.
func (s AuditSpan) keys() table.Range {
	span := table.Range{Partition: "audit", Descending: true, Limit: auditPage, After: s.After}
	if !s.Since.IsZero() {
		span.From = moment(s.Since)
	}
	if !s.Until.IsZero() {
		span.Before = moment(s.Until)
	}
	return span
}

// AuditLinesFor are the stored entries of a span among which all are that are
// asked for, newest first. In place of entries that are passed by there is one line
// without a Line, and a Key to go on behind.
func (r *Records) AuditLinesFor(ctx context.Context, s AuditSpan, asked AuditAsked) iter.Seq2[AuditLine, error] {
	if asked.Whole() {
		return r.AuditLines(ctx, s)
	}
	return func(yield func(AuditLine, error) bool) {
		for run, err := range r.runs(ctx, s, asked) {
			if err != nil {
				yield(AuditLine{}, err)
				return
			}
			if run.passed {
				if run.from != "" && !yield(AuditLine{Key: run.from}, nil) {
					return
				}
				continue
			}
			for line, err := range r.auditLines(ctx, run.of(s)) {
				if !yield(line, err) || err != nil {
					return
				}
			}
		}
	}
}

func (r *Records) auditLines(ctx context.Context, span table.Range) iter.Seq2[AuditLine, error] {
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

// run is a part of a span that is read in one go, or passed by: the entries from
// one key on and before another, each "" where the span itself ends.
type run struct {
	from, before string
	passed       bool
}

// of is the range of a run.
func (n run) of(s AuditSpan) table.Range {
	span := s.keys()
	span.From = max(span.From, n.from)
	if n.before != "" {
		span.Before, span.After = n.before, ""
	}
	return span
}

// runStretches is how many stretches are read in one go.
const runStretches = 10

// runs are the parts of a span, newest first: neighbours that are both read, or
// both passed by, are one.
func (r *Records) runs(ctx context.Context, s AuditSpan, asked AuditAsked) iter.Seq2[run, error] {
	return func(yield func(run, error) bool) {
		var now run
		of := 0
		for part, err := range r.stretches(ctx, s) {
			if err != nil {
				yield(run{}, err)
				return
			}
			passed := !part.marks.MayHold(asked)
			if of > 0 && (passed != now.passed || of == runStretches) {
				if !yield(now, nil) {
					return
				}
				now, of = run{before: now.from}, 0
			}
			now.from, now.passed = "", passed
			if of++; part.behind != "" {
				now.from = justBehind(part.behind)
			}
		}
		yield(now, nil)
	}
}

// justBehind is a key between an entry and the next one.
func justBehind(entry string) string { return entry + "\x01" }

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
