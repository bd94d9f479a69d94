package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/web/rest"
)

func in(d time.Duration) *time.Time {
	at := noon.Add(d)
	return &at
}

// zoneless writes the times that output shows by the clock here as they are in
// the golden files.
func zoneless(out string, ahead ...time.Duration) string {
	for _, d := range ahead {
		out = strings.ReplaceAll(out, noon.Add(d).Local().Format("2006-01-02 15:04 MST"), "(noon + "+d.String()+")")
	}
	return out
}

func tomorrowAt22() time.Time {
	day := noon.Local().AddDate(0, 0, 1)
	return time.Date(day.Year(), day.Month(), day.Day(), 22, 0, 0, 0, time.Local)
}

func TestStartTime(t *testing.T) {
	t.Parallel()
	p := &program{now: func() time.Time { return noon }}
	c := p.deploy()
	for text, want := range map[string]time.Time{
		"2026-03-04T22:00:00Z":      time.Date(2026, 3, 4, 22, 0, 0, 0, time.UTC),
		"2026-03-04T22:00:00+02:00": time.Date(2026, 3, 4, 20, 0, 0, 0, time.UTC),
		"2026-03-04 22:00":          time.Date(2026, 3, 4, 22, 0, 0, 0, time.Local),
		"2026-03-04T22:00:30":       time.Date(2026, 3, 4, 22, 0, 30, 0, time.Local),
		"+2h":                       noon.Add(2 * time.Hour),
		"+90m":                      noon.Add(90 * time.Minute),
		"+1d12h":                    noon.Add(36 * time.Hour),
		"2h":                        noon.Add(2 * time.Hour),
		"tomorrow 22:00":            tomorrowAt22(),
	} {
		if got, err := p.startTime(c, text); err != nil || !got.Equal(want) {
			t.Errorf("startTime(%q) = %v, %v, want %s", text, got, err, want)
		}
	}
	if got, err := p.startTime(c, ""); got != nil || err != nil {
		t.Errorf("startTime of nothing = %v, %v", got, err)
	}
	for _, text := range []string{"tomorrow", "22:00", "+", "+0s", "+-2h", "2026-13-01 22:00"} {
		if got, err := p.startTime(c, text); err == nil {
			t.Errorf("startTime(%q) = %v, want an error", text, got)
		}
	}
}

func TestPastTime(t *testing.T) {
	t.Parallel()
	p := &program{now: func() time.Time { return noon }}
	for text, want := range map[string]time.Time{
		"2026-03-02T22:00:00.5Z":    time.Date(2026, 3, 2, 22, 0, 0, 5e8, time.UTC),
		"2026-03-02T22:00:00+02:00": time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC),
		"2026-03-02 22:00":          time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC),
		"2026-03-02 22:00:07":       time.Date(2026, 3, 2, 22, 0, 7, 0, time.UTC),
		"10m":                       noon.Add(-10 * time.Minute),
		"2d":                        noon.Add(-48 * time.Hour),
	} {
		if got, err := p.pastTime(text); err != nil || !got.Equal(want) {
			t.Errorf("pastTime(%q) = %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "22:00", "-10m", "0s", "+2h", "10", "2026-13-01 22:00"} {
		if got, err := p.pastTime(text); err == nil {
			t.Errorf("pastTime(%q) = %v, want an error", text, got)
		}
	}
}

// What a person adds to a deployment reaches the server, and nothing else does.
func TestDeployFlags(t *testing.T) {
	t.Parallel()
	var heard map[string]any
	made := deployment(pipelines.Queued)
	made.NotBefore, made.Skip = in(2*time.Hour), []string{"Smoke"}
	s := somebody(t, answers{"POST /v1/deployments": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = nil
		must(t, json.NewDecoder(r.Body).Decode(&heard))
		writeJSON(w, http.StatusOK, made)
	})})
	s.types("deploy", "App", "1.0", "Test", "--at", "+2h", "--skip", "Smoke", "--skip", "Mail", "--guided-failure=false", "--comment", "x").
		want(t, "deploy", 0, "starts "+made.NotBefore.Local().Format("2006-01-02 15:04 MST")+" (in 2 h)", "leaves out Smoke")
	if heard["at"] != "2026-03-03T14:00:00Z" || len(heard["skip"].([]any)) != 2 || heard["guidedFailure"] != false || heard["comment"] != "x" {
		t.Errorf("the server heard %v", heard)
	}
	s.types("deploy", "App", "1.0", "Test").want(t, "deploy", 0)
	if len(heard) != 3 {
		t.Errorf("the server heard %v, want project, release and environment", heard)
	}
	s.types("deploy", "App", "1.0", "Test", "--at", "soon").want(t, "deploy", 2, "--at is a time like")
}

