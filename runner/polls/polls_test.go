package polls

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

const ten = 10 * time.Minute

func TestAFeedIsAskedAndTheNewIsDeployed(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		k.shelf.put("Quotes", "1.0.0")
		k.shelf.put("Quotes", "0.9.0")
		pass(time.Hour)
		k.wantAsked(0) // nobody wants it
		id := k.project("Quotes", "Quotes", ten)
		pass(time.Second)
		k.wantAsked(1) // and remembered
		k.wantReleases(id)
		if f := k.poll(); len(f.Packages) != 1 || f.Packages[0].Newest != "1.0.0" || f.Asked.IsZero() || f.Trouble != "" {
			t.Errorf("after the first round: %+v", f)
		}
		pass(ten)
		k.wantAsked(2)
		k.wantReleases(id)
		k.shelf.put("Quotes", "0.9.9") // older than what was seen
		k.shelf.put("Quotes", "1.0.2")
		k.shelf.put("Quotes", "1.0.1")
		pass(ten)
		k.wantReleases(id, "1.0.2", "1.0.1")
		deployments, err := k.Records.Deployments(k.t.Context(), id, 0)
		must(t, err)
		if len(deployments) != 2 || deployments[0].Release != "1.0.2" || deployments[0].Environment != "Dev" {
			t.Errorf("the deployments are %+v", deployments)
		}
		k.shelf.put("Quotes", "not a version")
		pass(24 * time.Hour)
		k.wantReleases(id, "1.0.2", "1.0.1")
		if n := len(k.shelf.asked); n < 147 || n > 150 || k.shelf.fetched != 2 {
			t.Errorf("in a day the feed was asked %d times, and gave %d files", n, k.shelf.fetched)
		}
		var says []string
		log, err := k.Records.AuditLog(k.t.Context(), time.Now().Add(time.Hour), 100)
		must(t, err)
		for _, e := range log {
			if e.Category == "ReleaseCreated" || e.Category == "PackageFetched" {
				says = append(says, e.Via)
			}
		}
		slices.Sort(says)
		want := []string{"poll of feed Artifactory", "poll of feed Artifactory", "trigger: package Quotes 1.0.1, poll of feed Artifactory", "trigger: package Quotes 1.0.2, poll of feed Artifactory"}
		if !slices.Equal(says, want) {
			t.Errorf("the audit log says %q, want %q", says, want)
		}
	})
}

func TestTheTimerIsThereOnlyWhileAProjectWantsIt(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		one := k.project("One", "Quotes", ten)
		two := k.project("Two", "Quotes", 5*time.Minute)
		other := k.project("Three", "Other", time.Hour)
		pass(time.Second)
		k.wantAsked(2) // once for each package
		if f := k.poll(); len(f.Packages) != 2 || f.Packages[1].Every != pipelines.Duration(5*time.Minute) {
			t.Errorf("two projects make %+v", f)
		}
		settled, err := Settled(k.t.Context(), k.Records)
		must(t, err)
		if !settled {
			t.Error("it is not settled once it is arranged")
		}
		pass(5 * time.Minute)
		k.wantAsked(3)
		k.change(two, func(p *pipelines.Project) { p.Triggers[0].Poll = 0 })
		k.change(other, func(p *pipelines.Project) { p.Triggers = nil })
		pass(5 * time.Minute)
		k.wantAsked(4)
		pass(5 * time.Minute)
		k.wantAsked(4)
		k.change(one, func(p *pipelines.Project) { p.Triggers = nil })
		pass(24 * time.Hour)
		k.wantAsked(4)
		if all, err := k.Records.FeedPolls(k.t.Context()); err != nil || len(all) != 0 {
			t.Errorf("what is left: %+v, %v", all, err)
		}
		k.change(one, func(p *pipelines.Project) {
			p.Triggers = []pipelines.Trigger{{Package: "Quotes", Feed: "Artifactory", Poll: pipelines.Duration(ten)}}
		})
		k.shelf.put("Quotes", "3.0.0")
		pass(time.Second)
		k.wantReleases(one) // a new trigger remembers anew
	})
}

