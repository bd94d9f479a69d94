package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// TestRandomSchedules plays random graphs with random answers in random order,
// many of them twice, too early or from nowhere. After each event the invariants
// hold, what is asked for is what has become open, and the same event changes
// nothing a second time. Every deployment ends or waits for a named person, also
// when it is resumed; and its events lead to the same bytes when they are played
// again.
func TestRandomSchedules(t *testing.T) {
	t.Parallel()
	seeds := uint64(200)
	if os.Getenv("SLIPWAY_SOAK") != "" {
		seeds = 40_000
	}
	seen := map[string]int{}
	for seed := range seeds {
		play := schedule{t: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 1)), now: time.Unix(1_700_000_000, 0).UTC(), seen: seen}
		play.run()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, kind := range []string{"graph.AskChoice", "graph.SetAlarm", "graph.AskPeople", "graph.StopTask", "graph.WakeMe", "graph.SendMail", "graph.RunTask",
		"place none", "queued again", "resumed", "lanes", "expired", "over the limit", "decided", "condition", "may still run", "lane anew", "too late"} {
		if seen[kind] == 0 {
			t.Errorf("no schedule came to: %s", kind)
		}
	}
}

type schedule struct {
	t    *testing.T
	seed uint64
	rand *rand.Rand
	randomPlan
	now     time.Time
	state   graph.State
	events  []graph.Event
	seen    map[string]int
	resumes int
}

// patience is how many events a deployment may take.
const patience = 30_000

func (s *schedule) run() {
	s.randomPlan.make(s.rand, s.now)
	s.state = graph.Begin(s.plan)
	for len(s.events) < patience {
		if s.state.Head.Closed && !s.resume() {
			s.replay()
			return
		}
		s.interfere()
		if s.t.Failed() {
			return
		}
		if stands := s.state.Head.Stands(); stands == graph.PlaceWanted && s.rand.IntN(3) == 0 {
			s.takePlace()
			continue
		}
		open := graph.Open(s.plan, s.state)
		if len(open) == 0 && s.state.Head.Stands() != graph.PlaceWanted && !s.state.Head.Closed {
			s.t.Errorf("nothing is open, and the deployment is %s", s.state.Head.Status)
			return
		}
		if len(open) > 0 {
			s.apply(s.answer(open[s.rand.IntN(len(open))]))
		}
	}
	s.t.Errorf("the deployment never ended: %+v", s.state.Head)
}

// interfere has happen what nobody waits for.
func (s *schedule) interfere() {
	switch n := s.rand.IntN(1000); {
	case n < 5:
		s.apply(graph.CancelAsked{Called: "ida"})
	case n < 200:
		s.apply(s.noise())
	case n < 230 && len(s.events) > 0:
		s.apply(s.events[s.rand.IntN(len(s.events))].Of) // an old one once more
	}
}

func (s *schedule) takePlace() {
	clash := ""
	if s.rand.IntN(20) == 0 {
		clash = "port 80 is taken"
	}
	if s.state.Head.Started.IsZero() {
		if s.rand.IntN(12) == 0 {
			s.apply(graph.Superseded{By: "Deployments-2", Why: "superseded"})
			return
		}
		s.apply(graph.Started{Clash: clash})
		return
	}
	s.seen["queued again"]++
	s.apply(graph.Placed{Clash: clash})
}

func (s *schedule) resume() bool {
	if s.resumes++; s.resumes > 3 {
		return false
	}
	s.apply(graph.Resumed{UserID: "ida", Called: "Ida"})
	if !s.state.Head.Closed {
		s.seen["resumed"]++
	}
	return !s.state.Head.Closed
}