// What comes next is said where somebody orders a deployment and goes away.
func TestNextOfADeployment(t *testing.T) {
	t.Parallel()
	first := rest.Step{Name: "Deploy", Kind: plan.OnHosts, Status: pipelines.Pending}
	asks, answered, anybody := signOff, signOff, signOff
	asks.Kind, answered.Kind, anybody.Kind = plan.Ask, plan.Ask, plan.Ask
	asks.Status, answered.Status, anybody.Teams = pipelines.Pending, pipelines.Skipped, nil
	const logs, approve = "slipway logs Deployments-7 --follow", "slipway approve Deployments-7, for Project Stakeholders (Sign Off)"
	for _, c := range []struct {
		steps []rest.Step
		want  []string
	}{
		{nil, []string{logs}},
		{[]rest.Step{first}, []string{logs}},
		{[]rest.Step{first, asks}, []string{logs, approve}},
		{[]rest.Step{asks, first}, []string{approve}},
		{[]rest.Step{answered, first}, []string{logs}},
		{[]rest.Step{anybody}, []string{"slipway approve Deployments-7, for whoever may deploy there (Sign Off)"}},
	} {
		if got := nextOf(deployment(pipelines.Queued, c.steps...)); !slices.Equal(got, c.want) {
			t.Errorf("nextOf(%+v) = %q, want %q", c.steps, got, c.want)
		}
	}
}