func TestAFeedThatDoesNotAnswerIsAskedLessOften(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		id := k.project("Quotes", "Quotes", ten)
		k.project("Other", "Other", ten)
		pass(time.Second)
		k.wantAsked(2)
		k.shelf.says(errors.New("connection refused"))
		pass(ten)
		k.wantAsked(3) // the second package waits: it is the same feed
		f := k.poll()
		if f.Failures != 1 || !strings.Contains(f.Trouble, "feed Artifactory (http://feed.test/nuget) could not be asked: connection refused") || f.Since.IsZero() || !f.Busy.IsZero() {
			t.Errorf("after the first failure: %+v", f)
		}
		pass(19 * time.Minute)
		k.wantAsked(3)
		pass(2 * time.Minute)
		k.wantAsked(4)
		pass(24 * time.Hour)
		if n := len(k.shelf.asked); n < 24 || n > 31 {
			t.Errorf("a dead feed was asked %d times in a day, want about once an hour", n)
		}
		k.shelf.says(nil)
		k.shelf.put("Quotes", "1.0.0")
		pass(time.Hour)
		k.wantReleases(id, "1.0.0")
		if f := k.poll(); f.Failures != 0 || f.Trouble == "" {
			t.Errorf("after it answers again: %+v, want the last trouble still told", f)
		}
	})
}

// A version that cannot be taken is told once and is in nobody's way.
func TestAVersionThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		id := k.project("Quotes", "Quotes", ten)
		pass(time.Second)
		k.shelf.put("Quotes", "1.0.0")
		k.shelf.mu.Lock()
		k.shelf.files["Quotes 1.0.0"] = []byte("no package")
		k.shelf.mu.Unlock()
		k.shelf.put("Quotes", "1.0.1")
		pass(ten)
		k.wantReleases(id, "1.0.1")
		f := k.poll()
		if !strings.Contains(f.Trouble, "what feed Artifactory gave as Quotes 1.0.0 cannot be used") || f.Failures != 0 || f.Packages[0].Newest != "1.0.1" {
			t.Errorf("it is %+v", f)
		}
		fetched := k.shelf.fetched
		pass(time.Hour)
		if k.shelf.fetched != fetched {
			t.Error("what cannot be taken is fetched again and again")
		}
	})
}

func TestHundredsAtOnceAreAFewReleases(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		id := k.project("Quotes", "Quotes", ten)
		pass(time.Second)
		for _, v := range []string{"1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.0.5", "1.0.6", "1.0.7", "1.0.8", "1.0.9", "1.0.10", "1.0.11", "1.0.12"} {
			k.shelf.put("Quotes", v)
		}
		pass(time.Hour)
		k.wantReleases(id, "1.0.12", "1.0.11", "1.0.10", "1.0.9", "1.0.8", "1.0.7", "1.0.6", "1.0.5", "1.0.4", "1.0.3")
	})
}

// A feed is asked by one at a time, also when its timer rings twice or somebody
// died while asking; and a slow one.
func TestAFeedIsAskedByOneAtATime(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		k.shelf.lasts = 5 * time.Second
		k.project("Quotes", "Quotes", ten)
		k.project("Other", "Other", ten)
		pass(time.Second)
		go func() { must(t, k.round(k.t.Context(), "Feeds-1")) }()
		pass(time.Minute)
		k.wantAsked(2)
		must(t, k.round(k.t.Context(), "Feeds-1")) // nothing is due
		k.wantAsked(2)
		_, err := k.Polls.change(k.t.Context(), "Feeds-1", func(f *records.FeedPoll) { f.Busy = time.Now().Add(lease) })
		must(t, err)
		pass(ten)
		k.wantAsked(2)
		pass(lease)
		k.wantAsked(4) // whoever asked has been away for too long
	})
}

func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	world(t, func(k *kit) {
		id := k.project("Quotes", "Quotes", ten)
		pass(time.Second)
		_, err := k.Polls.change(k.t.Context(), "Feeds-1", func(f *records.FeedPoll) { f.Busy = time.Now().Add(lease) })
		must(t, err)
		k.start()
		k.shelf.put("Quotes", "1.0.0")
		must(t, k.Timers.Set(k.t.Context(), "Deployments-1-2-3", time.Now(), nil))
		pass(ten)
		k.wantReleases(id, "1.0.0")
		if !slices.Equal(k.other, []string{"Deployments-1-2-3"}) {
			t.Errorf("others' timers rang: %v", k.other)
		}
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every    time.Duration
		failures int
		want     time.Duration
	}{
		{ten, 0, ten}, {ten, 1, 20 * time.Minute}, {ten, 2, 40 * time.Minute}, {ten, 3, time.Hour}, {ten, 1000, time.Hour},
		{time.Minute, 5, 32 * time.Minute}, {time.Minute, 100, time.Hour}, {24 * time.Hour, 3, 24 * time.Hour},
	} {
		if got := pause(pipelines.Duration(c.every), c.failures); got != c.want {
			t.Errorf("pause(%s, %d) = %s, want %s", c.every, c.failures, got, c.want)
		}
	}
}
