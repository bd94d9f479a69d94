package pipelines

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTriggerChecks(t *testing.T) {
	t.Parallel()
	minutes := func(n int) Duration { return Duration(time.Duration(n) * time.Minute) }
	for _, c := range []struct {
		triggers []Trigger
		want     string
	}{
		{[]Trigger{{Package: "a"}, {Package: "a", Feed: "F"}, {Package: "a", Feed: "G", Poll: minutes(1)}}, ""},
		{[]Trigger{{}}, "triggers[0].package: a trigger names the package it waits for"},
		{[]Trigger{{Package: "a", Poll: minutes(5)}}, "triggers[0].poll: what is pushed to the built-in feed starts a trigger at once"},
		{[]Trigger{{Package: "a", Feed: "F", Poll: Duration(time.Second)}}, "triggers[0].poll: a feed is asked at most once in 1m; got 1s"},
		{[]Trigger{{Package: "a", Feed: "F", Poll: minutes(-1)}}, "at most once in 1m; got -1m"},
		{[]Trigger{{Package: "a", Feed: "F"}, {Package: "A", Feed: "f", Poll: minutes(2)}}, "triggers[1]: there is a trigger for A of the feed f already"},
	} {
		var got []string
		for _, p := range (Project{Triggers: c.triggers}).checkTriggers() {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "; "); c.want == "" && text != "" || !strings.Contains(text, c.want) || len(got) > 1 {
			t.Errorf("%+v: %q, want %q", c.triggers, text, c.want)
		}
	}
}

func TestTriggerFor(t *testing.T) {
	t.Parallel()
	p := Project{Triggers: []Trigger{{Package: "Quotes", Feed: "Artifactory"}, {Package: "Quotes"}, {Package: "Other", Feed: "Artifactory"}}}
	for _, c := range []struct {
		id, feed string
		want     int
	}{{"quotes", "artifactory", 0}, {"Quotes", "", 1}, {"Other", "", -1}, {"other", "Artifactory", 2}, {"Quotes", "Nexus", -1}} {
		if at, ok := p.TriggerFor(c.id, c.feed); at != c.want || ok != (c.want >= 0) {
			t.Errorf("TriggerFor(%q, %q) = %d, %v, want %d", c.id, c.feed, at, ok, c.want)
		}
	}
	if !p.WaitsFor("QUOTES") || p.WaitsFor("Other") {
		t.Error("a push starts a trigger of another feed")
	}
}

func TestPolls(t *testing.T) {
	t.Parallel()
	every := func(d time.Duration) Duration { return Duration(d) }
	got := Polls([]Project{
		{Triggers: []Trigger{{Package: "b", Feed: "F", Poll: every(time.Hour)}, {Package: "x"}, {Package: "y", Feed: "F"}}},
		{Triggers: []Trigger{{Package: "B", Feed: "f", Poll: every(time.Minute)}, {Package: "a", Feed: "F", Poll: every(time.Hour)}}},
		{Triggers: []Trigger{{Package: "b", Feed: "E", Poll: every(time.Hour)}}},
	})
	want := []Poll{{"E", "b", every(time.Hour)}, {"F", "a", every(time.Hour)}, {"F", "b", every(time.Minute)}}
	if !slices.Equal(got, want) {
		t.Errorf("Polls = %+v, want %+v", got, want)
	}
}

func TestFeedWebhookChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hook FeedWebhook
		want string
	}{
		{FeedWebhook{}, ""},
		{FeedWebhook{File: "data.name"}, ""},
		{FeedWebhook{Event: "a-b_c:d", Is: "new", Package: "items.0.id", Version: "items.0.version"}, ""},
		{FeedWebhook{Event: "action"}, "write both, or neither"},
		{FeedWebhook{Event: "action", Is: "x"}, "both `package` and `version`"},
		{FeedWebhook{Package: "a"}, "both `package` and `version`"},
		{FeedWebhook{File: "a", Package: "b", Version: "c"}, "write one of the two"},
		{FeedWebhook{File: "a..b"}, "file: a path is keys and positions joined by dots"},
		{FeedWebhook{File: "a|@pretty"}, "joined by dots"},
		{FeedWebhook{File: "a.#(b==1)"}, "joined by dots"},
		{FeedWebhook{File: "a.*"}, "joined by dots"},
		{FeedWebhook{File: "!\"x\""}, "joined by dots"},
		{FeedWebhook{File: "{a,b}"}, "joined by dots"},
		{FeedWebhook{File: strings.Repeat("a", 201)}, "joined by dots"},
		{FeedWebhook{File: "name\x00"}, "joined by dots"},
	} {
		var got []string
		for _, p := range c.hook.Check() {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "; "); c.want == "" && text != "" || !strings.Contains(text, c.want) || len(got) > 1 {
			t.Errorf("%+v: %q, want %q", c.hook, text, c.want)
		}
	}
}
