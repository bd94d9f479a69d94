package records_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/blobs"
	"slipway/runner/diskblobs"
	"slipway/runner/records"
)

// act tells of something so many minutes after noon.
func (k *kit) act(subject string, minutes int) {
	k.t.Helper()
	at := noon.Add(time.Duration(minutes) * time.Minute)
	k.must(k.Tell(k.t.Context(), []pipelines.Event{{ID: "act-" + at.Format("150405") + subject, At: at, Category: "Made", Subject: subject}}))
}

func (k *kit) anchorsKept() []string {
	k.t.Helper()
	list, err := k.blobs.List(k.t.Context(), records.AnchorBlobs, "", 0)
	k.must(err)
	var out []string
	for _, b := range list {
		body, _, err := k.blobs.Get(k.t.Context(), b.Name)
		k.must(err)
		text, err := io.ReadAll(body)
		k.must(err)
		_ = body.Close()
		if claimed, has := auditlog.Claimed([]byte(strings.TrimSuffix(string(text), "\n"))); claimed == "" || claimed != has || !strings.Contains(b.Name, claimed[:16]) {
			k.t.Errorf("the object %s holds %s", b.Name, text)
		}
		out = append(out, string(text))
	}
	return out
}

// TestAnchorsComeWithTheFirstActAfterAnHour, and hold the chains that moved.
func TestAnchorsComeWithTheFirstActAfterAnHour(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.act("Projects-1", 0)
	k.act("Users-1", 30)
	k.act("Projects-1", 59)
	if n := len(k.chain(auditlog.OwnChain)); n != 0 {
		t.Fatalf("%d anchors within the first hour", n)
	}
	k.act("Projects-1", 61)
	k.act("Projects-2", 62)
	k.act("Projects-2", 200)
	anchors := k.chain(auditlog.OwnChain)
	if len(anchors) != 2 || len(k.anchorsKept()) != 2 {
		t.Fatalf("%d anchors, %d objects, want 2 of each", len(anchors), len(k.anchorsKept()))
	}
	held := func(e pipelines.Event) map[string]int64 {
		out := map[string]int64{}
		for _, h := range auditlog.Heads(e) {
			out[h.Subject] = h.Number
		}
		return out
	}
	if first := held(anchors[0]); len(first) != 2 || first["Projects-1"] != 3 || first["Users-1"] != 1 {
		t.Errorf("the first anchor holds %v", first)
	}
	if second := held(anchors[1]); second["Projects-2"] != 2 || second["Users-1"] != 0 {
		t.Errorf("the second anchor holds %v", second)
	}
}

// closedBlobs takes nothing.
type closedBlobs struct{ blobs.Blobs }

var errClosed = errors.New("the bucket is closed")

func (closedBlobs) Put(context.Context, string, io.Reader) (blobs.Info, error) {
	return blobs.Info{}, errClosed
}

// TestAnAnchorThatCannotBeKeptIsKeptWithTheNext; the act is done all the same.
func TestAnAnchorThatCannotBeKeptIsKeptWithTheNext(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	open := k.Records
	k.act("Projects-1", 0)
	var heard []error
	k.Records = records.New(k.table, closedBlobs{k.blobs})
	k.Troubled = func(_ string, err error) { heard = append(heard, err) }
	k.act("Projects-1", 61)
	if len(heard) != 1 || !errors.Is(heard[0], errClosed) || len(k.anchorsKept()) != 0 || len(k.chain("Projects-1")) != 2 {
		t.Fatalf("heard %v, kept %d, the chain has %d entries", heard, len(k.anchorsKept()), len(k.chain("Projects-1")))
	}
	k.Records = open
	k.act("Projects-1", 180)
	if got := len(k.anchorsKept()); got != 2 || len(k.chain(auditlog.OwnChain)) != 2 {
		t.Errorf("%d anchors are kept, want both", got)
	}
}

// TestALargeHourIsSeveralAnchors, each small enough to be stored.
func TestALargeHourIsSeveralAnchors(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const chains = 2000
	for n := 0; n < chains; n += 40 {
		var told []pipelines.Event
		for i := range 40 {
			told = append(told, pipelines.Event{ID: strings.Repeat("x", 10) + time.Duration(n+i).String(), At: noon.Add(time.Duration(n+i) * time.Second / 2), Category: "Made", Subject: "Deployments-" + time.Duration(n+i).String()})
		}
		k.must(k.Tell(t.Context(), told))
	}
	k.act("Projects-1", 90)
	heads := 0
	anchors := k.chain(auditlog.OwnChain)
	for _, e := range anchors {
		heads += len(auditlog.Heads(e))
	}
	if len(anchors) < 3 || heads != chains+1 {
		t.Errorf("%d anchors hold %d heads, want %d in several", len(anchors), heads, chains+1)
	}
}

// TestAnchorsHaveAPlaceOfTheirOwn where there is one, like a bucket that is locked.
func TestAnchorsHaveAPlaceOfTheirOwn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	apart, err := diskblobs.Open(t.TempDir())
	k.must(err)
	k.Anchors = apart
	k.act("Projects-1", 0)
	k.act("Projects-1", 61)
	if kept := k.anchorsKept(); len(kept) != 0 {
		t.Errorf("%d anchors are with the other blobs", len(kept))
	}
	if kept, err := apart.List(t.Context(), records.AnchorBlobs, "", 0); err != nil || len(kept) != 1 {
		t.Errorf("%d anchors are at their own place, %v; want one", len(kept), err)
	}
}

// TestAnchorNow anchors what there is, also shortly after the last anchor, and again
// what came since.
func TestAnchorNow(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.act("Projects-1", 0)
	k.act("Users-1", 1)
	held := map[string]int64{}
	anchor := func(minutes int) {
		t.Helper()
		k.must(k.AnchorNow(t.Context(), noon.Add(time.Duration(minutes)*time.Minute)))
		clear(held)
		anchors := k.chain(auditlog.OwnChain)
		for _, h := range auditlog.Heads(anchors[len(anchors)-1]) {
			held[h.Subject] = h.Number
		}
	}
	if anchor(5); len(held) != 2 || held["Projects-1"] != 1 || held["Users-1"] != 1 {
		t.Errorf("the first anchor holds %v", held)
	}
	k.act("Projects-1", 10)
	k.act("Projects-2", 11)
	if anchor(12); held["Projects-1"] != 2 || held["Projects-2"] != 1 || held["Users-1"] != 0 {
		t.Errorf("the second anchor holds %v", held)
	}
	if kept := k.anchorsKept(); len(kept) != 2 {
		t.Errorf("%d anchors are kept, want 2", len(kept))
	}
}