func (s *schedule) apply(h graph.Happening) {
	s.now = s.now.Add(time.Duration(1+s.rand.IntN(4)) * time.Second)
	before := s.state
	e := graph.Event{ID: fmt.Sprint(len(s.events)), At: s.now, Of: h}
	was := ""
	if watched := s.rand.IntN(4) == 0; watched {
		was = text(s.t, before)
	}
	after, effects, err := graph.Advance(s.plan, before, e)
	if err != nil {
		s.t.Fatal(err)
	}
	if was != "" && text(s.t, before) != was {
		s.t.Errorf("Advance changed the state it was given, by %#v", h)
	}
	if err := graph.Check(s.plan, after); err != nil {
		s.t.Errorf("after %#v: %v", h, err)
	}
	if loaded := graph.Load(s.plan, after.Head, after.Changed(graph.Begin(s.plan))); was != "" && !reflect.DeepEqual(loaded.Parts, after.Parts) {
		s.t.Errorf("the changed parts do not give the state")
	}
	s.opened(before, after, effects)
	s.attempts(before, after)
	if again, effects, _ := graph.Advance(s.plan, after, e); !twice(h) && (len(effects) > 0 || !reflect.DeepEqual(again.Head, after.Head)) {
		s.t.Errorf("%#v a second time asks for %v", h, effects)
	}
	s.events = append(s.events, e)
	s.state = after
	s.note(before, effects)
}

// twice: a reminder rings under the same name again only once its time has come.
func twice(h graph.Happening) bool {
	_, cancel := h.(graph.CancelAsked)
	return cancel
}

// opened: an effect is asked for exactly when it becomes open.
func (s *schedule) opened(before, after graph.State, effects []graph.Effect) {
	was, asked, is := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range graph.Open(s.plan, before) {
		was[e.ID] = true
	}
	for _, e := range effects {
		if asked[e.ID] {
			s.t.Errorf("%s is asked for twice", e.ID)
		}
		asked[e.ID] = true
	}
	for _, e := range graph.Open(s.plan, after) {
		if is[e.ID] {
			s.t.Errorf("%s is open twice", e.ID)
		}
		is[e.ID] = true
		if !was[e.ID] && !asked[e.ID] {
			s.t.Errorf("%s has become open, and nobody asked for it", e.ID)
		}
	}
	for id := range asked {
		if !is[id] {
			s.t.Errorf("%s was asked for, and is not open", id)
		}
	}
}

// attempts: their numbers only grow, and nothing that has succeeded is undone,
// but that a lane that ended badly starts anew when the deployment is resumed.
func (s *schedule) attempts(before, after graph.State) {
	for number := range s.plan.Tasks() {
		a, b := before.Task(number), after.Task(number)
		if b.Attempt < a.Attempt || b.Attempt > a.Attempt+1 {
			s.t.Errorf("task %d goes from attempt %d to %d", number, a.Attempt, b.Attempt)
		}
		step, _ := s.plan.StepOf(number)
		if a.Status != pipelines.Succeeded || s.plan.Steps[step].Targets == nil {
			continue
		}
		resumed := len(after.Head.Resumed) > len(before.Head.Resumed)
		if anew := resumed && s.laneWentBad(before, number); anew != (b.Status != a.Status) {
			s.t.Errorf("task %d had succeeded and is %s; that its lane starts anew is %v", number, b.Status, anew)
		}
	}
}

// laneWentBad: the task is a child step's, and one beside it on its target ended
// badly.
func (s *schedule) laneWentBad(in graph.State, number int) bool {
	step, place := s.plan.StepOf(number)
	own := s.plan.Steps[step]
	for _, other := range s.plan.Steps {
		for at, target := range other.Targets {
			if other.Within > 0 && other.Within == own.Within && other.Skip == "" && target.ID == own.Targets[place].ID && in.Task(other.First+at).Status.Bad() {
				s.seen["lane anew"]++
				return true
			}
		}
	}
	return false
}

func (s *schedule) note(before graph.State, effects []graph.Effect) {
	for _, e := range effects {
		s.seen[fmt.Sprintf("%T", e.Do)]++
	}
	if s.state.Head.Stands() == graph.PlaceNone && s.state.Head.Status == pipelines.Waiting {
		s.seen["place none"]++
	}
	if c := s.state.Head.Cancel; c != nil && c.Limit > 0 {
		s.seen["over the limit"]++
	}
	last := s.events[len(s.events)-1]
	if r, ok := last.Of.(graph.AlarmRang); ok && strings.HasPrefix(r.Name, "stopped-") && !reflect.DeepEqual(s.state, before) {
		s.seen["may still run"]++
	}
	if a, ok := last.Of.(graph.Answered); ok && a.Step >= 0 && a.Step < len(s.plan.Steps) && strings.HasPrefix(s.state.Head.Steps[a.Step].Message, "nobody answered") && before.Head.Steps[a.Step].Status == pipelines.Waiting {
		s.seen["too late"]++
	}
	for i, x := range s.state.Head.Steps {
		if s.plan.Steps[i].Children > 0 && x.Running > 1 {
			s.seen["lanes"]++
		}
		if x.Message == "nobody answered within 2m" {
			s.seen["expired"]++
		}
		if x.Status == pipelines.Skipped && before.Head.Steps[i].Status == pipelines.Pending && s.plan.Steps[i].If != "" {
			s.seen["condition"]++
		}
	}
}

