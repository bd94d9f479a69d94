package records

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/table"
)

// Also is what is written together with a turn: further changes, and the audit
// entries of what somebody did.
type Also struct {
	Told    []pipelines.Event
	Changes []Change
}

// Tell is Write together with the audit entries of what is changed: the one way
// in which an act of a person comes into the log. It is written with the act or
// not at all, at the end of its subject's chain.
//
// A conflict is one of the changes. Where only a chain has grown meanwhile, the
// same is written behind what it has grown by.
func (r *Records) Tell(ctx context.Context, told []pipelines.Event, changes ...Change) error {
	return r.tell(ctx, Also{told, changes})
}

// mostBehindOthers is how often a chain may grow before an entry comes to it.
const mostBehindOthers = 200

func (r *Records) tell(ctx context.Context, also Also) error {
	if len(also.Told) == 0 {
		return r.table.Write(ctx, also.Changes...)
	}
	err := r.enter(ctx, also)
	if err == nil {
		r.anchorAfter(ctx, also.Told[len(also.Told)-1].At)
	}
	return err
}

// enter writes changes with the entries of what they are.
func (r *Records) enter(ctx context.Context, also Also) error {
	for tries := 1; ; tries++ {
		entries, heads, err := r.linked(ctx, also)
		if err != nil {
			return err
		}
		err = r.table.Write(ctx, slices.Concat(also.Changes, entries)...)
		if !onlyOf(err, heads) || tries == mostBehindOthers || ctx.Err() != nil {
			return err
		}
	}
}

// onlyOf says whether an error is a conflict in which nothing but these keys was
// in the way.
func onlyOf(err error, keys []table.Key) bool {
	var conflict *table.ConflictError
	if !errors.As(err, &conflict) || len(conflict.Keys) == 0 {
		return false
	}
	return !slices.ContainsFunc(conflict.Keys, func(k table.Key) bool { return !slices.Contains(keys, k) })
}

// linked are the changes that put entries at the ends of their chains, and the
// keys of the chains' heads.
func (r *Records) linked(ctx context.Context, also Also) (changes []Change, heads []table.Key, err error) {
	var ends []chainEnd
	for _, e := range also.Told {
		at := slices.IndexFunc(ends, func(c chainEnd) bool { return c.key == headKey(e.Subject) })
		if at < 0 {
			end, err := r.chainEnd(ctx, e.Subject, also.Changes)
			if err != nil {
				return nil, nil, err
			}
			at, ends = len(ends), append(ends, end)
		}
		e.At = ends[at].behind(e.At)
		if err := r.settledAlready(ctx, e); err != nil {
			return nil, nil, err
		}
		linked, line, head := ends[at].head.Link(e)
		ends[at].head, ends[at].last = head, linked.At
		changes = append(changes, table.Create(entryKey(linked.At, linked.ID), line))
	}
	for _, end := range ends {
		changes, heads = append(changes, end.change()), append(heads, end.key)
	}
	return changes, heads, nil
}

// chainEnd is where a chain ends, as it was read.
type chainEnd struct {
	key      table.Key
	head     auditlog.Head
	revision int64     // 0: there is no chain yet
	last     time.Time // of the newest entry that this very write brings, zero for none
}

// behind is when an entry is dated that follows others of the same write: after
// them, so that no list shows an effect before its cause.
func (c chainEnd) behind(at time.Time) time.Time {
	if at.After(c.last) {
		return at
	}
	return c.last.Add(time.Nanosecond)
}

// chainEnd reads the end of a subject's chain. A deployment that begins with
// these very changes has none, and nobody is asked.
func (r *Records) chainEnd(ctx context.Context, subject string, with []Change) (chainEnd, error) {
	end := chainEnd{key: headKey(subject), head: auditlog.Head{Subject: subject}}
	if slices.ContainsFunc(with, func(c Change) bool { return c.If.Absent && c.Key == recordKey(subject) }) {
		return end, nil
	}
	head, revision, there, err := get[auditlog.Head](ctx, r, end.key)
	if damaged, is := Corrupt(err); is {
		if head, err = r.lastOf(ctx, subject); err == nil && r.Troubled != nil {
			r.Troubled("go on behind the last entry of a chain whose end cannot be read", damaged)
		}
		there = true
	}
	if err != nil || !there {
		return end, err
	}
	head.Subject = subject
	end.head, end.revision = head, revision
	return end, nil
}

// lastOf is where a chain ends by its own entries. It reads the whole log, which
// is needed only where the row is damaged that says it, and that row is written
// anew with the next entry: nobody is kept from signing in by it.
func (r *Records) lastOf(ctx context.Context, subject string) (last auditlog.Head, err error) {
	for line, err := range r.AuditLines(ctx, AuditSpan{}) {
		if err != nil {
			return last, err
		}
		var h auditlog.Head
		if json.Unmarshal(line.Line, &h) == nil && h.Subject == subject && h.Number > last.Number {
			last = h
		}
	}
	return last, nil
}

func (c chainEnd) change() Change {
	if c.revision == 0 {
		return table.Create(c.key, encode(c.head))
	}
	return table.Replace(c.key, encode(c.head), c.revision)
}

// headKey is where a subject's chain ends. What somebody has typed may be a
// subject, like the name of a file, so it is not a key as it is.
func headKey(subject string) table.Key {
	if k := key("audit-head", subject); k.Check() == nil && !strings.HasPrefix(subject, "sha256:") {
		return k
	}
	return key("audit-head", "sha256:"+auditlog.HashOf([]byte(subject)))
}

func entryKey(at time.Time, id string) table.Key { return key("audit", moment(at), id) }

// moment writes a time so that keys sort as times do.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// Weight is how many changes, and at most how many bytes, a write becomes larger
// by what it tells.
func Weight(told []pipelines.Event) (changes, bytes int) {
	for _, e := range told {
		bytes += len(encode(e)) + 1000 // its links, keys and head
	}
	return 2 * len(told), bytes
}
