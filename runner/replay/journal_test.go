package replay_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/replay"
)

func written(t testing.TB, j replay.Journal) string {
	t.Helper()
	var out bytes.Buffer
	if err := replay.Write(&out, j); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func tutorial(t *testing.T) replay.Journal {
	t.Helper()
	s := stories()["approved"]
	j := play(t, s.plan, s.turns...)
	j.Outputs = map[string]map[string]string{"outputs/a1": {"turns": `"turns":null`}}
	return j
}

func TestAJournalIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	first := written(t, tutorial(t))
	j, err := replay.Read(strings.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if second := written(t, j); second != first {
		t.Errorf("read and written again it is\n%s\nwant\n%s", second, first)
	}
	if lines := strings.Count(first, "\n"); lines != len(j.Turns)+2 {
		t.Errorf("the file has %d lines for %d turns", lines, len(j.Turns))
	}
}

// TestDamagedJournals: what is wrong is named, and nothing is guessed.
func TestDamagedJournals(t *testing.T) {
	t.Parallel()
	whole := written(t, tutorial(t))
	lines := strings.SplitAfter(whole, "\n")
	without := func(n int) string { return strings.Join(append(append([]string{}, lines[:n]...), lines[n+1:]...), "") }
	for name, c := range map[string]struct {
		text, want string
		code       pipelines.Code
	}{
		"empty":                    {"", "ends in the middle, after 0 bytes", pipelines.Invalid},
		"something else":           {"environments: [Dev]\n", "it is no journal", pipelines.Invalid},
		"another JSON":             {`{"id":"Deployments-1"}`, "it says no format", pipelines.Invalid},
		"cut":                      {whole[:len(whole)/2], "ends in the middle", pipelines.Invalid},
		"newer file":               {strings.Replace(whole, `"format":1`, `"format":7`, 1), "this journal has format 7, this program understands up to 1: use the newer program", pipelines.Unavailable},
		"no plan":                  {`{"format":1,"deployment":{},"newest":0,"turns":[]}`, "it has no plan", pipelines.Invalid},
		"a broken plan":            {`{"format":1,"deployment":{},"plan":[],"newest":0,"turns":[]}`, "its plan cannot be read", pipelines.Invalid},
		"newer plan":               {strings.Replace(whole, `"plan":{"format":2`, `"plan":{"format":9`, 1), "the plan of Deployments-7 has format 9", pipelines.Unavailable},
		"first revision missing":   {without(1), "revision 1 is missing: it begins with 2", pipelines.Invalid},
		"a revision missing":       {without(3), "revision 3 is missing: after 2 comes 4", pipelines.Invalid},
		"unknown event":            {strings.Replace(whole, `"kind":"answered"`, `"kind":"teleported"`, 1), `revision 3 cannot be read: event event-4 is of the kind "teleported"`, pipelines.Invalid},
		"newer turn":               {strings.Replace(whole, "\n"+`{"format":1,"revision":1`, "\n"+`{"format":3,"revision":1`, 1), "revision 1 of Deployments-7 has format 3", pipelines.Unavailable},
		"newer state":              {strings.Replace(whole, `"head":{"format":2`, `"head":{"format":9`, 1), "the state in revision 1 of Deployments-7 has format 9", pipelines.Unavailable},
		"a step that is not there": {strings.Replace(whole, `"steps":{"0":`, `"steps":{"17":`, 1), "revision 1 tells of step 17, and the plan has 6", pipelines.Invalid},
		"a task that is not there": {strings.Replace(whole, `"tasks":{"0":`, `"tasks":{"170":`, 1), "revision 1 tells of task 170", pipelines.Invalid},
		"a negative task":          {strings.Replace(whole, `"tasks":{"0":`, `"tasks":{"-1":`, 1), "revision 1 tells of task -1", pipelines.Invalid},
		"shorter than it was":      {strings.Replace(whole, `"newest":7`, `"newest":9`, 1), "it ends with revision 7, and 9 was the newest one", pipelines.Invalid},
		"a piece":                  {strings.TrimSuffix(whole, "}\n") + `,"next":7}`, "it is a piece of a journal, which goes on after revision 7", pipelines.Invalid},
	} {
		j, err := replay.Read(strings.NewReader(c.text))
		if c.text == whole {
			t.Errorf("%s: the case changes nothing", name)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || pipelines.CodeOf(err) != c.code {
			t.Errorf("%s: Read = %d turns, %v (%s); want %s: %s", name, len(j.Turns), err, pipelines.CodeOf(err), c.code, c.want)
		}
	}
}

// TestPieces: a journal comes over the wire in pieces.
func TestPieces(t *testing.T) {
	t.Parallel()
	var whole replay.Page
	want := written(t, tutorial(t))
	if err := json.Unmarshal([]byte(want), &whole); err != nil {
		t.Fatal(err)
	}
	first, second := whole, whole
	first.Turns, first.Outputs, first.Next = whole.Turns[:3], nil, 3
	second.Turns, second.Plan = whole.Turns[3:], nil
	var j replay.Journal
	for _, p := range []replay.Page{first, second} {
		if err := j.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if got := written(t, j); got != want {
		t.Errorf("two pieces make\n%s\nwant\n%s", got, want)
	}
}

// TestUntil stops at any event.
func TestUntil(t *testing.T) {
	t.Parallel()
	j := tutorial(t)
	for name, c := range map[string]struct {
		until    replay.Until
		revision int64
		event    int
		status   pipelines.Status
		fails    string
	}{
		"to the end":            {replay.Until{}, 7, 1, pipelines.Succeeded, ""},
		"a revision":            {replay.Until{Revision: 2}, 2, 2, pipelines.Waiting, ""},
		"an event of it":        {replay.Until{Revision: 2, Event: 1}, 2, 1, pipelines.Running, ""},
		"a time":                {replay.Until{At: noon.Add(90 * time.Second)}, 1, 1, pipelines.Running, ""},
		"the very time":         {replay.Until{At: noon.Add(2 * time.Minute)}, 2, 2, pipelines.Waiting, ""},
		"before it began":       {replay.Until{At: noon}, 0, 0, pipelines.Queued, ""},
		"a revision beyond":     {replay.Until{Revision: 8}, 0, 0, "", "Deployments-7 has no revision 8: its newest one is 7"},
		"an event beyond":       {replay.Until{Revision: 2, Event: 3}, 0, 0, "", "revision 2 of Deployments-7 has no event 3: it has 2"},
		"long after its ending": {replay.Until{At: noon.Add(time.Hour)}, 7, 1, pipelines.Succeeded, ""},
	} {
		r, err := replay.Run(j, c.until)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: %v, want %s", name, err, c.fails)
			}
			continue
		}
		if err != nil || r.Revision != c.revision || r.Event != c.event || r.State.Head.Status != c.status || !r.Same() {
			t.Errorf("%s: Run = revision %d, event %d, %s, %v, %v; want %+v", name, r.Revision, r.Event, r.State.Head.Status, r.Differences, err, c)
		}
	}
}

// TestDifferences: what today's code would decide otherwise is named where it
// is, and hides nothing that comes after it.
func TestDifferences(t *testing.T) {
	t.Parallel()
	s := stories()["approved"]
	for name, c := range map[string]struct {
		change func(*replay.Journal)
		want   []string
	}{
		"nothing":      {func(*replay.Journal) {}, nil},
		"other words":  {func(j *replay.Journal) { set(j, 4, 2, func(s *graph.StepState) { s.Message = "only Prod has it" }) }, nil},
		"a status":     {func(j *replay.Journal) { set(j, 5, 4, func(s *graph.StepState) { s.Status = pipelines.Failed }) }, []string{"5 step Announce: status was failed, today it would be succeeded", "6 the deployment: status was succeeded, today it would be failed"}},
		"a task":       {func(j *replay.Journal) { x := j.Turns[1].Tasks[1]; x.Exit = 9; j.Turns[1].Tasks[1] = x }, []string{"2 step Deploy on web-2: exit code was 9, today it would be none"}},
		"effects":      {func(j *replay.Journal) { j.Turns[1].Effects = append(j.Turns[1].Effects, "mail-4-1") }, []string{"2 what followed was to send the mail of Tell (attempt 1), today it would be to do nothing"}},
		"the place":    {func(j *replay.Journal) { j.Turns[1].Head.Place = graph.PlaceHeld }, []string{"2 the deployment: place was held, today it would be given up", "3 the deployment: status was queued, today it would be running", "x"}},
		"its status":   {func(j *replay.Journal) { j.Turns[6].Head.Status = pipelines.Failed }, []string{"7 the deployment: status was failed, today it would be succeeded"}},
		"two at once":  {func(j *replay.Journal) { j.Turns[6].Head.Status = pipelines.Failed; j.Turns[0].Effects = nil }, []string{"1 what followed was to do nothing, today it would be to begin Deploy on web-1 (attempt 1), begin Deploy on web-2 (attempt 1)", "7 the deployment: status was failed, today it would be succeeded"}},
		"no more true": {func(j *replay.Journal) { j.Turns[6].Events[0].Of = graph.Placed{} }, []string{"7 something followed from this event, today nothing would follow from it", "7 the deployment: whether it is closed was true, today it would be none"}},
	} {
		j := play(t, s.plan, s.turns...)
		c.change(&j)
		r, err := replay.Run(j, replay.Until{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, d := range r.Differences {
			got = append(got, string('0'+rune(d.Revision))+" "+d.String())
		}
		if n := len(c.want); n > 0 && c.want[n-1] == "x" { // and what follows from going on so
			c.want, got = c.want[:n-1], got[:min(len(got), n-1)]
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: differences are\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if name == "other words" && len(r.Worded) != 1 {
			t.Errorf("other words: %v", r.Worded)
		}
	}
}

func set(j *replay.Journal, revision int64, i int, change func(*graph.StepState)) {
	s := j.Turns[revision-1].Steps[i]
	change(&s)
	j.Turns[revision-1].Steps[i] = s
}

// FuzzRead: a file from anywhere is a journal or a refusal, and what is read can
// be replayed.
func FuzzRead(f *testing.F) {
	for _, s := range stories() {
		f.Add([]byte(written(f, play(&testing.T{}, s.plan, s.turns...))))
	}
	f.Add([]byte(`{"format":1,"deployment":{},"plan":{"format":1,"steps":[{"name":"a","kind":"host","needs":[7]}]},"newest":1,"turns":[{"format":1,"revision":1,"events":[],"head":{}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		hangs := time.AfterFunc(5*time.Second, func() { panic("it hangs on " + string(b)) })
		defer hangs.Stop()
		j, err := replay.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if _, _, err := replay.Events(j, replay.Until{}); err != nil && pipelines.CodeOf(err) == "" {
			t.Errorf("an error that is no refusal: %v", err)
		}
		for _, s := range j.Plan.Steps {
			_, _ = replay.Why(j, s.Name, "")
			_, _ = replay.ValueOf(j, "Greeting", s.Name, "")
		}
	})
}
