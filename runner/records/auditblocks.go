package records

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// The log is cut into blocks of entries, oldest first, each with a row under the
// key of its last entry: what does not occur in it. The rows are derived from the
// entries when somebody looks for something, so that no act pays for them and
// logs from before there were any have them, too; what is not in a block yet is
// looked through.
//
// A block is made only of what is so far behind the last anchor that nothing is
// dated there any more. Should that happen all the same, when a clock was set
// back, the block is told before the entry is written.
const (
	blockEntries = 500
	blockTokens  = 5000 // a block ends early that has more
	blockMargin  = time.Hour
	// blockRows are written at once.
	blockRows = 20
)

const auditBlocks = "audit-blocks"

// SettleAudit makes the blocks that are missing, until it has had enough. It is
// called before something rare is looked for, and as a rule has nothing to do.
func (r *Records) SettleAudit(ctx context.Context, now time.Time, enough func() bool) error {
	if !r.blocks.due(now) {
		return nil
	}
	state, _, there, err := orNone[anchorState](ctx, r, anchorKey)
	if err != nil || !there {
		return err
	}
	page, err := r.table.Query(ctx, table.Range{Partition: auditBlocks, Descending: true, Limit: 1})
	if err != nil {
		return err
	}
	last := ""
	if len(page.Items) > 0 {
		last = page.Items[0].Key.Sort
	}
	for {
		rows, end, err := r.nextBlocks(ctx, last, state.Until.Add(-blockMargin), enough)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := r.table.Write(ctx, rows...); err != nil {
			if Conflict(err) {
				return nil // somebody else makes them
			}
			return err
		}
		if last = end; enough() {
			r.blocks.again() // whoever looks next goes on
			return nil
		}
	}
}

// again lets the next one do it at once.
func (s *seldom) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Time{}
}

// nextBlocks are the rows of some blocks behind an entry, and the last entry in
// them.
func (r *Records) nextBlocks(ctx context.Context, behind string, until time.Time, enough func() bool) (rows []Change, end string, err error) {
	var block newBlock
	span := table.Range{Partition: "audit", After: behind, Before: moment(until), Limit: auditPage}
	for item, err := range table.All(ctx, r.table, span) {
		if err != nil {
			return nil, "", err
		}
		if !block.add(item) {
			continue
		}
		rows, end = append(rows, table.Create(table.Key{Partition: auditBlocks, Sort: item.Key.Sort}, r.packed(encode(block.marks())))), item.Key.Sort
		if block = (newBlock{}); len(rows) == blockRows || enough() {
			break
		}
	}
	return rows, end, nil
}

// newBlock gathers what a block's marks are made of.
type newBlock struct {
	entries    int
	categories []string
	known      map[string]bool
	tokens     map[token]struct{}
}

// add takes an entry and says whether the block is full.
func (b *newBlock) add(item table.Item) (full bool) {
	if b.tokens == nil {
		b.known, b.tokens = map[string]bool{}, map[token]struct{}{}
	}
	b.entries++
	var e pipelines.Event
	if line, err := unpacked(item.Value); err == nil && json.Unmarshal(line, &e) == nil { // a damaged one is nobody's
		if !b.known[e.Category] {
			b.known[e.Category], b.categories = true, append(b.categories, e.Category)
		}
		tokensOf(e, b.tokens)
	}
	return b.entries == blockEntries || len(b.tokens) >= blockTokens
}

func (b *newBlock) marks() AuditMarks { return marksOf(b.entries, b.categories, b.tokens) }

// settledAlready tells the block of an entry that is dated where blocks are made
// that it will be there. A block that is told of an entry which then is not
// written is only read in vain.
func (r *Records) settledAlready(ctx context.Context, e pipelines.Event) error {
	if !e.At.Before(r.anchors.reached().Add(-blockMargin)) {
		return nil
	}
	return again(ctx, func() error {
		page, err := r.table.Query(ctx, table.Range{Partition: auditBlocks, From: entryKey(e.At, e.ID).Sort, Limit: 1})
		if err != nil || len(page.Items) == 0 {
			return err // in no block yet
		}
		var marks AuditMarks
		if decode(page.Items[0], &marks) != nil || marks.Format != marksFormat || len(marks.Bits) == 0 {
			return nil // it rules out nothing
		}
		return r.table.Write(ctx, table.Replace(page.Items[0].Key, r.packed(encode(marks.with(e))), page.Items[0].Revision))
	})
}

// stretch is a part of a span: the entries behind a key, "" for all that is left.
type stretch struct {
	behind string
	marks  AuditMarks
}

// stretches are the parts of a span, newest first: what is in no block yet, then
// the blocks.
func (r *Records) stretches(ctx context.Context, s AuditSpan) iter.Seq2[stretch, error] {
	rows := table.Range{Partition: auditBlocks, Descending: true, Limit: 100}
	if !s.Since.IsZero() {
		rows.From = moment(s.Since)
	}
	return func(yield func(stretch, error) bool) {
		next, err := r.newestOf(ctx, s, &rows)
		if err != nil {
			yield(next, err)
			return
		}
		for item, err := range table.All(ctx, r.table, rows) {
			next.behind = item.Key.Sort
			if !yield(next, err) || err != nil {
				return
			}
			next = stretch{marks: r.marks(item)}
		}
		yield(next, nil)
	}
}

// newestOf is the part with which a span begins, and lets the rows begin behind
// it.
func (r *Records) newestOf(ctx context.Context, s AuditSpan, rows *table.Range) (first stretch, err error) {
	if !s.Until.IsZero() {
		rows.Before = moment(s.Until)
	}
	if s.After != "" && (rows.Before == "" || s.After < rows.Before) {
		rows.Before = s.After
	}
	if rows.Before == "" {
		return first, nil
	}
	covering, err := r.table.Query(ctx, table.Range{Partition: auditBlocks, From: rows.Before, Limit: 1})
	if err == nil && len(covering.Items) > 0 {
		first.marks = r.marks(covering.Items[0])
	}
	return first, err
}

// marks are what a row says; one that cannot be read rules out nothing.
func (r *Records) marks(item table.Item) AuditMarks {
	marks, err := r.shownMarks.decode(item)
	if err != nil {
		return AuditMarks{}
	}
	return marks
}
