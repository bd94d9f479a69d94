package polls

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/deploypackage"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/feeds"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/tabletimers"
)

// shelf is a feed that holds what a test puts there. It notices when it is asked
// by two at once.
type shelf struct {
	t       *testing.T
	mu      sync.Mutex
	files   map[string][]byte // by "id version"
	order   []string
	dead    error
	lasts   time.Duration // how long an answer takes
	asked   []time.Time
	fetched int
	inside  int
}

func (s *shelf) put(id, version string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(id + ".nuspec")
	must(s.t, err)
	_, err = fmt.Fprintf(w, "<package><metadata><id>%s</id><version>%s</version><authors>a</authors><description>d</description></metadata></package>", id, version)
	must(s.t, err)
	must(s.t, z.Close())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id+" "+version] = b.Bytes()
	s.order = append(s.order, id+" "+version)
}

func (s *shelf) says(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = err
}

func (s *shelf) Versions(_ context.Context, id string) ([]feeds.Version, error) {
	s.mu.Lock()
	s.asked = append(s.asked, time.Now())
	if s.inside++; s.inside > 1 {
		s.t.Error("the feed is asked by two at once")
	}
	lasts := s.lasts
	s.mu.Unlock()
	time.Sleep(lasts)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	var out []feeds.Version
	for _, one := range s.order {
		var is, version string
		if _, err := fmt.Sscan(one, &is, &version); err == nil && pipelines.SameName(is, id) {
			out = append(out, feeds.Version{Version: version})
		}
	}
	return out, s.dead
}

func (s *shelf) Search(context.Context, string, int) ([]string, error) { return nil, s.dead }

func (s *shelf) Fetch(_ context.Context, id, version string, to io.Writer) (feeds.Fetched, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched++
	file, ok := s.files[id+" "+version]
	if !ok || s.dead != nil {
		return feeds.Fetched{}, errors.Join(s.dead, errors.New("nothing there"))
	}
	sum := sha256.Sum256(file)
	_, err := to.Write(file)
	return feeds.Fetched{FileName: id + "." + version + ".nupkg", SHA256: hex.EncodeToString(sum[:]), Size: int64(len(file))}, err
}

type kit struct {
	*Polls
	t     *testing.T
	shelf *shelf
	start func() (stop func())
	other []string // rings of others' timers
}

// asleep hears of deployments and does nothing.
type asleep struct{}

func (asleep) Wake(context.Context, string) error { return nil }

// world runs a test in time of its own, with one feed and one environment.
func world(t *testing.T, test func(*kit)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dir, e := t.TempDir(), env.Env{Now: time.Now, Random: rand.Reader}
		table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
		must(t, err)
		defer func() { must(t, table.Close()) }()
		store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
		must(t, err)
		rec := records.New(table, store)
		s := &shelf{t: t, files: map[string][]byte{}}
		here := &requests.FeedsHere{Records: rec, Blobs: store, Env: e, TempDir: dir, Open: func(context.Context, pipelines.Feed) (feeds.Source, error) { return s, nil }}
		asks := &requests.Requests{Records: rec, Blobs: store, Wake: asleep{}, Types: steps.Types(), Env: e, Feeds: here}
		k := &kit{t: t, shelf: s, Polls: &Polls{Records: rec, Requests: asks, Env: e, Log: slog.New(slog.DiscardHandler)}}
		k.start = func() func() {
			timers := tabletimers.New(table, k.Ring(func(_ context.Context, id string, _ []byte) error {
				k.other = append(k.other, id)
				return nil
			}), e.Now, tabletimers.Options{})
			k.Timers = timers
			must(t, k.Resume(t.Context()))
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- timers.Run(ctx) }()
			return func() {
				stop()
				must(t, <-done)
			}
		}
		k.add(records.Environments, "Dev", func(id string) any { return pipelines.Environment{ID: id, Name: "Dev"} })
		k.add(records.Feeds, "Artifactory", func(id string) any {
			return pipelines.Feed{ID: id, Name: "Artifactory", Type: pipelines.FeedNuGet, URL: "http://feed.test/nuget"}
		})
		stop := k.start()
		defer func() { stop() }()
		restart := k.start
		k.start = func() func() { stop(); stop = restart(); return stop }
		test(k)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (k *kit) add(kind records.Kind, name string, with func(id string) any) string {
	k.t.Helper()
	changes, id, err := k.Records.NewNoun(k.t.Context(), kind, name, func(id string, _ int) any { return with(id) })
	must(k.t, err)
	must(k.t, k.Records.Write(k.t.Context(), changes...))
	return id
}

// project installs a package of the feed, with a trigger that polls.
func (k *kit) project(name, id string, every time.Duration) string {
	settings, err := json.Marshal(deploypackage.Settings{ID: id, Feed: "Artifactory"})
	must(k.t, err)
	project := k.add(records.Projects, name, func(noun string) any {
		return pipelines.Project{
			ID: noun, Name: name, Triggers: []pipelines.Trigger{{Package: id, Feed: "artifactory", Poll: pipelines.Duration(every)}},
			Steps: []pipelines.Step{{Name: "Install", Roles: []string{"web"}, Action: pipelines.Action{Type: "package", Settings: settings}}},
		}
	})
	must(k.t, k.Arrange(k.t.Context()))
	return project
}

// change edits a project as configuration would.
func (k *kit) change(id string, edit func(*pipelines.Project)) {
	k.t.Helper()
	p, err := k.Records.Project(k.t.Context(), id)
	must(k.t, err)
	edit(&p.Noun)
	must(k.t, k.Records.Write(k.t.Context(), records.ReplaceNoun(records.Projects, id, p.Noun, p.Revision)))
	must(k.t, k.Arrange(k.t.Context()))
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// wantReleases checks the numbers of a project's releases, newest first.
func (k *kit) wantReleases(project string, want ...string) {
	k.t.Helper()
	heads, err := k.Records.Releases(k.t.Context(), project, 0)
	must(k.t, err)
	var got []string
	for _, h := range heads {
		got = append(got, h.Number)
	}
	if !slices.Equal(got, want) {
		k.t.Errorf("%s has the releases %v, want %v", project, got, want)
	}
}

func (k *kit) wantAsked(times int) {
	k.t.Helper()
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	if len(k.shelf.asked) != times {
		k.t.Errorf("the feed was asked %d times, want %d: %v", len(k.shelf.asked), times, k.shelf.asked)
	}
}

func (k *kit) poll() records.FeedPoll {
	k.t.Helper()
	f, _, err := k.Records.FeedPoll(k.t.Context(), "Feeds-1")
	must(k.t, err)
	return f
}
