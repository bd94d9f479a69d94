package runner_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
	"slipway/runner"
	"slipway/runner/graph"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// box keeps the mails that were sent; err is what it has against any now.
type box struct {
	sent []mail.Message
	err  error
}

func (b *box) Send(_ context.Context, m mail.Message) error {
	if b.err != nil {
		return b.err
	}
	b.sent = append(b.sent, m)
	return nil
}

func (b *box) texts(subject string) (out []mail.Message) {
	for _, m := range b.sent {
		if strings.HasPrefix(m.Subject, subject) {
			out = append(out, m)
		}
	}
	return out
}

func (b *box) to(subject string) (out []string) {
	for _, m := range b.texts(subject) {
		out = append(out, m.To...)
	}
	slices.Sort(out)
	return out
}

// peopled has three users: admin, who asks for the deployments, and two others.
type peopled struct {
	*forgetful
	box *box
}

func newPeopled(t *testing.T, p pipelines.Project) *peopled {
	t.Helper()
	f := &peopled{newForgetfulOf(t, p), &box{}}
	noun := func(kind records.Kind, name string, of func(id string) any) {
		changes, _, err := f.records.NewNoun(t.Context(), kind, name, func(id string, _ int) any { return of(id) })
		must(t, err)
		must(t, f.records.Write(t.Context(), changes...))
	}
	for _, name := range []string{"admin", "stella", "oskar"} {
		noun(records.Users, name, func(id string) any { return pipelines.User{ID: id, Username: name, Mail: name + "@example.org"} })
	}
	noun(records.Teams, "Stakeholders", func(id string) any {
		return pipelines.Team{ID: id, Name: "Stakeholders", Members: []string{"stella", "oskar", "admin"}}
	})
	noun(records.Teams, "Deployers", func(id string) any {
		return pipelines.Team{ID: id, Name: "Deployers", Members: []string{"oskar"}, Roles: []pipelines.RoleGrant{{Role: "Deployment creator"}}}
	})
	return f
}

func (f *peopled) runner() *runner.Runner {
	r := f.forgetful.runner()
	r.Mail, r.From = f.box, "slipway@example.org"
	return r
}

// told has the newest turn told by the stream, as one of a person is.
func (f *peopled) told(id string) {
	f.t.Helper()
	must(f.t, f.runner().Turned(f.t.Context(), id, f.load(id).Revision))
}

func (f *peopled) reports(outcome task.Outcome) {
	f.t.Helper()
	must(f.t, f.runner().Reported(f.t.Context(), f.report(outcome)))
}

// rings rings an alarm of the deployment at its time.
func (f *peopled) rings(id, name string) {
	f.t.Helper()
	a, ok := f.alarms.set[id+"-alarm-"+name]
	if !ok {
		f.t.Fatalf("no alarm %q is set: %v", name, slices.Sorted(maps.Keys(f.alarms.set)))
	}
	f.now = a.at
	must(f.t, f.runner().Ring(nil)(f.t.Context(), "", a.payload))
}

func duration(d time.Duration) *pipelines.Duration { v := pipelines.Duration(d); return &v }

// TestASignOffThatNobodyAnswersEnds as it says, after its reminders.
func TestASignOffThatNobodyAnswersEnds(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]pipelines.Status{"": pipelines.Failed, approval.Approve: pipelines.Succeeded} {
		t.Run(on, func(t *testing.T) {
			t.Parallel()
			f := newPeopled(t, pipelines.Project{Steps: append(chain(1), signOffStep("sign off", approval.Settings{
				Teams: []string{"Stakeholders"}, Timeout: duration(48 * time.Hour), Remind: duration(20 * time.Hour), OnTimeout: on,
			}))})
			d := f.deploy()
			f.told(d.ID)
			f.reports(task.Succeeded)
			everybody := []string{"admin@example.org", "oskar@example.org", "stella@example.org"}
			if got := f.box.to("Sign-off needed"); !slices.Equal(got, everybody) {
				t.Errorf("asked are %v", got)
			}
			began := f.now
			f.rings(d.ID, "remind-1-0-1")
			if f.now.Sub(began) != 20*time.Hour {
				t.Errorf("reminded after %s", f.now.Sub(began))
			}
			f.rings(d.ID, "remind-1-0-1") // again
			if got := f.box.to("Reminder: "); !slices.Equal(got, everybody) {
				t.Errorf("reminded are %v", got)
			}
			f.rings(d.ID, "remind-1-0-2")
			if got := f.box.to("Reminder: "); len(got) != 6 {
				t.Errorf("reminded twice are %v", got)
			}
			token, code := linkOf(t, f.box.texts("Sign-off needed")[0].Text)
			if _, err := f.requests.AnswerByLink(t.Context(), token, strings.Repeat(string(code[0]^1), 6), requests.AnswerRequest{Proceed: true}); pipelines.CodeOf(err) != pipelines.Forbidden || !strings.Contains(err.Error(), "4 more wrong codes") {
				t.Errorf("the link of the first mail, with a wrong code: %v", err)
			}
			if q, err := f.requests.Question(t.Context(), token); err != nil || q.Closed != nil {
				t.Errorf("the link of the first mail: %v, closed %v", err, q.Closed)
			}
			f.rings(d.ID, "expire-1-0")
			if l := f.load(d.ID); l.State.Head.Status != want || f.now.Sub(began) != 48*time.Hour {
				t.Errorf("after %s it is %s (%s), want %s", f.now.Sub(began), l.State.Head.Status, l.State.Head.Message, want)
			}
		})
	}
}

