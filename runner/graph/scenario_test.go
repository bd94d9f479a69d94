package graph_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

var update = flag.Bool("update", false, "write what the scenarios really do into their files")

// TestScenarios plays every testdata/*.txt: a process, then events. Below each
// event stand the effects it asks for (`>`), and in the end the statuses (`=`).
// All indented lines are what must come out; -update writes them.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("%s comes out as\n%s\nwant\n%s", file, got, want)
			}
		})
	}
}

// scenario is one file while it is played.
type scenario struct {
	t     *testing.T
	plan  plan.Plan
	state graph.State
	begun bool
	at    time.Time
	out   strings.Builder
}

func play(t *testing.T, text string) string {
	s := &scenario{t: t, at: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
	s.plan = plan.Plan{Format: plan.Format, Deployment: "Deployments-1"}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "  ") {
			continue // what came out the last time
		}
		s.out.WriteString(line + "\n")
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
		case words[0] == "wait":
			pause, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatal(err)
			}
			s.at = s.at.Add(pause)
		case words[0] == "step":
			s.step(words[1:])
		case words[0] == "finding":
			s.plan.Findings = append(s.plan.Findings, plan.Finding{Step: words[1], Message: strings.Join(words[2:], " "), Blocks: true})
		default:
			s.event(words)
		}
	}
	return s.out.String()
}

// step reads `step NAME host|ask|mail [on A,B] [needs X,Y] [run always] …`.
func (s *scenario) step(words []string) {
	step := plan.Step{Name: words[0], Kind: plan.Kind(words[1]), First: s.plan.Tasks(), Window: 10}
	if n := len(s.plan.Steps); n > 0 {
		step.Needs = []int{n - 1}
	}
	for i := 2; i+1 < len(words); i += 2 {
		value := words[i+1]
		switch words[i] {
		case "on":
			for _, name := range strings.Split(value, ",") {
				step.Targets = append(step.Targets, plan.Target{ID: name, Name: name})
			}
		case "needs":
			step.Needs = nil
			for _, name := range strings.Split(value, ",") {
				if name != "nothing" {
					step.Needs = append(step.Needs, s.plan.Step(name))
				}
			}
		case "run":
			step.Run = pipelines.Condition(value)
		case "skip":
			step.Skip = value
		case "window":
			step.Window = s.number(value)
		case "retries":
			step.Retries = s.number(value)
		default:
			s.t.Fatalf("a step has no %q", words[i])
		}
	}
	if step.Kind == plan.OnHosts && step.Targets == nil {
		step.Targets = []plan.Target{{ID: "web-1", Name: "web-1"}}
	}
	s.plan.Steps = append(s.plan.Steps, step)
}

func (s *scenario) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *scenario) event(words []string) {
	if !s.begun {
		s.begun, s.state = true, graph.Begin(s.plan)
	}
	s.at = s.at.Add(time.Second)
	before := s.state
	next, effects, err := graph.Advance(s.plan, before, graph.Event{At: s.at, Of: s.happening(words)})
	if err != nil {
		s.t.Fatalf("%v: %v", words, err)
	}
	s.state = next
	if err := graph.Check(s.plan, next); err != nil {
		s.t.Errorf("after %v: %v", words, err)
	}
	for _, e := range effects {
		fmt.Fprintf(&s.out, "  > %s\n", s.describe(e))
	}
	if len(effects) == 0 && fmt.Sprint(next.Head) == fmt.Sprint(before.Head) {
		s.out.WriteString("  (nothing)\n")
		return
	}
	fmt.Fprintf(&s.out, "  = %s:", next.Head.Status)
	for i, x := range next.Head.Steps {
		fmt.Fprintf(&s.out, " %s %s", s.plan.Steps[i].Name, x.Status)
		if x.Message != "" && x.Status.Ended() {
			fmt.Fprintf(&s.out, " (%s)", x.Message)
		}
		if i < len(next.Head.Steps)-1 {
			s.out.WriteString(",")
		}
	}
	s.out.WriteString("\n")
}

// happening reads `start [CLASH]`, `web-1 reports Step ok|failed|unknown [attempt N]`,
// `stella approves|rejects Step [note]`, `mail Step sent|refused|hopeless`,
// `timer Step`, `ida cancels`, `close`.
func (s *scenario) happening(words []string) graph.Happening {
	switch {
	case words[0] == "start":
		return graph.Started{Clash: strings.Join(words[1:], " ")}
	case words[0] == "close":
		return graph.Closed{}
	case words[0] == "mail":
		number := s.plan.Steps[s.plan.Step(words[1])].First
		return graph.Mailed{Step: s.plan.Step(words[1]), Attempt: s.state.Task(number).Attempt, Sent: words[2] == "sent", Final: words[2] == "hopeless", Message: strings.Join(words[3:], " ")}
	case words[0] == "timer":
		number := s.plan.Steps[s.plan.Step(words[1])].First
		return graph.TimerRang{Task: number, Attempt: s.state.Task(number).Attempt}
	case words[1] == "cancels":
		return graph.CancelAsked{Called: words[0]}
	case words[1] == "approves", words[1] == "rejects":
		return graph.Answered{Step: s.plan.Step(words[2]), Proceed: words[1] == "approves", Called: words[0], Note: strings.Join(words[3:], " ")}
	case words[1] == "reports":
		return s.report(words)
	}
	s.t.Fatalf("no event reads %v", words)
	return nil
}

func (s *scenario) report(words []string) graph.Happening {
	step := s.plan.Step(words[2])
	for i, target := range s.plan.Steps[step].Targets {
		if target.Name != words[0] {
			continue
		}
		number := s.plan.Steps[step].First + i
		report := graph.TaskReported{Task: number, Attempt: max(1, s.state.Task(number).Attempt), Message: strings.Join(words[4:], " ")}
		if len(words) > 5 && words[4] == "attempt" {
			report.Attempt, report.Message = s.number(words[5]), ""
		}
		report.Outcome = map[string]task.Outcome{"ok": task.Succeeded, "failed": task.Failed, "unknown": task.Unknown, "cancelled": task.Cancelled}[words[3]]
		return report
	}
	s.t.Fatalf("%v: no such target", words)
	return nil
}

func (s *scenario) describe(e graph.Effect) string {
	name := func(step int) string { return s.plan.Steps[step].Name }
	host := func(number int) string {
		step, place := s.plan.StepOf(number)
		return s.plan.Steps[step].Targets[place].Name
	}
	switch w := e.Do.(type) {
	case graph.RunTask:
		return fmt.Sprintf("run-task %s %s attempt %d", host(w.Task), name(w.Step), w.Attempt)
	case graph.StopTask:
		return fmt.Sprintf("stop-task %s %s attempt %d", host(w.Task), name(w.Step), w.Attempt)
	case graph.AskPeople:
		return "ask " + name(w.Step)
	case graph.SendMail:
		return fmt.Sprintf("send-mail %s attempt %d", name(w.Step), w.Attempt)
	case graph.WakeMe:
		return fmt.Sprintf("wake-me in %s", w.At.Sub(s.at))
	case graph.Finish:
		return "finish"
	}
	return e.ID
}