// replay: the same events lead to the same bytes, on the way and in the end.
func (s *schedule) replay() {
	state := graph.Begin(s.plan)
	for _, e := range s.events {
		b, err := json.Marshal(e)
		if err != nil {
			s.t.Fatal(err)
		}
		var stored graph.Event
		if err := json.Unmarshal(b, &stored); err != nil {
			s.t.Fatal(err)
		}
		if state, _, err = graph.Advance(s.plan, state, stored); err != nil {
			s.t.Fatal(err)
		}
	}
	if got, want := text(s.t, state), text(s.t, s.state); got != want {
		s.t.Errorf("played again, the events lead to\n%s\nwant\n%s", got, want)
	}
}

func text(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (s *schedule) answer(e graph.Effect) graph.Happening {
	switch w := e.Do.(type) {
	case graph.RunTask:
		outcome := []task.Outcome{task.Succeeded, task.Succeeded, task.Succeeded, task.Succeeded, task.Succeeded, task.Failed, task.Unknown}[s.rand.IntN(7)]
		return graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: outcome, Message: string(outcome), Outputs: map[string]string{"X": fmt.Sprint(s.rand.IntN(2))}}
	case graph.StopTask:
		return graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: task.Cancelled}
	case graph.AskPeople:
		who := fmt.Sprint("Users-", s.rand.IntN(4))
		if s.rand.IntN(8) == 0 {
			s.now = s.now.Add(time.Duration(s.plan.Steps[w.Step].Question.Timeout))
		}
		return graph.Answered{Step: w.Step, Proceed: s.rand.IntN(4) > 0, UserID: who, Called: who}
	case graph.AskChoice:
		s.seen["decided"]++
		return graph.Decided{Task: w.Task, Attempt: w.Attempt, Choice: []graph.Choice{graph.Retry, graph.Ignore, graph.Fail}[s.rand.IntN(3)], Called: "ida"}
	case graph.SendMail:
		return graph.Mailed{Step: w.Step, Attempt: w.Attempt, Sent: s.rand.IntN(3) > 0}
	case graph.WakeMe:
		s.until(w.At)
		return graph.TimerRang{Task: w.Task, Attempt: w.Attempt}
	case graph.SetAlarm:
		s.until(w.At)
		return graph.AlarmRang{Name: w.Name}
	}
	return graph.Closed{}
}

// until lets the time of an alarm come, mostly.
func (s *schedule) until(at time.Time) {
	if s.rand.IntN(4) > 0 && s.now.Before(at) {
		s.now = at
	}
}

// noise is an event that nobody asked for.
func (s *schedule) noise() graph.Happening {
	n := s.rand.IntN(s.plan.Tasks()+3) - 1
	step := s.rand.IntN(len(s.plan.Steps)+2) - 1
	return []graph.Happening{
		graph.Started{}, graph.Closed{}, graph.Resumed{Called: "nobody"},
		graph.Placed{},
		graph.TaskReported{Task: n, Attempt: 70, Outcome: task.Succeeded},
		graph.TaskReported{Task: n, Attempt: 0, Outcome: task.Unknown},
		graph.TimerRang{Task: n, Attempt: 90},
		graph.Mailed{Step: step, Attempt: 90, Sent: true},
		graph.Decided{Task: n, Attempt: 70, Choice: graph.Retry},
		graph.Decided{Task: n, Attempt: 1, Choice: "shrug"},
		graph.Answered{Step: step, Proceed: true, UserID: requester},
		graph.AlarmRang{Name: fmt.Sprintf("expire-%d-9", step)},
		graph.AlarmRang{Name: fmt.Sprintf("remind-%d-0-77", step)},
		graph.AlarmRang{Name: "limit-1"}, graph.AlarmRang{Name: "stopped-1"}, graph.AlarmRang{Name: ""}, graph.AlarmRang{Name: "start"},
	}[s.rand.IntN(17)]
}