// TestWhoHasApprovedIsNotReminded, nor asked whose answer would not count.
func TestWhoHasApprovedIsNotReminded(t *testing.T) {
	t.Parallel()
	two := 2
	f := newPeopled(t, pipelines.Project{Steps: append(chain(1), signOffStep("sign off", approval.Settings{
		Teams: []string{"Stakeholders"}, Approvals: &two, NotRequester: true, Remind: duration(time.Hour),
	}))})
	user, err := f.records.User(t.Context(), "Users-1")
	must(t, err)
	f.admin.UserID = user.Noun.ID
	d := f.deploy()
	f.told(d.ID)
	f.reports(task.Succeeded)
	if got := f.box.to("Sign-off needed"); !slices.Equal(got, []string{"oskar@example.org", "stella@example.org"}) {
		t.Errorf("asked are %v", got)
	}
	token, code := linkOf(t, f.box.texts("Sign-off needed")[0].Text)
	if _, err := f.requests.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: true}); err != nil {
		t.Fatal(err)
	}
	f.told(d.ID)
	f.rings(d.ID, "remind-1-0-1")
	if got, first := f.box.to("Reminder: "), f.box.texts("Sign-off needed")[0].To[0]; len(got) != 1 || got[0] == first {
		t.Errorf("reminded are %v after %s has approved", got, first)
	}
	token, code = linkOf(t, f.box.texts("Reminder: ")[0].Text)
	if _, err := f.requests.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: true}); err != nil {
		t.Fatal(err)
	}
	f.told(d.ID)
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Succeeded {
		t.Errorf("it is %s", l.State.Head.Status)
	}
}

// TestADeploymentHasATimeLimit, whose clock stands still while people are asked.
func TestADeploymentHasATimeLimit(t *testing.T) {
	t.Parallel()
	always := scriptStep("always", "x")
	always.Run = pipelines.RunAlways
	steps := append(chain(1), signOffStep("sign off", approval.Settings{}), scriptStep("long", "x"), always)
	f := newPeopled(t, pipelines.Project{Timeout: pipelines.Duration(2 * time.Hour), Steps: steps})
	d := f.deploy()
	f.told(d.ID)
	f.now = f.now.Add(time.Hour)
	f.reports(task.Succeeded)
	f.now = f.now.Add(90 * 24 * time.Hour)
	for _, a := range f.alarms.set { // those of before ring in vain
		must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	}
	must(t, f.requests.Answer(t.Context(), f.admin, requests.AnswerRequest{Deployment: d.ID, Proceed: true}))
	resumed := f.now
	f.told(d.ID)
	f.sent("step 1", "long")
	rang := false
	for id, a := range f.alarms.set {
		if strings.HasPrefix(id, d.ID+"-alarm-limit-") && a.at.Equal(resumed.Add(time.Hour)) {
			f.now, rang = a.at, true
			must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
		}
	}
	if !rang {
		t.Fatalf("no alarm rings an hour after %s: %v", resumed, f.alarms.set)
	}
	f.sent("step 1", "long", "stop long")
	f.reports(task.Cancelled)
	f.reports(task.Succeeded)
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Failed || l.State.Head.Message != "it took longer than 2h" || l.State.Head.Steps[3].Status != pipelines.Succeeded {
		t.Errorf("it is %s (%s), and what always runs is %s", l.State.Head.Status, l.State.Head.Message, l.State.Head.Steps[3].Status)
	}
}

