// Package records is every read and write we do, typed: it lays out keys,
// encodes values and keeps revisions, and asks nobody whether they may.
//
// The reads it is laid out for:
//
//	one noun by id; all nouns of a kind; a noun by name
//	a package version; all versions of a package; all package ids
//	a version fetched from a feed; all of a package fetched from a feed
//	what is known of asking a feed; of all feeds that are asked; a feed's webhook
//	the last arrival under a name; the newest arrivals
//	a release by id; the releases of a project, newest first
//	the highest number of a project's releases
//	the releases that have chosen a version of a package, newest first
//	a deployment by id; the deployments of a project, newest first
//	the deployments of a release, newest first; the newest in each environment
//	whether anything has changed that a dashboard shows
//	what is in each environment of a project (dashboard)
//	which deployments are alive (recovery)
//	who holds the place of a project and environment, and who waits
//	one deployment's newest state; its whole journal
//	which claims others hold; a link, a session or an API key by its hash
//	the audit log, newest first; how far each of its chains has come
//	which blocks of the audit log something rare may be in
//
// The idea to know: a deployment moves only by Turn, which writes one new item
// under a revision that nobody has written before. The highest revision is the
// state, all revisions are the journal, the revision is the lock. Index rows
// are written together with what they index.
package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/env"
	"slipway/runner/table"
)

// Records reads and writes.
type Records struct {
	// Env is how two reads go on beside each other; the zero one will do.
	Env env.Env
	// Troubled hears of what went wrong beside an act that is done; nil: nobody.
	Troubled func(doing string, err error)
	// Anchors is where the audit log's anchors are kept; nil: with the other blobs.
	Anchors blobs.Blobs

	table table.Table
	blobs blobs.Blobs

	plans    recent[*planned]
	written  written
	asked    askedBefore
	journals recent[journal]
	results  recent[Result]
	targets  decodedTargets
	anchors  anchorTimes
	blocks   seldom
	// complained has the keys of the damaged rows that Troubled has heard of.
	complained sync.Map

	shownProjects decodings[pipelines.Project]
	shownTargets  decodings[pipelines.Target]
	shownCurrent  decodings[Current]
	shownHeads    decodings[ReleaseHead]
	shownMarks    decodings[AuditMarks]
	headlines     decodings[headed]
}

// New makes Records over a table and a blob store.
func New(t table.Table, b blobs.Blobs) *Records { return &Records{table: t, blobs: b} }

// Change is one change to be written together with others; this package makes
// them, callers only pass them on.
type Change = table.Change

// Write does the changes at once or none.
func (r *Records) Write(ctx context.Context, changes ...Change) error {
	return r.table.Write(ctx, changes...)
}

// Conflict says whether an error means that somebody else was faster.
func Conflict(err error) bool { return errors.Is(err, table.ErrConflict) }

// TooLarge says whether the store refused a request for its size or form.
func TooLarge(err error) bool { return errors.Is(err, table.ErrInvalid) }

func missing(err error) bool { return errors.Is(err, table.ErrNotFound) }

func key(partition string, sort ...string) table.Key {
	return table.Key{Partition: partition, Sort: strings.Join(sort, "/")}
}

// get reads one item; false where there is none.
func get[T any](ctx context.Context, r *Records, k table.Key) (value T, revision int64, ok bool, err error) {
	item, err := r.table.Get(ctx, k)
	if missing(err) || TooLarge(err) { // what cannot be a key is nowhere
		return value, 0, false, nil
	}
	if err != nil {
		return value, 0, false, err
	}
	if err := decode(item, &value); err != nil {
		return value, item.Revision, false, err
	}
	return value, item.Revision, true, nil
}

// orNone is get for what is about to be written anew: what cannot be read is as
// if nothing had been said there, so that a damaged row which belongs to many
// deployments ends with the next of them.
func orNone[T any](ctx context.Context, r *Records, k table.Key) (value T, revision int64, there bool, err error) {
	value, revision, there, err = get[T](ctx, r, k)
	if _, damaged := Corrupt(err); damaged {
		var none T
		return none, revision, true, nil
	}
	return value, revision, there, err
}

// all reads every item of a range.
func all[T any](ctx context.Context, r *Records, span table.Range) ([]T, error) {
	var out []T
	limit := span.Limit
	for {
		page, err := r.table.Query(ctx, span)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var v T
			if err := decode(item, &v); err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		if page.Next == "" || limit > 0 && len(out) >= limit {
			return out, nil
		}
		span.After = page.Next
		if limit > 0 { // a page may end before its limit
			span.Limit = limit - len(out)
		}
	}
}

// encode writes a value; everything we store is made of plain structs, so that
// it cannot fail but by our own mistake.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("value of type %T cannot be stored: %v", v, err))
	}
	return b
}

// decode reads an item's value; a *CorruptError is one that cannot be read.
func decode(item table.Item, into any) error {
	b, err := unpacked(item.Value)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return corrupt(item.Key.String(), err)
	}
	return nil
}

// again repeats a write that others may get in the way of.
func again(ctx context.Context, write func() error) error {
	for range 50 {
		err := write()
		if !Conflict(err) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "too many people change the same thing at this moment: try again")
}

// next reads a counter and gives its next value with the change that takes it.
func (r *Records) next(ctx context.Context, kind string) (int, Change, error) {
	k := key("counters", kind)
	n, revision, ok, err := get[int](ctx, r, k)
	if err != nil {
		return 0, Change{}, err
	}
	if !ok {
		return 1, table.Create(k, encode(1)), nil
	}
	return n + 1, table.Replace(k, encode(n+1), revision), nil
}
