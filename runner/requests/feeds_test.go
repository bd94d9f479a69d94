package requests_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/nginx"
	"slipway/runner/feeds"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// shelf is a feed that holds what a test puts there, and counts what it is asked.
type shelf struct {
	mu      sync.Mutex
	files   map[string]requests.Upload // by "id version"
	order   []feeds.Version
	dead    error
	silent  bool // never answers
	fetched int
	asked   int
	renamed string // the version inside of what it gives
}

func (s *shelf) put(t *testing.T, id, version, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	inside := version
	if s.renamed != "" {
		inside = s.renamed
	}
	up := nupkg(t, id, inside, content)
	if _, there := s.files[id+" "+version]; !there {
		s.order = append([]feeds.Version{{Version: version}}, s.order...)
	}
	s.files[id+" "+version] = up
	for i := range s.order {
		if s.order[i].Version == version {
			s.order[i].Size = up.Size
		}
	}
}

func (s *shelf) Versions(ctx context.Context, id string) ([]feeds.Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var out []feeds.Version
	for _, v := range s.order {
		if _, ok := s.files[id+" "+v.Version]; ok {
			out = append(out, v)
		}
	}
	return out, s.dead
}

func (s *shelf) Search(context.Context, string, int) ([]string, error) {
	return []string{"Quotes"}, s.dead
}

func (s *shelf) Fetch(_ context.Context, id, version string, to io.Writer) (feeds.Fetched, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched++
	if s.dead != nil {
		return feeds.Fetched{}, s.dead
	}
	up, ok := s.files[id+" "+version]
	if !ok {
		return feeds.Fetched{}, fmt.Errorf("nothing there")
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, hash), io.NewSectionReader(up.Content, 0, up.Size))
	return feeds.Fetched{FileName: up.FileName, SHA256: hex.EncodeToString(hash.Sum(nil)), Size: n}, err
}

// feed adds a feed and the shelf behind it.
func (k *kit) feed(name string) *shelf {
	s := &shelf{files: map[string]requests.Upload{}}
	k.add(records.Feeds, name, func(id string) any {
		return pipelines.Feed{ID: id, Name: name, Type: pipelines.FeedNuGet, URL: "http://" + name + ".test/nuget"}
	})
	here, ok := k.Feeds.(*requests.FeedsHere)
	if !ok {
		here = &requests.FeedsHere{Records: k.Records, Blobs: k.Blobs, Env: k.Requests.Env, TempDir: k.t.TempDir()}
		here.Open = func(context.Context, pipelines.Feed) (feeds.Source, error) { return nil, errors.New("no such shelf") }
		k.Feeds = here
	}
	before := here.Open
	here.Open = func(ctx context.Context, f pipelines.Feed) (feeds.Source, error) {
		if f.Name == name {
			return s, nil
		}
		return before(ctx, f)
	}
	return s
}

// takes is a step that installs a package of a feed.
func takes(name, id, feed string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "nginx", Settings: settings(nginx.Settings{
		Package: id, Feed: feed, Bindings: []nginx.Binding{{Port: "8080"}}, Locations: []nginx.Location{{Path: "/"}},
	})}}
}

func TestAReleaseTakesItsPackageFromAFeed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	for _, v := range []string{"1.0.9", "1.0.10", "2.0.0-beta"} {
		s.put(t, "Quotes", v, v)
	}
	s.order = []feeds.Version{s.order[0], s.order[1], s.order[2]} // newest first
	k.project(pipelines.Project{Name: "Quotes", Steps: []pipelines.Step{takes("Install", "Quotes", "artifactory")}, Channels: []pipelines.Channel{
		{Name: "Stable", Default: true}, {Name: "Beta", Rules: []pipelines.VersionRule{{Tag: "^beta"}}},
	}})
	if number, err := k.ProposeNumber(t.Context(), k.admin, "Quotes", ""); number != "" || err != nil || s.asked != 0 {
		t.Errorf("ProposeNumber = %q, %v, having asked the feed %d times; want none, and nothing asked", number, err, s.asked)
	}
	r := k.release("Quotes")
	chosen := r.Packages[0]
	if r.Number != "1.0.10" || chosen.Version != "1.0.10" || chosen.Feed != "Artifactory" || chosen.FeedID != "Feeds-1" || len(chosen.SHA256) != 64 {
		t.Fatalf("the release is %s with %+v", r.Number, chosen)
	}
	kept, ok, err := k.Records.FeedPackage(t.Context(), "Feeds-1", "quotes", "1.0.10")
	if !ok || err != nil || kept.SHA256 != chosen.SHA256 || kept.ArrivedBy != "Admin" || kept.Feed != "Artifactory" || kept.Size == 0 || kept.Arrived.IsZero() {
		t.Errorf("registered is %+v, %v, %v", kept, ok, err)
	}
	if _, there, _ := k.Records.Package(t.Context(), "Quotes", "1.0.10"); there {
		t.Error("it is in the built-in feed, too")
	}
	beta, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Channel: "Beta"})
	must(t, err)
	if beta.Packages[0].Version != "2.0.0-beta" {
		t.Errorf("the channel for betas takes %s", beta.Packages[0].Version)
	}
	d := k.deploy("Quotes", "1.0.10", "Dev")
	l := k.until(d.ID, pipelines.Succeeded)
	var feedID string
	for _, v := range l.Plan.Steps[0].Variables {
		if v.Name == "Octopus.Action.Package.FeedId" {
			feedID = v.Value
		}
	}
	if got := l.Plan.Steps[0].Package; got == nil || got.SHA256 != chosen.SHA256 || feedID != "Feeds-1" {
		t.Errorf("the plan installs %+v of feed %q", got, feedID)
	}
}

