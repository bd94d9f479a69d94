package graph_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

var update = flag.Bool("update", false, "write what the scenarios really do into their files")

// TestScenarios plays every testdata/*.txt: a process, then events. Below each
// event stand the effects it asks for (`>`), and in the end the statuses (`=`).
// All indented lines are what must come out; -update writes them. The place is
// named where it is another than one would think: the place is wanted by who is
// queued, and held by who is not.
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
	t      *testing.T
	plan   plan.Plan
	state  graph.State
	begun  bool
	at     time.Time
	alarms map[string]string // by what they are about, their newest names
	out    strings.Builder
}

func play(t *testing.T, text string) string {
	s := &scenario{t: t, at: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), alarms: map[string]string{}}
	s.plan = plan.Plan{Format: plan.Format, Deployment: "Deployments-1", Environment: "Test", Release: "1.0.7", Project: "RandomQuotes"}
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
			s.at = s.at.Add(s.duration(words[1]))
		case s.describes(words, line):
		default:
			s.event(words)
		}
	}
	return s.out.String()
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
	if len(effects) == 0 && reflect.DeepEqual(next, before) {
		s.out.WriteString("  (nothing)\n")
		return
	}
	fmt.Fprintf(&s.out, "  = %s%s:", next.Head.Status, s.place())
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
	if next.Head.Status.Ended() && !before.Head.Status.Ended() && next.Head.Message != "" {
		fmt.Fprintf(&s.out, "  = %s\n", next.Head.Message)
	}
}

// place is how the deployment stands to its place, where that is not plain.
func (s *scenario) place() string {
	head := s.state.Head
	plain := graph.PlaceHeld
	switch {
	case head.Status.Ended():
		plain = ""
	case head.Status == pipelines.Queued:
		plain = graph.PlaceWanted
	}
	if stands := head.Stands(); stands != plain {
		return ", place " + string(stands)
	}
	return ""
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
		return "ask " + name(w.Step) + words(" round", w.Round) + words(" reminder", w.Reminder)
	case graph.AskChoice:
		return fmt.Sprintf("ask-choice %s %s attempt %d", host(w.Task), name(w.Step), w.Attempt)
	case graph.SendMail:
		return fmt.Sprintf("send-mail %s attempt %d", name(w.Step), w.Attempt)
	case graph.WakeMe:
		return fmt.Sprintf("wake-me in %s", w.At.Sub(s.at))
	case graph.SetAlarm:
		s.alarms[s.about(w.Name)] = w.Name
		return fmt.Sprintf("set-alarm %s in %s", s.about(w.Name), w.At.Sub(s.at))
	case graph.Finish:
		return "finish" + words(" round", w.Round)
	}
	return e.ID
}

// about is what an alarm is about: `expire SignOff`.
func (s *scenario) about(alarm string) string {
	kind, step := graph.ReadAlarm(alarm)
	if step >= 0 {
		return string(kind) + " " + s.plan.Steps[step].Name
	}
	return string(kind)
}

func words(what string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d", what, n)
}