// standing are deployments in every way that the command line tells apart.
func standing() map[string]rest.Deployment {
	scheduled := deployment(pipelines.Queued)
	scheduled.NotBefore, scheduled.Place, scheduled.Comment, scheduled.Skip = in(48*time.Hour), graph.PlaceNone, "by night", []string{"Smoke"}

	queued := deployment(pipelines.Queued)
	queued.Place, queued.Holder, queued.Ahead = graph.PlaceWanted, "Deployments-5", 2

	asks := signOff
	asks.Kind, asks.Needs, asks.Approved, asks.NotRequester = plan.Ask, 2, []rest.Answer{{Proceed: true, By: "Grace"}}, true
	asks.Expires, asks.OnTimeout, asks.Reminds, asks.Reminded, asks.Round = in(47*time.Hour), "reject", in(time.Hour), 2, 1
	waiting := deployment(pipelines.Waiting, asks)
	waiting.Place, waiting.Resumed = graph.PlaceNone, []rest.Takeup{{At: noon.Add(-time.Hour), By: "Ada", Note: "again", Was: pipelines.Failed}}

	host := func(name string, tasks ...rest.TaskOnTarget) rest.Step {
		return rest.Step{Name: name, Kind: plan.OnHosts, Status: pipelines.Waiting, Targets: tasks}
	}
	unsure := deployment(pipelines.Waiting,
		host("One", rest.TaskOnTarget{Target: "web-1", Status: pipelines.Waiting, Attempt: 2, Message: "it was restarted", Ask: pipelines.Unknown}),
		host("Two", rest.TaskOnTarget{Target: "web-1", Status: pipelines.Waiting, Attempt: 1, Message: "exit 3", Ask: pipelines.Failed},
			rest.TaskOnTarget{Target: "web 2", Status: pipelines.Succeeded, Attempt: 1, Message: "exit 1", Choice: &rest.Chosen{Choice: graph.Ignore, By: "Ada", Note: "harmless"}}))
	unsure.Place, unsure.Limit = graph.PlaceHeld, in(20*time.Minute)
	unsure.Choices = []rest.Choice{
		{Step: "One", Target: "web-1", Attempt: 2, Ask: pipelines.Unknown, Message: "it was\nrestarted"},
		{Step: "Two", Target: "web-1", Attempt: 1, Ask: pipelines.Failed, Message: "exit 3"},
	}

	on := func(status pipelines.Status, targets ...string) []rest.TaskOnTarget {
		var out []rest.TaskOnTarget
		for _, name := range targets {
			out = append(out, rest.TaskOnTarget{Target: name, Status: status, Attempt: 1})
		}
		return out
	}
	child := func(name string, targets []rest.TaskOnTarget) rest.Step {
		return rest.Step{Name: name, Kind: plan.OnHosts, Within: "Roll", Status: pipelines.Running, Targets: targets}
	}
	left := child("Smoke", nil)
	left.Status, left.Message = pipelines.Skipped, "left out by Ada"
	rolling := deployment(pipelines.Running,
		rest.Step{Name: "Roll", Kind: plan.Rolling, Status: pipelines.Running, Window: 1, Targets: append(on(pipelines.Succeeded, "web-1"), on(pipelines.Running, "web-2")...)},
		child("Out", append(on(pipelines.Succeeded, "web-1", "web-2"), on(pipelines.Pending, "web-3")...)),
		child("In", append(on(pipelines.Succeeded, "web-1"), on(pipelines.Running, "web-2")...)), left,
		rest.Step{Name: "Tell", Kind: plan.Mail, Status: pipelines.Pending})
	rolling.Steps[0].Targets = append(rolling.Steps[0].Targets, on(pipelines.Pending, "web-3")...)

	held := deployment(rest.Held)
	held.Message = "turn 3 cannot be read: `slipway cancel Deployments-7 --give-up`"
	return map[string]rest.Deployment{"1 scheduled": scheduled, "2 queued": queued, "3 approvals": waiting, "4 choices": unsure, "5 rolling": rolling, "6 held": held}
}

func TestStatusOfStandings(t *testing.T) {
	t.Parallel()
	all := standing()
	var out string
	for _, name := range []string{"1 scheduled", "2 queued", "3 approvals", "4 choices", "5 rolling", "6 held"} {
		s := somebody(t, answers{"GET /v1/deployments/Deployments-7": all[name]})
		got := s.types("status", "Deployments-7")
		got.want(t, name, 0)
		out += "# " + name + "\n" + got.out + "\n"
	}
	golden(t, "standings.txt", zoneless(out, 48*time.Hour, 47*time.Hour, time.Hour, 20*time.Minute))
}

// Who follows is told what is waited for, and of one that cannot be read that
// nothing will come.
func TestFollowStandings(t *testing.T) {
	t.Parallel()
	all := standing()
	var out string
	for _, name := range []string{"1 scheduled", "3 approvals", "4 choices"} {
		d := &stages{states: []rest.Deployment{all[name], all[name], ended(pipelines.Succeeded)}}
		got := somebody(t, d.handler()).types("logs", "Deployments-7", "--follow")
		got.want(t, name, 0)
		out += "# " + name + "\n" + got.out + "\n"
	}
	golden(t, "followed.txt", zoneless(out, 48*time.Hour, 47*time.Hour))
	held := &stages{states: []rest.Deployment{all["6 held"]}}
	somebody(t, held.handler()).types("logs", "Deployments-7", "--follow").want(t, "held", 1, "Deployments-7 is held: turn 3 cannot be read")
}