func TestAFeedIsNotAskedForWhatIsHere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	s.put(t, "Quotes", "1.0.0", "one")
	k.project(pipelines.Project{Name: "Quotes", Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	k.release("Quotes")
	if again := k.release("Quotes"); again.Packages[0].Version != "1.0.0" || s.fetched != 1 {
		t.Errorf("the second release has %+v after %d fetches, want one", again.Packages, s.fetched)
	}
	asked := s.asked
	s.dead = errors.New("connection refused")
	_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: map[string]string{"quotes": "1.0.0"}})
	must(t, err)
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: map[string]string{"Artifactory/Quotes": "1.0.0"}})
	must(t, err)
	if s.asked != asked {
		t.Errorf("the feed was asked %d times for what is here", s.asked-asked)
	}
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes"})
	refused(t, "a dead feed", err, pipelines.Unavailable, "feed Artifactory (http://Artifactory.test/nuget) could not be asked: connection refused")
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: map[string]string{"built-in/Quotes": "1.0.0"}})
	refused(t, "another feed", err, pipelines.Invalid, `installs a package "Quotes"`)
}

func TestAFeedThatChangesAVersion(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	s.put(t, "Quotes", "1.0.0", "one")
	k.project(pipelines.Project{Name: "Quotes", Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	first := k.release("Quotes").Packages[0].SHA256
	same, err := k.FetchPackage(t.Context(), k.admin, "Artifactory", "Quotes", "1.0.0")
	if err != nil || same.SHA256 != first {
		t.Errorf("fetched again: %+v, %v", same, err)
	}
	s.put(t, "Quotes", "1.0.0", "one, but longer than it was")
	for what, ask := range map[string]func() error{
		"a release": func() error {
			_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes"})
			return err
		},
		"a new fetch": func() error {
			_, err := k.FetchPackage(t.Context(), k.admin, "Artifactory", "Quotes", "1.0.0")
			return err
		},
	} {
		err := ask()
		refused(t, what, err, pipelines.Conflict, "gives other bytes for Quotes 1.0.0 than before (SHA-256 "+first)
		if err != nil && strings.Count(err.Error(), first) != 1 {
			t.Errorf("%s: %v, want both hashes", what, err)
		}
	}
	kept, _, err := k.Records.FeedPackage(t.Context(), "Feeds-1", "Quotes", "1.0.0")
	if err != nil || kept.SHA256 != first {
		t.Errorf("kept is %s, %v, want what came first", kept.SHA256, err)
	}
}

func TestAFeedGivesWhatItWasAskedFor(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	k.project(pipelines.Project{Name: "Quotes", Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes"})
	refused(t, "an empty feed", err, pipelines.NotFound, "feed Artifactory has no package Quotes")
	s.renamed = "9.9.9"
	s.put(t, "Quotes", "1.0.0", "one")
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes"})
	refused(t, "another version inside", err, pipelines.Conflict, "was asked for Quotes 1.0.0, and gave Quotes 9.9.9")
	s.files["Quotes 1.0.0"] = requests.Upload{FileName: "Quotes.1.0.0.nupkg", Content: strings.NewReader("no zip"), Size: 6}
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes"})
	refused(t, "no package", err, pipelines.Invalid, "what feed Artifactory gave as Quotes 1.0.0 cannot be used")
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: map[string]string{"Quotes": "3.0.0"}})
	refused(t, "a version it has not", err, pipelines.NotFound, "feed Artifactory has no version 3.0.0 of package Quotes; its newest is 1.0.0")
	s.renamed = "1.2" // as the package says; the feed lists 1.2.0
	s.put(t, "Quotes", "1.2.0", "two")
	r, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: map[string]string{"Quotes": "1.2"}})
	must(t, err)
	if r.Packages[0].Version != "1.2.0" {
		t.Errorf("1.2 is %s, want it as the feed writes it", r.Packages[0].Version)
	}
}

