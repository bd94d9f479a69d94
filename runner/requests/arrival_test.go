package requests_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// bucket is one with versions: keys and versions lead to bytes.
type bucket struct {
	mu     sync.Mutex
	held   map[string][]byte
	store  blobs.Blobs
	opened int
	broken error
}

func (b *bucket) Open(_ context.Context, key, version string) (requests.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opened++
	content, ok := b.held[key+"@"+version]
	if !ok {
		return nil, fmt.Errorf("%s: %w", key, blobs.ErrNotFound)
	}
	return &object{bytes.NewReader(content), b}, nil
}

func (b *bucket) Copy(ctx context.Context, o requests.Object, name, sha256 string) (blobs.Info, error) {
	if b.broken != nil {
		return blobs.Info{}, b.broken
	}
	info, err := b.store.Put(ctx, name, io.NewSectionReader(o, 0, o.Size()))
	if err == nil && info.SHA256 != sha256 {
		err = fmt.Errorf("copied %s, want %s", info.SHA256, sha256)
	}
	return info, err
}

type object struct {
	*bytes.Reader
	in *bucket
}

func (o *object) Close() error { return nil }

func (o *object) ReadAt(p []byte, off int64) (int, error) {
	if o.in.broken != nil {
		return 0, o.in.broken
	}
	return o.Reader.ReadAt(p, off)
}

// arrivals is a kit with a bucket before it.
type arrivals struct {
	*kit
	bucket *bucket
}

func newArrivals(t *testing.T) *arrivals {
	k := newKit(t)
	return &arrivals{k, &bucket{held: map[string][]byte{}, store: k.Blobs}}
}

// put puts a package into the bucket and tells nobody.
func (a *arrivals) put(key, version string, content []byte) requests.Arrival {
	a.bucket.held["packages/"+key+"@"+version] = content
	return requests.Arrival{Key: "packages/" + key, Version: version, Size: int64(len(content)), Sequencer: "00" + version}
}

func (a *arrivals) arrive(what requests.Arrival) records.Arrival {
	a.t.Helper()
	got, err := a.Arrive(a.t.Context(), a.bucket, what)
	must(a.t, err)
	return got
}

func (a *arrivals) audited(category string) []pipelines.Event {
	a.t.Helper()
	all, err := a.Records.AuditLog(a.t.Context(), a.Env.Now(), 100)
	must(a.t, err)
	return slices.DeleteFunc(all, func(e pipelines.Event) bool { return e.Category != category })
}

func nupkgBytes(t *testing.T, id, version, content string) []byte {
	_, b := announced(t, nupkg(t, id, version, content))
	return b
}

func TestArrive(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	a.quotes()
	what := a.put("builds/anything.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one"))
	got := a.arrive(what)
	if got.Outcome != records.Registered || got.Package != "Quotes 1.0.0" || got.Why != "" || got.At.IsZero() {
		t.Fatalf("Arrive = %+v, want it registered", got)
	}
	pkg, there, err := a.Records.Package(t.Context(), "quotes", "1.0.0")
	if err != nil || !there || pkg.ArrivedBy != "the bucket" || pkg.ArrivedVia != "bucket" {
		t.Errorf("package: %+v, %v, %v", pkg, there, err)
	}
	all, err := a.Records.Deployments(t.Context(), "Projects-1", 0)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d deployments, %v; want the one of the trigger", len(all), err)
	}
	a.until(all[0].ID, pipelines.Succeeded)
	if content, _, err := a.Blobs.Get(t.Context(), records.PackageBlob(pkg.SHA256)); err != nil {
		t.Errorf("the bytes are not in the store: %v", err)
	} else {
		must(t, content.Close())
	}

	opened := a.bucket.opened
	if again := a.arrive(what); again.At.Compare(got.At) != 0 || a.bucket.opened != opened {
		t.Errorf("the same news again = %+v, opened %d times; want that nothing is done", again, a.bucket.opened-opened)
	}
	if pushed := a.audited("PackagePushed"); len(pushed) != 1 || pushed[0].Username != "bucket" || pushed[0].Via != "bucket" {
		t.Errorf("audit: %+v, want one entry by the bucket", pushed)
	}
}

func TestArriveOutOfOrder(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	first := a.put("latest.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one"))
	second := a.put("latest.nupkg", "2", nupkgBytes(t, "Quotes", "1.0.1", "two"))
	second.Sequencer, first.Sequencer = "0055AED6DCD90281E6", "0055AED6DCD90281E5"
	if got := a.arrive(second); got.Package != "Quotes 1.0.1" {
		t.Fatalf("Arrive = %+v", got)
	}
	if got := a.arrive(first); got.Package != "Quotes 1.0.1" || got.Version != "2" {
		t.Errorf("older news = %+v, want that they are passed over", got)
	}
	if _, there, err := a.Records.Package(t.Context(), "Quotes", "1.0.0"); there || err != nil {
		t.Errorf("older news were followed (%v)", err)
	}
	third := a.put("latest.nupkg", "3", nupkgBytes(t, "Quotes", "1.0.2", "three"))
	third.Sequencer = "0055AED6DCD90281E601" // longer, and later
	if got := a.arrive(third); got.Package != "Quotes 1.0.2" {
		t.Errorf("later news = %+v", got)
	}
}