// TestAnEndThatNobodyKnowsIsChosen by whoever asked for the deployment, in three
// ways, and told to them once.
func TestAnEndThatNobodyKnowsIsChosen(t *testing.T) {
	t.Parallel()
	for choice, want := range map[graph.Choice]pipelines.Status{graph.Retry: pipelines.Succeeded, graph.Ignore: pipelines.Succeeded, graph.Fail: pipelines.Unknown} {
		t.Run(string(choice), func(t *testing.T) {
			t.Parallel()
			f := newPeopled(t, pipelines.Project{Steps: chain(1)})
			f.admin.UserID = "Users-1"
			d := f.deploy()
			f.told(d.ID)
			f.reports(task.Unknown)
			l := f.load(d.ID)
			if l.State.Head.Status != pipelines.Waiting || l.State.Head.Stands() != graph.PlaceHeld {
				t.Errorf("it is %s and stands as %q, want waiting with its place", l.State.Head.Status, l.State.Head.Stands())
			}
			must(t, f.runner().Look(t.Context(), d.ID)) // all effects once more
			told := f.box.texts("Your choice needed")
			if len(told) != 1 || !slices.Equal(told[0].To, []string{"admin@example.org"}) {
				t.Fatalf("told are %v", f.box.to(""))
			}
			for _, part := range []string{d.ID, "step 1", "web-1", "Retry", "Ignore", "Fail", "https://slipway.test/deployments/" + d.ID} {
				if !strings.Contains(told[0].Text, part) || !strings.Contains(told[0].HTML, part) {
					t.Errorf("the mail lacks %q:\n%s", part, told[0].Text)
				}
			}
			must(t, f.requests.Decide(t.Context(), f.admin, requests.DecideRequest{Deployment: d.ID, Choice: choice}))
			f.told(d.ID)
			if choice == graph.Retry {
				f.distinct(2)
				f.reports(task.Succeeded)
			}
			if l := f.load(d.ID); l.State.Head.Steps[0].Status != want || !l.State.Head.Status.Ended() {
				t.Errorf("the deployment is %s, its step %s; want %s", l.State.Head.Status, l.State.Head.Steps[0].Status, want)
			}
		})
	}
}

// distinct wants so many attempts, none under the id of another.
func (f *peopled) distinct(want int) {
	f.t.Helper()
	seen := map[string]bool{}
	for _, e := range f.hosts.errands {
		seen[e.Order.ID] = true
	}
	if len(seen) != want || len(f.hosts.errands) != want {
		f.t.Errorf("%d attempts under %d ids, want %d", len(f.hosts.errands), len(seen), want)
	}
}

// TestWhoIsToldOfAChoiceThatNobodyAskedFor: everybody who may deploy there.
func TestWhoIsToldOfAChoiceThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	f := newPeopled(t, pipelines.Project{GuidedFailure: true, Steps: chain(1)})
	f.admin.UserID = "Users-99"
	d := f.deploy()
	f.told(d.ID)
	f.box.err = fmt.Errorf("busy: %w", mail.ErrTryAgain)
	f.reports(task.Failed)
	if len(f.box.sent) != 0 {
		t.Fatalf("sent: %v", f.box.to(""))
	}
	f.box.err = nil
	later, ok := f.alarms.set["later-"+d.ID+"-choice-0-1"]
	if !ok {
		t.Fatalf("the mail is not tried again: %v", f.alarms.set)
	}
	for range 2 {
		must(t, f.runner().Ring(nil)(t.Context(), "", later.payload))
	}
	if got := f.box.to("Your choice needed"); !slices.Equal(got, []string{"oskar@example.org"}) {
		t.Errorf("told are %v", got)
	}
}

// TestTakenUpAgainItKeepsWhatSucceeded, asks again in a new round, and gives no
// attempt the id of an older one.
func TestTakenUpAgainItKeepsWhatSucceeded(t *testing.T) {
	t.Parallel()
	steps := append(chain(2), signOffStep("sign off", approval.Settings{Teams: []string{"Stakeholders"}}))
	f := newPeopled(t, pipelines.Project{Steps: steps})
	d := f.deploy()
	f.told(d.ID)
	f.reports(task.Succeeded)
	f.reports(task.Failed)
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Failed || !l.State.Head.Closed {
		t.Fatalf("it is %s, closed %v", l.State.Head.Status, l.State.Head.Closed)
	}
	resume := func() {
		t.Helper()
		f.now = f.now.Add(time.Minute)
		must(t, f.requests.Resume(t.Context(), f.admin, d.ID, ""))
		f.told(d.ID)
		must(t, f.runner().Freed(t.Context(), d.ProjectID, d.EnvironmentID)) // told of the row in the queue
	}
	resume()
	f.sent("step 1", "step 2", "step 2")
	f.distinct(3)
	f.reports(task.Succeeded)
	must(t, f.requests.Answer(t.Context(), f.stella(), requests.AnswerRequest{Deployment: d.ID, Proceed: false, Note: "no"}))
	f.told(d.ID)
	first := f.box.texts("Sign-off needed")
	resume()
	again := f.box.texts("Sign-off needed")
	if len(first) != 3 || len(again) != 6 {
		t.Fatalf("asked %d times, then %d; want 3 and 6", len(first), len(again))
	}
	token, code := linkOf(t, again[3].Text)
	if _, err := f.requests.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: true}); err != nil {
		t.Fatal(err)
	}
	f.told(d.ID)
	f.sent("step 1", "step 2", "step 2")
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Succeeded || len(l.State.Head.Resumed) != 2 {
		t.Errorf("it is %s (%s), taken up %d times", l.State.Head.Status, l.State.Head.Message, len(l.State.Head.Resumed))
	}
	if active, err := f.records.Active(t.Context()); err != nil || len(active) != 0 {
		t.Errorf("alive: %v, %v", active, err)
	}
}

func (f *peopled) stella() pipelines.Principal {
	f.t.Helper()
	p, err := f.records.Principal(f.t.Context(), "Users-2", "test")
	must(f.t, err)
	return p
}