// The same id in two feeds is two packages.
func TestOnePackageIDInTwoFeeds(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	s.put(t, "Quotes", "1.0.0", "theirs")
	step := func(name, feed string) pipelines.Step {
		return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "package", Settings: settings(deploypackage.Settings{ID: "Quotes", Feed: feed})}}
	}
	k.project(pipelines.Project{Name: "Both", Steps: []pipelines.Step{step("Ours", ""), step("Theirs", "artifactory")}})
	k.push("Quotes", "1.0.0", "ours")
	r := k.release("Both")
	if len(r.Packages) != 2 || r.Packages[0].Feed != "" || r.Packages[1].Feed != "Artifactory" || r.Packages[0].SHA256 == r.Packages[1].SHA256 {
		t.Fatalf("the release has %+v", r.Packages)
	}
	l := k.until(k.deploy("Both", r.Number, "Dev").ID, pipelines.Succeeded)
	for i, step := range l.Plan.Steps {
		if step.Package.SHA256 != r.Packages[i].SHA256 || step.Feed != r.Packages[i].FeedID {
			t.Errorf("step %s installs %+v of %q, want %+v", step.Name, step.Package, step.Feed, r.Packages[i])
		}
	}
}

// What is pushed to us starts nothing in a project that takes the package from
// elsewhere.
func TestAPushIsNotForProjectsThatTakeItFromAFeed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	s.put(t, "Quotes", "1.0.0", "theirs")
	k.project(pipelines.Project{Name: "Theirs", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	if got := k.push("Quotes", "1.0.0", "ours"); len(got.Releases) != 0 || len(got.Problems) != 0 {
		t.Errorf("the push made %+v, %v", got.Releases, got.Problems)
	}
	if s.asked != 0 {
		t.Errorf("the feed was asked %d times by a push to us", s.asked)
	}
}

// A feed that says nothing holds up who asked it, for a while, and nobody else.
func TestASilentFeedBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.feed("Silent").silent = true
	k.FeedPatience = time.Second
	k.project(pipelines.Project{Name: "Waits", Steps: []pipelines.Step{takes("Install", "Quotes", "Silent")}})
	k.project(pipelines.Project{Name: "Goes", Steps: []pipelines.Step{installs("Install", "Quotes")}})
	k.push("Quotes", "1.0.0", "ours")
	waits := make(chan error, 1)
	go func() {
		_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Waits"})
		waits <- err
	}()
	r := k.release("Goes")
	k.until(k.deploy("Goes", r.Number, "Dev").ID, pipelines.Succeeded)
	select {
	case err := <-waits:
		t.Fatalf("the silent feed has answered: %v", err)
	default:
	}
	refused(t, "a silent feed", <-waits, pipelines.Unavailable, "feed Silent (http://Silent.test/nuget) has not answered in time")
}

func TestWhoMayAskFeeds(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.feed("Artifactory").put(t, "Quotes", "1.0.0", "one")
	viewer, stranger := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"}), k.user("stranger")
	if ids, err := k.FeedSearch(t.Context(), viewer, "Feeds-1", "", 5); err != nil || len(ids) != 1 {
		t.Errorf("a viewer's search = %v, %v", ids, err)
	}
	_, err := k.FeedSearch(t.Context(), stranger, "Artifactory", "", 5)
	refused(t, "a stranger's search", err, pipelines.Forbidden, "FeedView")
	_, err = k.FeedVersions(t.Context(), stranger, "Artifactory", "Quotes")
	refused(t, "a stranger's question", err, pipelines.Forbidden, "FeedView")
	_, err = k.FetchPackage(t.Context(), viewer, "Artifactory", "Quotes", "1.0.0")
	refused(t, "a viewer's fetch", err, pipelines.Forbidden, "BuiltInFeedPush")
	_, err = k.FeedVersions(t.Context(), k.admin, "Nexus", "Quotes")
	refused(t, "no such feed", err, pipelines.NotFound, "there are: Artifactory")
	k.Feeds = nil
	_, err = k.FeedVersions(t.Context(), k.admin, "Artifactory", "Quotes")
	refused(t, "nobody asks", err, pipelines.Unavailable, "asks no feeds")
}

// Two who fetch the same at once get the same, or the second hears of it.
func TestFetchingTheSameAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.feed("Artifactory").put(t, "Quotes", "1.0.0", "one")
	results := make(chan error, 6)
	for range cap(results) {
		go func() {
			_, err := k.FetchPackage(t.Context(), k.admin, "Artifactory", "Quotes", "1.0.0")
			results <- err
		}()
	}
	for range cap(results) {
		must(t, <-results)
	}
	all, err := k.Records.FeedPackages(t.Context(), "Feeds-1", "Quotes")
	if err != nil || len(all) != 1 {
		t.Errorf("registered are %+v, %v, want one", all, err)
	}
}
