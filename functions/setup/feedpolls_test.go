package setup

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/pipelines"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/textform"
	"slipway/runner"
	"slipway/runner/awscalls"
	"slipway/runner/catalog"
	"slipway/runner/feeds"
	"slipway/runner/requests"
	"slipway/runner/schedulertimers"
	"slipway/runner/streamwake"
	"slipway/test/emulators/scheduler"
	"slipway/test/emulators/wire"
)

// On AWS the web function has the runner set the one entry of Scheduler for a feed
// that a project wants asked, and asks it only where something changes.
func TestOnAWSAnEntryIsThereWhileAProjectWantsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, _, f := somewhere(t)
		p.passwords = newPasswords(p.env)
		s := &saying{}
		p.feeds = &requests.FeedsHere{Records: p.records, Blobs: p.blobs, Env: p.env, TempDir: t.TempDir(), Open: func(context.Context, pipelines.Feed) (feeds.Source, error) { return s, nil }}
		account, err := awscalls.Open(func(name string) (string, bool) {
			v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
			return v, ok
		})
		must(t, err)
		through := func(service string, h http.Handler) aws.Config {
			c := account.For(service)
			c.HTTPClient = wire.Direct{Handler: h}
			return c
		}
		run := &AWS{role: roleRunner, parts: p, runner: &runner.Runner{}, bills: newBills(func(string) string { return "" }, p.env.Now)}
		entries := scheduler.New(scheduler.Options{Groups: []string{"slipway"}, Invoke: func(_ context.Context, in scheduler.Invocation) error {
			go func() { must(t, run.Rang(t.Context(), in.Input)) }()
			return nil
		}})
		defer entries.Close()
		run.timers = schedulertimers.New(through("SCHEDULER", entries), schedulertimers.Settings{
			Group: "slipway", RoleARN: "arn:aws:iam::123456789012:role/ring", TargetARN: "arn:aws:lambda:eu-central-1:123456789012:function:slipway-runner", Now: time.Now,
		})
		run.polls = p.polls(p.requests(streamwake.Wake{}, ""))
		run.polls.Timers = run.timers
		calls := 0
		web := &AWS{role: roleWeb, parts: p, invoke: newInvoker(through("LAMBDA", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			payload, err := io.ReadAll(r.Body)
			must(t, err)
			answer, err := run.Own(t.Context(), askPolls, payload, nil)
			must(t, err)
			must(t, json.NewEncoder(w).Encode(answer))
		})), "slipway-runner")}
		p.arrange = web.arrangePolls
		settings, err := json.Marshal(deploypackage.Settings{ID: "Quotes", Feed: f.Name})
		must(t, err)
		apply := func(triggers ...pipelines.Trigger) {
			t.Helper()
			_, err := p.catalog().Apply(t.Context(), pipelines.System("test"), catalog.Wanted{Owner: pipelines.OwnedByPages, Nouns: textform.Nouns{Projects: []pipelines.Project{{
				Name: "Quotes", Triggers: triggers, Steps: []pipelines.Step{{Name: "Install", Roles: []string{"web"}, Action: pipelines.Action{Type: "package", Settings: settings}}},
			}}}})
			must(t, err)
		}
		pass := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		want := func(when string, wantEntries, wantCalls int) {
			t.Helper()
			if got := len(entries.Schedules()); got != wantEntries || calls != wantCalls {
				t.Errorf("%s: %d entries after %d calls of the runner, want %d and %d", when, got, calls, wantEntries, wantCalls)
			}
		}

		apply(pipelines.Trigger{Package: "Quotes", Feed: f.Name})
		want("without poll", 0, 0)
		apply(pipelines.Trigger{Package: "Quotes", Feed: f.Name, Poll: pipelines.Duration(10 * time.Minute)})
		want("with poll", 1, 1)
		apply(pipelines.Trigger{Package: "Quotes", Feed: f.Name, Poll: pipelines.Duration(10 * time.Minute)})
		want("applied again", 1, 1)
		pass(time.Hour)
		want("after an hour", 1, 1)
		if n := len(s.asked); n < 5 || n > 7 || strings.Count(strings.Join(s.asked, "\n"), "versions Quotes") != n {
			t.Errorf("in an hour the feed was asked %q", s.asked)
		}
		apply()
		want("without a trigger", 0, 2)
		asked := len(s.asked)
		pass(24 * time.Hour)
		if len(s.asked) != asked {
			t.Errorf("nobody wants it, and it was asked %d times", len(s.asked)-asked)
		}
	})
}