func TestQueueOutput(t *testing.T) {
	t.Parallel()
	q := rest.Queue{Places: []rest.QueuePlace{
		{Project: "App", Environment: "Test", Policy: pipelines.QueueSkipSuperseded,
			Holder: &rest.Queued{ID: "Deployments-3", Release: "1.0.7", Status: pipelines.Waiting, Created: noon.Add(-time.Hour), CreatedBy: "Ada", Choices: 1},
			Waiting: []rest.Queued{
				{ID: "Deployments-5", Release: "1.0.8", Status: pipelines.Queued, Created: noon.Add(-time.Minute), CreatedBy: "Slipway", Automatic: true, Behind: "Deployments-3"},
				{ID: "Deployments-6", Release: "1.0.6", Status: pipelines.Queued, Created: noon, CreatedBy: "Ada", Behind: "Deployments-5", Begun: true},
			},
			Without: []rest.Queued{
				{ID: "Deployments-8", Release: "1.1.0", Status: pipelines.Queued, Created: noon, CreatedBy: "Ada", NotBefore: in(26 * time.Hour)},
				{ID: "Deployments-9", Release: "1.1.0", Status: pipelines.Waiting, Created: noon, CreatedBy: "Ada", Begun: true, Asks: []rest.Asks{{Step: "Check", Teams: []string{"QA", "Ops"}, Needs: 2, Approved: 1}}},
			}},
		{Project: "Other", Environment: "Dev", Policy: pipelines.QueueReplaceWaiting, Holder: &rest.Queued{ID: "Deployments-2", Release: "2.0", Status: rest.Held, Message: "it cannot be read", Created: noon, CreatedBy: "Ada"}},
	}}
	s := somebody(t, answers{"GET /v1/queue": q})
	got := s.types("queue")
	got.want(t, "queue", 0)
	golden(t, "queue.txt", zoneless(got.out, 26*time.Hour))
	somebody(t, answers{"GET /v1/queue": rest.Queue{}}).types("queue", "--project", "App").want(t, "an empty queue", 0, "nothing is on its way, and nothing waits")
}

func TestDecideAndRetry(t *testing.T) {
	t.Parallel()
	heard := map[string]string{}
	hear := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		must(t, json.NewDecoder(r.Body).Decode(&body))
		b, _ := json.Marshal(body)
		heard[r.URL.Path] = string(b)
		w.WriteHeader(http.StatusNoContent)
	})
	s := somebody(t, answers{
		"GET /v1/deployments/Deployments-7":         standing()["4 choices"],
		"GET /v1/deployments/Deployments-6":         deployment(pipelines.Running),
		"POST /v1/deployments/Deployments-7/decide": hear, "POST /v1/deployments/Deployments-7/retry": hear, "POST /v1/deployments/Deployments-7/cancel": hear,
	})
	s.types("decide", "Deployments-7").want(t, "what waits", 0, "? One on web-1: nobody knows how attempt 2 ended: it was restarted", "slipway decide Deployments-7 CHOICE --step Two --target web-1  (retry, ignore or fail)", "look at the host first", "slipway decide Deployments-7 CHOICE --all")
	s.types("decide", "Deployments-6").want(t, "nothing waits", 0, "nothing of Deployments-7 waits for a choice")
	s.types("decide", "Deployments-7", "retry", "--step", "One", "--target", "web-1", "--note", "n").want(t, "decide", 0, "One on web-1 is tried again")
	s.types("retry", "Deployments-7", "--note", "again").want(t, "retry", 0, "Deployments-7 goes on", "slipway logs Deployments-7 --follow")
	s.types("cancel", "Deployments-7", "--give-up").want(t, "cancel", 0)
	for path, want := range map[string]string{
		"decide": `{"attempt":2,"choice":"retry","note":"n","step":"One","target":"web-1"}`, "retry": `{"note":"again"}`, "cancel": `{"giveUp":true}`,
	} {
		if got := heard["/v1/deployments/Deployments-7/"+path]; got != want {
			t.Errorf("%s: the server heard %s, want %s", path, got, want)
		}
	}
}

