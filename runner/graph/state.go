package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Format is the newest state format this code writes and understands. Programs
// of the first one know no places: they would carry out what only waits for one.
const Format = 2

// PartSize is how many tasks share one part of the state.
const PartSize = 100

// State is how far a deployment has come: a head that every turn carries, and
// parts of at most PartSize tasks of which a turn carries the changed ones.
type State struct {
	Head  Head
	Parts []Part
	// shared: Parts that still belong to an older State, so that a change copies
	// first.
	shared []bool
}

// Head is the small part of a state.
type Head struct {
	Format  int              `json:"format"`
	Status  pipelines.Status `json:"status"`
	Message string           `json:"message,omitempty"`
	Started time.Time        `json:"started,omitzero"`
	Ended   time.Time        `json:"ended,omitzero"`
	Closed  bool             `json:"closed,omitempty"`
	Blocked bool             `json:"blocked,omitempty"` // a finding of the plan stopped it
	Cancel  *Cancel          `json:"cancel,omitempty"`
	Steps   []StepState      `json:"steps"`
	// Place says whether the deployment has the place of its project and
	// environment. "" is what older states mean by their status: wanted while it
	// is queued, else held until the end.
	Place Place `json:"place,omitempty"`
	// Touched is when the newest task on a host began.
	Touched time.Time `json:"touched,omitzero"`
	// Worked is how long it ran before Since; Since is when it last began to run,
	// zero while it waits for its place or for people. They are kept where the plan
	// has a time limit.
	Worked time.Duration `json:"worked,omitempty"`
	Since  time.Time     `json:"since,omitzero"`
	// Resumed are those who took it up again after an end, the last ones. Dropped is
	// how many are not kept; see TakenUp.
	Resumed []Takeup `json:"resumed,omitempty"`
	Dropped int      `json:"dropped,omitempty"`
}

// Place is how a deployment stands to the place of its project and environment,
// which one at a time has.
type Place string

// The ways to stand. An ended deployment has no place, whatever is written.
const (
	PlaceWanted Place = "wanted" // it waits in the queue
	PlaceHeld   Place = "held"
	PlaceNone   Place = "none" // it is not time yet, or it waits for people only
)

// Stands says how the deployment stands to its place; "" once it has ended.
func (h Head) Stands() Place {
	switch {
	case h.Status.Ended():
		return ""
	case h.Place != "":
		return h.Place
	case h.Status == pipelines.Queued:
		return PlaceWanted
	}
	return PlaceHeld
}

// Takeup says who resumed an ended deployment, and what it had come to.
type Takeup struct {
	At     time.Time        `json:"at"`
	UserID string           `json:"userId"`
	Called string           `json:"called"`
	Note   string           `json:"note,omitempty"`
	Was    pipelines.Status `json:"was"`
}

// Cancel says who asked to stop.
type Cancel struct {
	At     time.Time `json:"at"`
	UserID string    `json:"userId"`
	Called string    `json:"called"`
	Note   string    `json:"note,omitempty"`
	// Limit is the time limit that was reached; then nobody asked to stop.
	Limit task.Duration `json:"limit,omitempty"`
	// Why is set where another deployment, By, took the turn of this one.
	Why string `json:"why,omitempty"`
	By  string `json:"by,omitempty"`
	// Twice: it was asked for again, and nothing begins any more.
	Twice bool `json:"twice,omitempty"`
}

// StepState is how one step stands. Counts are of its tasks; of a rolling step
// they are of its lanes, and of a child step Next is behind the last task begun.
type StepState struct {
	Status  pipelines.Status `json:"status"`
	Message string           `json:"message,omitempty"`
	Started time.Time        `json:"started,omitzero"`
	Ended   time.Time        `json:"ended,omitzero"`
	Next    int              `json:"next,omitempty"`    // the first task not begun
	Running int              `json:"running,omitempty"` // begun and not ended, retries waiting included
	Done    int              `json:"done,omitempty"`
	Bad     int              `json:"bad,omitempty"` // ended without success
	Warning bool             `json:"warning,omitempty"`
	Answer  *Answered        `json:"answer,omitempty"` // the one that decided
	// Approved are those who have approved where several must, before Answer.
	Approved []Answered `json:"approved,omitempty"`
	Round    int        `json:"round,omitempty"`    // how often it has asked before
	Reminded int        `json:"reminded,omitempty"` // how often those asked are to be reminded by now
	// Choices is how many of Running wait for a person to choose.
	Choices int `json:"choices,omitempty"`
}

