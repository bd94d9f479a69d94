package graph_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// everyKind is one happening of each kind, with all it can hold.
var everyKind = []graph.Happening{
	graph.Started{Clash: "c"}, graph.Placed{Clash: "c"}, graph.Closed{},
	graph.TaskReported{Task: 3, Attempt: 2, Outcome: task.Failed, Exit: 4, Message: "m", Outputs: map[string]string{"a": "b"}, Blob: "b", Long: []string{"l"},
		Installed: &graph.Folder{Directory: "/d", Custom: "/c"}, Retired: []string{"/r"}},
	graph.Answered{Step: 1, Proceed: true, UserID: "u", Called: "c", Mail: "m", Note: "n", Via: "v"},
	graph.Mailed{Step: 1, Attempt: 2, Sent: true, Final: true, Message: "m"},
	graph.TimerRang{Task: 1, Attempt: 2}, graph.AlarmRang{Name: "start"},
	graph.CancelAsked{UserID: "u", Called: "c", Note: "n"},
	graph.Superseded{By: "Deployments-2", Why: "w"},
	graph.Decided{Task: 1, Attempt: 2, Choice: graph.Retry, UserID: "u", Called: "c", Note: "n", Via: "v"},
	graph.Resumed{UserID: "u", Called: "c", Note: "n"},
}

// TestEventsSurviveStorage: every kind comes back as it went.
func TestEventsSurviveStorage(t *testing.T) {
	t.Parallel()
	for _, h := range everyKind {
		want := graph.Event{ID: "e1", At: time.Unix(5, 0).UTC(), Of: h}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got graph.Event
		if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %+v (%v), want %+v", b, got, err, want)
		}
	}
}

func TestUnreadableEventsAreErrors(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{`{"id":"x","kind":"teleported","of":{}}`, `{"id":"x","kind":"started","of":7}`, `{"id":"x","kind":"started"}`, `[]`, `{`} {
		var e graph.Event
		if err := json.Unmarshal([]byte(stored), &e); err == nil {
			t.Errorf("%s was read as %+v", stored, e)
		}
	}
}

// FuzzEvent: whatever can be read as an event can be written, and is the same
// when it is read again; and no event, however strange, breaks a deployment.
func FuzzEvent(f *testing.F) {
	for _, h := range everyKind {
		b, err := json.Marshal(graph.Event{ID: "e1", At: time.Unix(1_800_000_000, 0).UTC(), Of: h})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"id":"x","kind":"decided","of":{"task":-1,"attempt":9223372036854775807,"choice":"retry"}}`))
	f.Add([]byte(`{"id":"x","kind":"alarm-rang","of":{"name":"remind-0-0-9223372036854775808"}}`))
	p := chain(2, 3)
	p.Steps = append(p.Steps, rollingPlan(3, 2, 2).Steps...)
	for i := range p.Steps[2:] {
		p.Steps[2+i].First = 6 + 3*max(0, i-1)
	}
	p.Steps[3].Within, p.Steps[4].Within = 3, 3
	begun, _, err := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1_700_000_000, 0), Of: graph.Started{}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, stored []byte) {
		var e, again graph.Event
		if json.Unmarshal(stored, &e) != nil {
			return
		}
		b, err := json.Marshal(e)
		if err != nil {
			return // a time outside of what JSON can hold
		}
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s was written as %s, which cannot be read: %v", stored, b, err)
		}
		if c, _ := json.Marshal(again); string(c) != string(b) {
			t.Errorf("%s becomes %s", b, c)
		}
		after, _, err := graph.Advance(p, begun, e)
		if err != nil {
			t.Fatal(err)
		}
		if err := graph.Check(p, after); err != nil {
			t.Errorf("after %s: %v", b, err)
		}
	})
}