// One choice for everything that waits: it is listed first, each is sent with the
// attempt that was listed, and what somebody else chose meanwhile stops nothing.
func TestDecideAll(t *testing.T) {
	t.Parallel()
	var heard []string
	d := standing()["4 choices"]
	d.Choices = append(d.Choices, rest.Choice{Step: "Two", Target: "web 3", Attempt: 1, Ask: pipelines.Failed})
	s := somebody(t, answers{
		"GET /v1/deployments/Deployments-7": d,
		"GET /v1/deployments/Deployments-6": deployment(pipelines.Running),
		"POST /v1/deployments/Deployments-7/decide": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in decideRequest
			must(t, json.NewDecoder(r.Body).Decode(&in))
			heard = append(heard, fmt.Sprintf("%s %d %s %s", in.Step, in.Attempt, in.Target, in.Choice))
			if in.Target == "web-1" && in.Step == "Two" {
				writeJSON(w, http.StatusConflict, pipelines.Refuse(pipelines.Conflict, "somebody else has just chosen"))
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}),
	})
	got := s.types("decide", "Deployments-7", "fail", "--all")
	got.want(t, "all", 1, "? One on web-1: nobody knows how attempt 2 ended: it was restarted\n", "One on web-1 stays unknown, which counts as a failure\n", "Two on web 3 has failed\n", "somebody else has just chosen")
	if want := "One 2 web-1 fail, Two 1 web-1 fail, Two 1 web 3 fail"; strings.Join(heard, ", ") != want {
		t.Errorf("the server heard %s, want %s", strings.Join(heard, ", "), want)
	}
	heard = nil
	s.types("decide", "Deployments-7", "ignore", "--all", "--step", "one").want(t, "of a step", 0, "One on web-1 counts as succeeded, with a warning")
	if len(heard) != 1 {
		t.Errorf("the server heard %q", heard)
	}
	s.types("decide", "Deployments-6", "fail", "--all").want(t, "of nothing", 1, "nothing of Deployments-6 waits for such a choice")
	s.types("decide", "Deployments-7", "--all").want(t, "no choice", 2, "CHOICE is missing")
	s.types("decide", "Deployments-7", "retry", "--all", "--attempt", "2").want(t, "an attempt", 2, "--attempt is about one attempt")
}

// Who may choose but not look is not kept from it.
func TestDecideUnseen(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"POST /v1/deployments/Deployments-7/decide": nil})
	s.types("decide", "Deployments-7", "retry").want(t, "unseen", 0, "Deployments-7 goes on with your choice: retry")
}

func TestRough(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		59 * time.Second: "less than a minute", 90 * time.Second: "2 min", 47*time.Hour + 59*time.Minute: "48 h", 48 * time.Hour: "48 h",
		2*time.Hour - time.Second: "2 h", 71 * time.Hour: "3 days",
	} {
		if got := rough(d); got != want {
			t.Errorf("rough(%s) = %q, want %q", d, got, want)
		}
	}
}

// Who approves hears how many more must.
func TestApproveSaysWhoIsMissing(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{
		"POST /v1/deployments/Deployments-7/answer": nil, "GET /v1/deployments/Deployments-7": standing()["3 approvals"],
	})
	s.types("approve", "Deployments-7").want(t, "approve", 0, "Deployments-7 approved\nSign Off waits for 1 more of Project Stakeholders\n")
	s.types("reject", "Deployments-7").want(t, "reject", 0, "Deployments-7 rejected\nnext: ")
	d := standing()["3 approvals"]
	d.Steps[0].Status, d.Steps[0].Answer = pipelines.Succeeded, &rest.Answer{Proceed: true, By: "Ada"}
	s = somebody(t, answers{"POST /v1/deployments/Deployments-7/answer": nil, "GET /v1/deployments/Deployments-7": d})
	s.types("approve", "Deployments-7").want(t, "the one who decides", 0, "Deployments-7 approved\nnext: ")
}

// What a rule does not do is said.
func TestNotSent(t *testing.T) {
	t.Parallel()
	const why = "App 1.0 was not sent to Test: release 1.0 is older than 2.0, which is in Test, or was last on its way there; a person can still deploy it"
	s := somebody(t, answers{"POST /v1/releases": rest.Release{Number: "1.0", NotSent: []string{why}}})
	s.types("release", "create", "App").want(t, "release", 0, why)
}
