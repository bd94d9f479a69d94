package replay_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/replay"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

// story is a deployment with questions about it: `STEP`, `STEP on TARGET`, or
// `NAME in STEP`, `NAME in STEP on TARGET` for a value.
type story struct {
	plan  plan.Plan
	turns [][]graph.Happening
	asked []string
}

func stories() map[string]story {
	only := host("Prod only", "web-1")
	only.Skip = "it runs in Prod only"
	left := host("Migrate", "web-1")
	left.Skip = "left out by Ida"
	onFailure := host("Clean up", "web-1")
	onFailure.Run = pipelines.RunFailure
	oneByOne := host("Deploy", "web-1", "web-2", "web-3")
	oneByOne.Window = 1
	again := host("Deploy", "web-1", "web-2")
	again.Retries = 1
	outputs := good(0)
	outputs.Outputs = map[string]string{"Port": "9000", "Ready": "no"}
	ready, holds := host("If ready", "web-1"), host("Unless dev", "web-1")
	ready.Run = "#{Octopus.Action[Check].Output.Ready}"
	holds.If = `vars["Flag"] == "yes"`
	scheduled := planned(host("Deploy", "web-1"))
	scheduled.NotBefore = noon.Add(10 * time.Minute)
	blocked := planned(host("Deploy", "web-1"), mail("Tell"))
	blocked.Findings = []plan.Finding{{Step: "Deploy", Message: "port 8082 is another project's", Blocks: true}}
	check := host("Check", "web-1", "web-2")
	check.Targets[1].Variables = []plan.Variable{{Name: "Greeting", Value: "Hello, second"}}
	second := good(1)
	second.Outputs = map[string]string{"Port": "9001", "Ready": "no"}
	rolling := plan.Step{Name: "One by one", Kind: plan.Rolling, Window: 1, Children: 2, Targets: host("", "web-1", "web-2").Targets}
	stop, begin := host("Stop", "web-1", "web-2"), host("Begin", "web-1", "web-2")
	stop.Within, begin.Within = 1, 1
	guided := planned(host("Deploy", "web-1"), mail("Tell"))
	guided.GuidedFailure = true
	limited := planned(host("Deploy", "web-1"), host("Next", "web-1"), mail("Tell"))
	limited.Timeout = task.Duration(time.Minute)
	rings := func(name string, after time.Duration) string {
		return fmt.Sprintf("%s-%d", name, noon.Add(after).UnixNano())
	}
	lab, beta := host("Lab only", "web-1"), host("Beta only", "web-1")
	lab.If = `env.name == "Lab" or release.version == "2.0.0"`
	beta.If = `release.channel == "Beta" and release.project == "Random Quotes" and steps["Deploy"].succeeded`
	unless := host("Begin", "web-1", "web-2")
	unless.Within, unless.If = 1, `env.name == "Prod"`
	halted := func(number int) graph.TaskReported {
		return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Cancelled, Message: "stopped on request"}
	}
	return map[string]story{
		"approved": {planned(host("Deploy", "web-1", "web-2"), ask("Sign Off", plan.Question{}), only, left, host("Announce", "web-1"), mail("Tell")),
			append([][]graph.Happening{{graph.Started{}}, {good(0), good(1)}}, each(answered(1, true, "Stella", "looks good"), graph.Placed{}, good(3), sent(5), graph.Closed{})...),
			[]string{"Deploy", "Deploy on web-2", "Sign Off", "Prod only", "Migrate on web-1", "Announce", "Tell"}},
		"rejected": {planned(host("Deploy", "web-1"), ask("Sign Off", plan.Question{Minimum: 2}), host("Announce", "web-1"), onFailure, mail("Tell")),
			each(graph.Started{}, good(0), answered(1, true, "Stella", ""), answered(1, false, "Ida", "the colours are wrong"), graph.Placed{}, good(3), sent(4), graph.Closed{}),
			[]string{"Sign Off", "Announce", "Clean up"}},
		"window stopped": {planned(oneByOne, host("Next", "web-1"), mail("Tell")),
			each(graph.Started{}, good(0), bad(1, "disk full"), sent(2), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-2", "Deploy on web-3", "Next", "Next on web-1"}},
		"tried again": {planned(again), each(graph.Started{}, bad(0, "no route to web-1"), good(1), graph.TimerRang{Task: 0, Attempt: 1}, graph.TaskReported{Task: 0, Attempt: 2, Outcome: task.Succeeded}, graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1"}},
		"unknown": {planned(host("Deploy", "web-1", "web-2"), mail("Tell")),
			each(graph.Started{}, good(0), graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Unknown, Message: "the host was restarted"}),
			[]string{"Deploy", "Deploy on web-2", "Tell"}},
		"a choice": {guided, each(graph.Started{}, bad(0, "disk full"), graph.Decided{Task: 0, Attempt: 1, Choice: graph.Ignore, UserID: "Users-Ida", Called: "Ida", Note: "known", Via: "page"}, sent(1), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1"}},
		"cancelled": {planned(host("Deploy", "web-1"), host("Next", "web-1"), mail("Tell")),
			each(graph.Started{}, graph.CancelAsked{UserID: "Users-Ida", Called: "Ida", Note: "wrong release"}, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Cancelled}, sent(2), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1", "Next"}},
		"stopped": {planned(oneByOne, host("Next", "web-1")), each(graph.Started{}, graph.CancelAsked{UserID: "Users-Ida", Called: "Ida", Note: "wrong release"}, halted(0), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1", "Deploy on web-3", "Next on web-1"}},
		"stopped by its limit": {limited, each(graph.Started{}, graph.AlarmRang{Name: rings("limit", time.Minute)}, halted(0), sent(2), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1"}},
		"place and release": {planned(host("Deploy", "web-1"), lab, beta), each(graph.Started{}, good(0), graph.Closed{}), []string{"Lab only", "Beta only"}},
		"child left out":    {planned(rolling, stop, unless), each(graph.Started{}, good(0), good(1), graph.Closed{}), []string{"Begin on web-2"}},
		"out of reach": {limited, each(graph.Started{}, graph.AlarmRang{Name: rings("limit", time.Minute)}, graph.AlarmRang{Name: rings("stopped", 2*time.Minute)}, sent(2), graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1", "Next", "Next on web-1"}},
		"left out":  {planned(host("Deploy", "web-1")), each(graph.Superseded{By: "Deployments-9", Why: "superseded by Deployments-9 (1.0.8), which waits behind it"}, graph.Closed{}), []string{"Deploy"}},
		"scheduled": {scheduled, nil, []string{"Deploy"}},
		"queued":    {planned(host("Deploy", "web-1")), nil, []string{"Deploy"}},
		"blocked":   {blocked, each(graph.Started{}, sent(1), graph.Closed{}), []string{"Deploy", "Tell"}},
		"values": {planned(check, ask("Sign Off", plan.Question{}), ready, holds),
			append([][]graph.Happening{{graph.Started{}}, {outputs, second}}, each(answered(1, true, "Stella", "go"), graph.Closed{})...),
			[]string{"Greeting in Check", "Greeting in Check on web-2", "Password in Check", "Address in Check", "Octopus.Action[Check].Output.Port in If ready on web-1", "octopus.action[check].output[web-2].port in If ready",
				"Octopus.Action[Sign Off].Output.Manual.Notes in If ready", "Octopus.Step[Check].Status.Code in Unless dev", "If ready", "Unless dev"}},
		"waits": {planned(host("Deploy", "web-1"), ask("Sign Off", plan.Question{Minimum: 2, Remind: task.Duration(time.Minute), Timeout: task.Duration(time.Hour)}), only, host("Next", "web-1")),
			append([][]graph.Happening{{graph.Started{}}, {good(0)}}, each(graph.AlarmRang{Name: "remind-1-0-1"}, answered(1, true, "Stella", "fine"))...),
			[]string{"Sign Off", "Next"}},
		"child steps": {planned(rolling, stop, begin, mail("Tell")), each(graph.Started{}, good(0), bad(2, "no such unit"), sent(3), graph.Closed{}),
			[]string{"One by one", "Stop on web-2", "Begin on web-1", "Begin on web-2"}},
		"taken up again": {planned(host("Deploy", "web-1", "web-2"), mail("Tell")),
			each(graph.Started{}, good(0), bad(1, "disk full"), sent(1), graph.Closed{}, graph.Resumed{UserID: "Users-Ida", Called: "Ida", Note: "larger disk"}, graph.Placed{}, graph.TaskReported{Task: 1, Attempt: 2, Outcome: task.Succeeded}, graph.Mailed{Step: 1, Attempt: 2, Sent: true}, graph.Closed{}),
			[]string{"Deploy", "Deploy on web-1", "Deploy on web-2", "Tell"}},
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := play(t, s.plan, s.turns...)
			var out strings.Builder
			lines, report, err := replay.Events(j, replay.Until{})
			if err != nil {
				t.Fatal(err)
			}
			if !report.Same() || len(report.Worded) > 0 {
				t.Errorf("today's code does not decide its own journal the same: %v", append(report.Differences, report.Worded...))
			}
			for _, l := range lines {
				what := l.What
				if l.Who != "" {
					what = l.Who + " " + what
				}
				fmt.Fprintf(&out, "%s %s\n", l.Place(), what)
				for _, f := range l.Followed {
					fmt.Fprintf(&out, "    → %s\n", f)
				}
			}
			for _, q := range s.asked {
				fmt.Fprintf(&out, "\n? %s\n%s", q, reply(t, j, q))
			}
			golden(t, name, out.String())
		})
	}
}

func reply(t *testing.T, j replay.Journal, q string) string {
	t.Helper()
	rest, target, _ := strings.Cut(q, " on ")
	name, step, ofValue := strings.Cut(rest, " in ")
	if ofValue {
		v, err := replay.ValueOf(j, name, step, target)
		if err != nil {
			t.Fatal(err)
		}
		return toldValue(v)
	}
	a, err := replay.Why(j, rest, target)
	if err != nil {
		t.Fatal(err)
	}
	return told(a)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s comes out as\n%s\nwant\n%s", path, got, want)
	}
}
