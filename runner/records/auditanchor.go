package records

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/blobs"
	"slipway/runner/table"
)

// Anchors hold the chains together: an entry that says how far each chain has
// come which moved since the last anchor, kept as an object as well. They are
// written with the first audited act an hour or more after the last one, so that
// nothing has to run when nothing happens; and before each export, so that it
// holds the ends of all its chains itself.
const (
	anchorEvery = time.Hour
	anchorAgain = time.Minute // after one that went wrong

	// anchorPatience bounds what the act waits for it.
	anchorPatience = 5 * time.Second
	// mostAnchored is how many entries one act looks through; what is left is the
	// next one's.
	mostAnchored = 5000
	// anchorOverlap is how far clocks may differ: that much is looked at twice.
	anchorOverlap = time.Minute
	// mostOwed is how many objects are still tried to be kept.
	mostOwed = 100
)

// AnchorBlobs is where the objects of anchors are kept.
const AnchorBlobs = "anchors/"

// anchorTimes is when this process looks next whether an anchor is due, and up to
// when it knows the log to be anchored.
type anchorTimes struct {
	seldom
	until time.Time
}

func (t *anchorTimes) set(next time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next, t.until = next, next.Add(-anchorEvery)
}

func (t *anchorTimes) reached() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until
}

// seldom is when this process does something next that is done now and then.
type seldom struct {
	mu   sync.Mutex
	next time.Time
}

// due says whether it is time. Whoever is told so is the only one for a minute.
func (s *seldom) due(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.next) {
		return false
	}
	s.next = now.Add(anchorAgain)
	return true
}

// anchorState is up to when the log is anchored, and which entries may not be
// kept as objects yet.
type anchorState struct {
	Until time.Time `json:"until"`
	Owed  []string  `json:"owed,omitempty"` // sort keys of entries
}

var anchorKey = key("meta", "audit-anchor")

// anchorAfter writes an anchor if the act that was just written is the first
// after an hour. The act is done whatever comes of it.
func (r *Records) anchorAfter(ctx context.Context, now time.Time) {
	if !r.anchors.due(now) {
		return
	}
	ctx, stop := context.WithTimeout(ctx, anchorPatience)
	defer stop()
	until, unkept, err := r.anchor(ctx, now, anchorEvery)
	if err = cmp.Or(err, unkept); err == nil {
		r.anchors.set(until.Add(anchorEvery))
	} else if !Conflict(err) && r.Troubled != nil { // else somebody else has just written it
		r.Troubled("anchor the audit log", err)
	}
}

// mostAnchorsBeside is how often others may write an anchor meanwhile.
const mostAnchorsBeside = 20

// AnchorNow anchors all that is in the log, however short ago the last anchor was.
// An object that cannot be kept is kept with the next anchor.
func (r *Records) AnchorNow(ctx context.Context, now time.Time) error {
	for beside := 0; ; {
		until, unkept, err := r.anchor(ctx, now, 0)
		if unkept != nil && r.Troubled != nil {
			r.Troubled("keep an anchor of the audit log", unkept)
		}
		switch {
		case Conflict(err) && beside < mostAnchorsBeside:
			beside++
		case err != nil:
			return err
		case !until.Before(now):
			r.anchors.set(until.Add(anchorEvery))
			return nil
		}
	}
}