// Part holds consecutive tasks.
type Part struct {
	Tasks []TaskState `json:"tasks"`
}

// TaskState is how one task stands.
type TaskState struct {
	Status  pipelines.Status `json:"s,omitempty"`
	Attempt int              `json:"n,omitempty"` // of the attempt that runs or ran last, from 1
	Wake    time.Time        `json:"w,omitzero"`  // when the next attempt begins
	Stop    bool             `json:"x,omitempty"` // the running attempt is to be ended
	// Ask: the attempt's end is not known, or it failed where failures are guided;
	// the task waits for a person's choice. Status is Waiting then.
	Ask pipelines.Status `json:"q,omitempty"` // Unknown or Failed
	// From is how many attempts are no part of the budget of retries: those made
	// before the deployment was resumed, and those a person chose.
	From    int               `json:"f,omitempty"`
	Chosen  *Decided          `json:"c,omitempty"` // the newest choice
	Exit    int               `json:"e,omitempty"`
	Message string            `json:"m,omitempty"`
	Outputs map[string]string `json:"o,omitempty"`
	Blob    string            `json:"b,omitempty"` // holds the outputs where they are many, and what else there is
	// Long names outputs that a condition reads and that are too long to stand in
	// Outputs.
	Long []string `json:"l,omitempty"`
	// Installed are the places where the attempts have put their package, the last
	// one's last.
	Installed []Folder `json:"i,omitempty"`
	Retired   []string `json:"g,omitempty"` // old installations that are gone
}

// Begin is the state before anything happened.
func Begin(p plan.Plan) State {
	s := State{Head: Head{Format: Format, Status: pipelines.Queued, Place: PlaceWanted, Steps: make([]StepState, len(p.Steps))}}
	if !p.NotBefore.IsZero() {
		s.Head.Place = PlaceNone
	}
	for i := range s.Head.Steps {
		s.Head.Steps[i].Status = pipelines.Pending
	}
	for left := taskCount(&p); left > 0; left -= PartSize {
		s.Parts = append(s.Parts, Part{Tasks: make([]TaskState, min(left, PartSize))})
	}
	s.shared = make([]bool, len(s.Parts))
	return s
}

// Task is the state of one task by its number in the deployment.
func (s State) Task(number int) TaskState {
	t := *s.at(number)
	if t.Status == "" {
		t.Status = pipelines.Pending
	}
	return t
}

// at is the task to look at only. Of one that has not begun the status is
// empty.
func (s *State) at(number int) *TaskState { return &s.Parts[number/PartSize].Tasks[number%PartSize] }

// untouched: no attempt has begun, or none since the deployment was resumed.
func (x *TaskState) untouched() bool { return x.Status == "" || x.Status == pipelines.Pending }

// setNothing: the task has no outputs, neither here nor in a blob.
func (x *TaskState) setNothing() bool { return len(x.Outputs) == 0 && x.Blob == "" }

// Load puts a state together from a head and the newest form of each changed
// part.
func Load(p plan.Plan, head Head, parts map[int]Part) State {
	s := Begin(p)
	s.Head = head
	for i, part := range parts {
		s.Parts[i] = part
	}
	return s
}

// Changed are the parts that s has and before had not, by number.
func (s State) Changed(before State) map[int]Part {
	var out map[int]Part
	for i := range s.Parts {
		if len(s.Parts[i].Tasks) > 0 && &s.Parts[i].Tasks[0] != &before.Parts[i].Tasks[0] {
			if out == nil {
				out = map[int]Part{}
			}
			out[i] = s.Parts[i]
		}
	}
	return out
}

// copied is a State that may be changed without changing s.
func (s State) copied() State {
	s.Head.Steps = append([]StepState(nil), s.Head.Steps...)
	s.Parts = append([]Part(nil), s.Parts...)
	s.shared = make([]bool, len(s.Parts))
	for i := range s.shared {
		s.shared[i] = true
	}
	return s
}

// change gives the task for writing, copying its part if it is still shared.
func (s *State) change(number int) *TaskState {
	at := number / PartSize
	if s.shared[at] {
		s.Parts[at].Tasks = append([]TaskState(nil), s.Parts[at].Tasks...)
		s.shared[at] = false
	}
	return &s.Parts[at].Tasks[number%PartSize]
}