func TestArriveRefuses(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	a.arrive(a.put("Quotes.1.0.0.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one")))
	for _, c := range []struct {
		key, words string
		content    []byte
	}{
		{"readme.txt", ".txt", []byte("hello")},
		{"Empty.1.0.0.zip", "Empty.1.0.0.zip", nil},
		{"NoZip.1.0.0.zip", "no complete zip", []byte("this is no zip")},
		{"again/Quotes.1.0.0.nupkg", "other bytes", nupkgBytes(t, "Quotes", "1.0.0", "two")},
		{"Quotes.1.0.0.nupkg", "other bytes", nupkgBytes(t, "Quotes", "1.0.0", "three")},
	} {
		what := a.put(c.key, "2", c.content)
		for range 2 {
			if got := a.arrive(what); got.Outcome != records.Refused || !strings.Contains(got.Why, c.words) || got.Key != "packages/"+c.key {
				t.Errorf("%s = %+v, want a refusal with %q", c.key, got, c.words)
			}
		}
	}
	if said := a.audited("PackageRefused"); len(said) != 5 {
		t.Errorf("%d entries in the audit log, want one for each refusal", len(said))
	}
	all, err := a.Records.Arrivals(t.Context(), 3)
	if err != nil || len(all) != 3 || all[0].Key != "packages/Quotes.1.0.0.nupkg" || all[2].Key != "packages/NoZip.1.0.0.zip" {
		t.Errorf("Arrivals = %+v, %v; want the newest three", all, err)
	}
	if got := a.arrive(a.put("Quotes.1.0.0.nupkg", "3", nupkgBytes(t, "Quotes", "1.0.1", "right"))); got.Outcome != records.Registered {
		t.Errorf("what was put in its place = %+v", got)
	}
}

func TestArriveTooLateOrInTrouble(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	got := a.arrive(requests.Arrival{Key: "packages/Gone.1.0.0.zip", Version: "1", Sequencer: "01"})
	if got.Outcome != records.Gone || len(a.audited("PackageGone")) != 1 {
		t.Errorf("what is gone = %+v, want an outcome and an entry", got)
	}
	what := a.put("Quotes.1.0.0.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one"))
	a.bucket.broken = errors.New("the bucket is away")
	if _, err := a.Arrive(t.Context(), a.bucket, what); !errors.Is(err, a.bucket.broken) {
		t.Errorf("Arrive in trouble = %v, want its error, so that the news come again", err)
	}
	a.bucket.broken = fmt.Errorf("read: %w", blobs.ErrNotFound) // overwritten while it is read
	if got := a.arrive(what); got.Outcome != records.Gone {
		t.Errorf("what went while it was read = %+v", got)
	}
	a.bucket.broken = nil
	what.Sequencer = ""
	for range 2 { // without a sequencer each news counts
		if got := a.arrive(what); got.Outcome != records.Registered {
			t.Errorf("the news again = %+v", got)
		}
	}
}

func TestArriveTellsWhichProjectMakesNoRelease(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	project := a.quotes()
	a.change(project, func(p *pipelines.Project) {
		p.Steps = append(p.Steps, installs("Another", "Missing"))
	})
	got := a.arrive(a.put("Quotes.1.0.0.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one")))
	if got.Outcome != records.Registered || len(got.Problems) != 1 || !strings.Contains(got.Problems[0], "Missing") {
		t.Errorf("Arrive = %+v, want the project that makes no release", got)
	}
}

func TestArriveTwiceAtOnce(t *testing.T) {
	t.Parallel()
	a := newArrivals(t)
	project := a.quotes()
	what := a.put("Quotes.1.0.0.nupkg", "1", nupkgBytes(t, "Quotes", "1.0.0", "one"))
	results := make(chan error, 5)
	for range cap(results) {
		go func() {
			_, err := a.Arrive(t.Context(), a.bucket, what)
			results <- err
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil && !records.Conflict(err) && pipelines.CodeOf(err) != pipelines.Unavailable {
			t.Errorf("Arrive = %v", err)
		}
	}
	if got := a.arrive(what); got.Outcome != records.Registered {
		t.Errorf("in the end = %+v", got)
	}
	if releases, err := a.Records.Releases(t.Context(), project, 0); err != nil || len(releases) != 1 {
		t.Errorf("%d releases, %v; want one", len(releases), err)
	}
	if all, err := a.Records.Arrivals(t.Context(), 0); err != nil || len(all) != 1 {
		t.Errorf("%d arrivals noted, %v; want one", len(all), err)
	}
}