// anchor writes an anchor if so much time is over since the last one, and says up
// to when the log is anchored then. unkept is why an object could not be kept.
func (r *Records) anchor(ctx context.Context, now time.Time, every time.Duration) (until time.Time, unkept, err error) {
	state, revision, there, err := orNone[anchorState](ctx, r, anchorKey)
	if err == nil && state.Until.IsZero() {
		state.Until, err = r.firstAudited(ctx, now)
	}
	if err != nil || now.Before(state.Until.Add(every)) || !now.After(state.Until) {
		return state.Until, nil, err
	}
	heads, until, err := r.movedSince(ctx, state.Until, now)
	if err != nil {
		return until, nil, err
	}
	owed, troubles := r.keepAnchors(ctx, state.Owed)
	var told []pipelines.Event
	by := pipelines.System("audit")
	for i, text := range auditlog.Anchors(heads) {
		told = append(told, pipelines.Event{
			ID: fmt.Sprintf("anchor-%d-%d", until.UnixNano(), i), At: now.Add(time.Duration(i)), Category: auditlog.Anchored, Subject: auditlog.OwnChain,
			UserID: by.UserID, Username: by.Username, Via: by.Via,
			Message: fmt.Sprintf("anchored %d chains as they stood at %s", strings.Count(text, "\n"), until.UTC().Format(time.RFC3339)),
			Details: map[string]string{"heads": text},
		})
	}
	var fresh []string
	for _, e := range told {
		fresh = append(fresh, entryKey(e.At, e.ID).Sort)
	}
	owed = append(owed, fresh...)
	state = anchorState{Until: until, Owed: owed[max(0, len(owed)-mostOwed):]}
	written := table.Create(anchorKey, encode(state))
	if there {
		written = table.Replace(anchorKey, encode(state), revision)
	}
	if err := r.enter(ctx, Also{Told: told, Changes: []Change{written}}); err != nil {
		return until, nil, err
	}
	_, more := r.keepAnchors(ctx, fresh) // what fails is owed, and tried again with the next
	return until, errors.Join(troubles, more), nil
}

// firstAudited is when the log begins.
func (r *Records) firstAudited(ctx context.Context, now time.Time) (time.Time, error) {
	page, err := r.table.Query(ctx, table.Range{Partition: "audit", Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return now, err
	}
	at, _, _ := strings.Cut(page.Items[0].Key.Sort, "/")
	first, err := time.Parse("2006-01-02T15:04:05.000000000Z", at)
	if err != nil || first.After(now) {
		return now, nil
	}
	return first, nil
}

// movedSince are the heads of the chains that have entries since a moment, and up
// to when that was looked for.
func (r *Records) movedSince(ctx context.Context, since, now time.Time) (heads []auditlog.Head, until time.Time, err error) {
	newest := map[string]auditlog.Head{}
	seen := 0
	span := table.Range{Partition: "audit", From: moment(since.Add(-anchorOverlap)), Limit: auditPage}
	until = now
	for item, err := range table.All(ctx, r.table, span) {
		if err != nil {
			return nil, until, err
		}
		var e struct {
			At time.Time `json:"at"`
			auditlog.Head
		}
		if json.Unmarshal(item.Value, &e) != nil || e.Number == 0 {
			continue // from before the chains, or damaged
		}
		if e.Number > newest[e.Subject].Number {
			newest[e.Subject] = e.Head
		}
		if seen++; seen >= mostAnchored && e.At.After(since) {
			until = e.At
			break
		}
	}
	for _, h := range newest {
		heads = append(heads, h)
	}
	slices.SortFunc(heads, func(a, b auditlog.Head) int { return cmp.Compare(a.Subject, b.Subject) })
	return heads, until, nil
}

// keepAnchors keeps entries as objects, and returns those that could not be.
func (r *Records) keepAnchors(ctx context.Context, owed []string) (left []string, err error) {
	for _, sort := range owed {
		if failure := r.keepAnchor(ctx, sort); failure != nil {
			left, err = append(left, sort), errors.Join(err, failure)
		}
	}
	return left, err
}

func (r *Records) keepAnchor(ctx context.Context, sort string) error {
	item, err := r.table.Get(ctx, table.Key{Partition: "audit", Sort: sort})
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	hash, _ := auditlog.Claimed(item.Value)
	at, _, _ := strings.Cut(sort, ".")
	name := AnchorBlobs + strings.ReplaceAll(at, ":", "-") + "Z-" + hash[:min(16, len(hash))] + ".json"
	store := r.blobs
	if r.Anchors != nil {
		store = r.Anchors
	}
	_, err = store.Put(ctx, name, bytes.NewReader(append(item.Value, '\n')))
	if errors.Is(err, blobs.ErrExists) {
		return nil
	}
	return err
}
