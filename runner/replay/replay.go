// Package replay decides a deployment anew from its journal, with the code of
// the program at hand, and says where that comes out otherwise, and why what
// happened happened.
//
// It reads no store and asks no server: a Journal comes in as a value, or as the
// bytes of a file. It changes nothing.
//
// The idea to know: each turn is judged by itself. After a turn that would be
// decided otherwise today, the replay goes on from what was stored, since that is
// what the events afterwards were about; so each place is told once, and no
// place hides the next.
package replay

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Until says where a replay stops; the zero one goes to the end.
type Until struct {
	Revision int64     // after this turn
	Event    int       // after this event of it, counted from 1; 0: after the last
	At       time.Time // before the first event that is later
}

// Report is what came of a replay.
type Report struct {
	// Revision and Event are of the last event that was looked at: the events of a
	// turn are counted from 1. Of is how many the turn has.
	Revision  int64
	Event, Of int
	At        time.Time // when that event was
	Turns     int
	Events    int
	// State is how the deployment stood then.
	State graph.State
	// Differences are what today's code would decide otherwise, Worded what it
	// would say in other words: that is no difference.
	Differences []Difference
	Worded      []Difference
}

// Same says whether today's code decides as the code of then did.
func (r Report) Same() bool { return len(r.Differences) == 0 }

// Run replays a journal.
func Run(j Journal, until Until) (Report, error) {
	return walk(j, until, func(Moment) {})
}

// Moment is one event of a journal, with the state before and after it. After
// the last event of a turn, the state is the one that was stored.
type Moment struct {
	Turn          *Turn
	Event         int // of the turn, counted from 1
	Happened      graph.Event
	Before, After graph.State
	Effects       []graph.Effect // as today's code asks for them
	// Means is false where today's code does nothing upon the event.
	Means bool
}

// Walk visits every event of a journal in its order.
func Walk(j Journal, visit func(Moment)) error {
	_, err := walk(j, Until{}, visit)
	return err
}

func walk(j Journal, until Until, visit func(Moment)) (Report, error) {
	if err := j.check(); err != nil {
		return Report{}, err
	}
	if until.Revision > int64(len(j.Turns)) {
		return Report{}, pipelines.Refuse(pipelines.NotFound, "%s has no revision %d: its newest one is %d", j.Plan.Deployment, until.Revision, len(j.Turns))
	}
	w := walker{plan: j.Plan, state: graph.Begin(j.Plan), stored: newStored(j.Plan), visit: visit}
	for i := range j.Turns {
		t := &j.Turns[i]
		upTo := until.within(t)
		if until.Event > len(t.Events) && until.Revision == t.Revision {
			return w.report, pipelines.Refuse(pipelines.NotFound, "revision %d of %s has no event %d: it has %d", t.Revision, j.Plan.Deployment, until.Event, len(t.Events))
		}
		if upTo == 0 && len(t.Events) > 0 {
			break
		}
		w.turn(t, upTo)
		if upTo < len(t.Events) || until.Revision == t.Revision {
			break
		}
	}
	w.report.State = w.state
	return w.report, nil
}

// within is how many events of a turn are looked at.
func (u Until) within(t *Turn) int {
	if u.Revision == t.Revision && u.Event > 0 {
		return u.Event
	}
	if u.At.IsZero() {
		return len(t.Events)
	}
	for i, e := range t.Events {
		if e.At.After(u.At) {
			return i
		}
	}
	return len(t.Events)
}

// walker is a replay while it goes on.
type walker struct {
	plan   plan.Plan
	state  graph.State // by today's code
	stored *stored     // as the journal has it
	visit  func(Moment)
	report Report
}

func (w *walker) turn(t *Turn, upTo int) {
	begin := w.state
	var moments []Moment
	var asked []string
	last := past{at: w.plan.Created, what: "the deployment was asked for"}
	if len(t.Events) == 0 { // nothing has happened yet, but an alarm is to be set
		for _, x := range graph.Open(w.plan, w.state) {
			asked = append(asked, x.ID)
		}
	}
	for i, e := range t.Events[:upTo] {
		last = past{e.At, eventIn(w.plan, e)}
		m := Moment{Turn: t, Event: i + 1, Happened: e, Before: w.state}
		next, effects, err := graph.Advance(w.plan, w.state, e)
		switch {
		case err != nil:
			w.differs(t, last, Difference{Field: "events", Stored: followed, Now: "it is refused: " + err.Error()})
		case unchanged(w.state, next):
			w.differs(t, last, Difference{Field: "events", Stored: followed, Now: "nothing would follow from it"})
		default:
			m.Means, w.state = true, next
		}
		m.After, m.Effects = w.state, effects
		for _, x := range effects {
			asked = append(asked, x.ID)
		}
		moments = append(moments, m)
	}
	w.report.Revision, w.report.Event, w.report.Of, w.report.At = t.Revision, upTo, len(t.Events), last.at
	w.report.Turns++
	w.report.Events += upTo
	if upTo == len(t.Events) {
		w.stored.take(t)
		w.compare(t, begin, last, asked)
		if upTo > 0 {
			moments[upTo-1].After = w.state
		}
	}
	for _, m := range moments {
		w.visit(m)
	}
}

// past is an event as a difference tells of it.
type past struct {
	at   time.Time
	what string
}

// followed is what the code of then made of an event that stands in a journal.
const followed = "something followed from this event"

// unchanged says whether Advance gave back the state it was given.
func unchanged(a, b graph.State) bool {
	return len(a.Head.Steps) == len(b.Head.Steps) && (len(a.Head.Steps) == 0 || &a.Head.Steps[0] == &b.Head.Steps[0])
}

// compare holds what today's code came to against what was stored, and goes on
// from the latter where they differ.
func (w *walker) compare(t *Turn, begin graph.State, last past, asked []string) {
	for _, d := range w.stored.against(w.plan, t, begin, w.state) {
		w.differs(t, last, d)
	}
	if stored, now, ok := effectsDiffer(w.plan, t.Effects, asked); ok {
		w.differs(t, last, Difference{Field: "effects", Stored: stored, Now: now})
	}
	if n := len(w.report.Differences); n > 0 && w.report.Differences[n-1].Revision == t.Revision {
		w.state = w.stored.state(w.plan)
		return
	}
	if t.Head.Place == "" { // an older program keeps none of these
		w.state.Head.Place, w.state.Head.Touched, w.state.Head.Worked, w.state.Head.Since = "", t.Head.Touched, t.Head.Worked, t.Head.Since
	}
}

func (w *walker) differs(t *Turn, p past, d Difference) {
	d.Revision, d.At, d.Event = t.Revision, p.at, p.what
	if d.words {
		w.report.Worded = append(w.report.Worded, d)
		return
	}
	w.report.Differences = append(w.report.Differences, d)
}
