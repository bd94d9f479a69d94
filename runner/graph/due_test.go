package graph_test

import (
	"reflect"
	"testing"
	"time"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// TestDue: what a deployment waits for, as pages and mails tell it, is what it
// has set its alarms to.
func TestDue(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := chain(1, 1)
	p.Timeout, p.NotBefore = task.Duration(2*time.Hour), noon
	p.Steps = append(p.Steps, plan.Step{Name: "Look", Kind: plan.Ask, First: 1, Question: &plan.Question{
		Blocks: true, Timeout: task.Duration(48 * time.Hour), Remind: task.Duration(24 * time.Hour)}})
	s := graph.Begin(p)
	at := noon
	happens := func(h graph.Happening) {
		t.Helper()
		after, _, err := graph.Advance(p, s, graph.Event{At: at, Of: h})
		if err != nil {
			t.Fatal(err)
		}
		s, at = after, at.Add(time.Minute)
	}
	due := func(what string, want ...graph.Alarm) {
		t.Helper()
		got := graph.Due(p, s)
		var set []graph.SetAlarm
		for _, e := range graph.Open(p, s) {
			if a, ok := e.Do.(graph.SetAlarm); ok {
				set = append(set, a)
			}
		}
		for i, a := range got {
			if kind, step := graph.ReadAlarm(a.Name); kind != a.Kind || step != a.Step {
				t.Errorf("ReadAlarm(%s) = %s, %d, want %s, %d", a.Name, kind, step, a.Kind, a.Step)
			}
			if i >= len(set) || set[i] != (graph.SetAlarm{Name: a.Name, At: a.At}) {
				t.Errorf("%s: %+v is due, and set are %+v", what, a, set)
			}
			got[i].Name = ""
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: due are %+v, want %+v", what, got, want)
		}
	}
	due("scheduled", graph.Alarm{Kind: graph.AlarmStart, Step: -1, At: noon})
	happens(graph.AlarmRang{Name: "start"})
	due("queued")
	happens(graph.Started{})
	asked := at.Add(-time.Minute)
	due("running", graph.Alarm{Kind: graph.AlarmLimit, Step: -1, At: asked.Add(2 * time.Hour)},
		graph.Alarm{Kind: graph.AlarmExpire, Step: 1, At: asked.Add(48 * time.Hour)},
		graph.Alarm{Kind: graph.AlarmRemind, Step: 1, At: asked.Add(24 * time.Hour)})
	happens(graph.CancelAsked{Called: "Ida"})
	due("cancelled", graph.Alarm{Kind: graph.AlarmStopped, Step: -1, At: at.Add(-time.Minute).Add(50 * time.Second)})
	happens(graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Cancelled})
	due("ended")
}

// TestReadAlarm: names of later programs, too, are taken apart.
func TestReadAlarm(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		kind graph.AlarmKind
		step int
	}{
		"start": {graph.AlarmStart, -1}, "limit-1700000000000000000": {graph.AlarmLimit, -1}, "stopped-17": {graph.AlarmStopped, -1},
		"expire-3-0": {graph.AlarmExpire, 3}, "remind-12-1-4": {graph.AlarmRemind, 12}, "expire-x": {graph.AlarmExpire, -1}, "remind": {graph.AlarmRemind, -1},
		"nudge-4-1": {"nudge", -1}, "": {"", -1},
	} {
		if kind, step := graph.ReadAlarm(name); kind != want.kind || step != want.step {
			t.Errorf("ReadAlarm(%q) = %s, %d, want %s, %d", name, kind, step, want.kind, want.step)
		}
	}
}
