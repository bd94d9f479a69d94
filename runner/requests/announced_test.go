package requests_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/requests"
)

// releasesOf are the numbers of a project's releases, newest first.
func (k *kit) releasesOf(project string) []string {
	k.t.Helper()
	heads, err := k.Records.Releases(k.t.Context(), project, 0)
	must(k.t, err)
	var out []string
	for _, h := range heads {
		out = append(out, h.Number)
	}
	return out
}

func TestAFeedsNewsMakesAReleaseOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	k.feed("Nexus")
	s.put(t, "Quotes", "1.0.0", "one")
	trigger := []pipelines.Trigger{{Package: "Quotes", Feed: "Artifactory"}}
	waits := k.project(pipelines.Project{Name: "Waits", Triggers: trigger, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	k.project(pipelines.Project{Name: "Also", Triggers: trigger, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	ours := k.project(pipelines.Project{Name: "Ours", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{installs("Install", "Quotes")}})
	theirs := k.project(pipelines.Project{Name: "Theirs", Triggers: []pipelines.Trigger{{Package: "Quotes", Feed: "Nexus"}}, Steps: []pipelines.Step{takes("Install", "Quotes", "Nexus")}})
	by := requests.FromWebhook(pipelines.Feed{Name: "Artifactory"})

	first, err := k.Announced(t.Context(), by, "artifactory", "Quotes", "1.0.0")
	must(t, err)
	if first.Existed || first.Package.Feed != "Artifactory" || len(first.Releases) != 2 || len(first.Deployments) != 2 || first.Deployments[0].Environment != "Dev" {
		t.Fatalf("the first news made %+v", first)
	}
	l := k.until(first.Deployments[0].ID, pipelines.Succeeded)
	if trigger := l.Plan.Variables; !slices.ContainsFunc(trigger, func(v plan.Variable) bool {
		return v.Name == "Octopus.Deployment.Trigger.Name" && v.Value == "Package Quotes of Artifactory"
	}) {
		t.Errorf("the plan does not know its trigger: %+v", trigger)
	}
	fetched := s.fetched
	again, err := k.Announced(t.Context(), by, "Feeds-1", "Quotes", "1.0.0")
	must(t, err)
	if !again.Existed || len(again.Releases) != 0 || len(again.Deployments) != 0 || s.fetched != fetched {
		t.Errorf("the same news again made %+v after %d fetches", again, s.fetched-fetched)
	}
	if got := k.releasesOf(waits); len(got) != 1 || len(k.releasesOf(ours)) != 0 || len(k.releasesOf(theirs)) != 0 {
		t.Errorf("releases: %v, ours %v, theirs %v; want one, none, none", got, k.releasesOf(ours), k.releasesOf(theirs))
	}
	asked := s.asked
	nobody, err := k.Announced(t.Context(), by, "Artifactory", "Unheard", "1.0.0")
	if err != nil || nobody.Package.ID != "" || s.asked != asked {
		t.Errorf("what nobody waits for: %+v, %v, asking %d times", nobody, err, s.asked-asked)
	}
	_, err = k.Announced(t.Context(), by, "Artifactory", "Quotes", "9.9.9")
	refused(t, "a version that is not there", err, pipelines.NotFound, "feed Artifactory has no version 9.9.9 of package Quotes; its newest is 1.0.0")
	_, err = k.Announced(t.Context(), by, "Nowhere", "Quotes", "1.0.0")
	refused(t, "a feed that is not there", err, pipelines.NotFound, `no feed "Nowhere"`)
	_, err = k.Announced(t.Context(), pipelines.Principal{}, "Artifactory", "Quotes", "1.0.0")
	refused(t, "nobody", err, pipelines.Unauthenticated, "sign in")
	s.dead = errors.New("connection refused")
	s.put(t, "Quotes", "1.0.1", "two")
	_, err = k.Announced(t.Context(), by, "Artifactory", "Quotes", "1.0.1")
	refused(t, "a dead feed", err, pipelines.Unavailable, "connection refused")
	if got := k.releasesOf(waits); len(got) != 1 {
		t.Errorf("a dead feed made %v", got)
	}
}

// A webhook and a poll may bring the same news at the same moment.
func TestTheSameNewsAtOnceMakesOneRelease(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s := k.feed("Artifactory")
	id := k.project(pipelines.Project{Name: "Quotes", Triggers: []pipelines.Trigger{{Package: "Quotes", Feed: "Artifactory"}}, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	for _, version := range []string{"1.0.0", "1.0.1", "1.0.2"} {
		s.put(t, "Quotes", version, version)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				heard, err := k.Announced(t.Context(), pipelines.System("test"), "Artifactory", "Quotes", version)
				if err != nil || len(heard.Problems) > 0 {
					t.Errorf("%s: %v, %v", version, heard.Problems, err)
				}
			})
		}
		all.Wait()
	}
	if got := k.releasesOf(id); !slices.Equal(got, []string{"1.0.2", "1.0.1", "1.0.0"}) {
		t.Errorf("the releases are %v", got)
	}
	deployments, err := k.Records.Deployments(t.Context(), id, 0)
	must(t, err)
	if len(deployments) != 3 {
		t.Errorf("%d deployments, want one of each", len(deployments))
	}
}

// One project's other feed is dead: the others have their releases, and the news
// is worth repeating.
func TestNewsThatWaitForAnotherFeed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	s, other := k.feed("Artifactory"), k.feed("Nexus")
	s.put(t, "Quotes", "1.0.0", "one")
	other.put(t, "Styles", "2.0.0", "two")
	trigger := []pipelines.Trigger{{Package: "Quotes", Feed: "Artifactory"}}
	both := k.project(pipelines.Project{Name: "Both", Triggers: trigger, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory"), takes("More", "Styles", "Nexus")}})
	one := k.project(pipelines.Project{Name: "One", Triggers: trigger, Steps: []pipelines.Step{takes("Install", "Quotes", "Artifactory")}})
	other.dead = errors.New("no route to host")
	heard, err := k.Announced(t.Context(), pipelines.System("test"), "Artifactory", "Quotes", "1.0.0")
	refused(t, "the news", err, pipelines.Unavailable, "feed Nexus")
	if len(heard.Releases) != 1 || len(k.releasesOf(one)) != 1 || len(k.releasesOf(both)) != 0 {
		t.Errorf("releases %+v", heard.Releases)
	}
	other.dead = nil
	_, err = k.Announced(t.Context(), pipelines.System("test"), "Artifactory", "Quotes", "1.0.0")
	must(t, err)
	if len(k.releasesOf(one)) != 1 || len(k.releasesOf(both)) != 1 {
		t.Errorf("after it answers: %v and %v", k.releasesOf(one), k.releasesOf(both))
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	s := k.feed("Artifactory")
	for _, v := range []string{"1.0.0", "1.0.10", "1.0.9", "2.0.0-beta", "0.1.0"} {
		s.put(t, "Quotes", v, v)
	}
	f, err := k.Records.Feed(t.Context(), "Feeds-1")
	must(t, err)
	for _, c := range []struct {
		seen string
		most int
		want []string
	}{
		{"", 10, []string{"0.1.0", "1.0.0", "1.0.9", "1.0.10", "2.0.0-beta"}},
		{"1.0.0", 10, []string{"1.0.9", "1.0.10", "2.0.0-beta"}},
		{"1.0.0", 2, []string{"1.0.10", "2.0.0-beta"}},
		{"2.0.0-beta", 10, nil},
		{"3.0.0", 10, nil},
	} {
		news, newest, err := k.News(t.Context(), f.Noun, "Quotes", c.seen, c.most)
		want := "2.0.0-beta"
		if c.seen == "3.0.0" {
			want = c.seen // what the feed has lost is not new when it comes again
		}
		if err != nil || !slices.Equal(news, c.want) || newest != want {
			t.Errorf("News after %q = %v, %q, %v, want %v", c.seen, news, newest, err, c.want)
		}
	}
}
