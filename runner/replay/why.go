package replay

import (
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Answer says why a step, or its task on one target, came to what it came to.
type Answer struct {
	Deployment string           `json:"deployment"`
	Step       string           `json:"step"`
	Target     string           `json:"target,omitempty"`
	Status     pipelines.Status `json:"status"`
	Because    string           `json:"because"` // one sentence
	Rule       string           `json:"rule"`    // by which it begins
	Facts      []Fact           `json:"facts"`   // that the rule saw
	History    []Past           `json:"history"` // what happened to it
}

// Fact is something a rule looks at. Revision and At are of the event that made
// it so; 0 where the plan says so.
type Fact struct {
	Of       string    `json:"of"`
	Is       string    `json:"is"`
	Revision int64     `json:"revision,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// Past is something that happened.
type Past struct {
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
	Text     string    `json:"text"`
}

// Why answers for a step and, unless it is "", one target of it.
func Why(j Journal, step, target string) (Answer, error) {
	at, place, err := find(j.Plan, step, target)
	if err != nil {
		return Answer{}, err
	}
	q := inquiry{plan: j.Plan, journal: j, at: at, task: -1, ends: make([]Past, len(j.Plan.Steps))}
	if place >= 0 {
		q.target = j.Plan.Steps[at].Targets[place].Name
		if q.plan.Steps[at].Kind == plan.OnHosts && q.plan.Steps[at].Skip == "" {
			q.task = j.Plan.Steps[at].First + place
		}
	}
	q.state = graph.Begin(j.Plan)
	if err := Walk(j, q.see); err != nil {
		return Answer{}, err
	}
	return q.answer(), nil
}

// find finds a step by its name, and a target of it; place is -1 where none is
// asked for.
func find(p plan.Plan, step, target string) (at, place int, err error) {
	at = p.Step(step)
	if at < 0 {
		return 0, 0, pipelines.Refuse(pipelines.NotFound, "%s has no step %q: its steps are %s", p.Deployment, step, several(stepNames(p)))
	}
	if target == "" {
		return at, -1, nil
	}
	var names []string
	for i, t := range p.Steps[at].Targets {
		if t.ID == target || pipelines.SameName(t.Name, target) {
			return at, i, nil
		}
		names = append(names, t.Name)
	}
	if len(names) == 0 {
		return 0, 0, pipelines.Refuse(pipelines.NotFound, "step %s goes to no targets: leave --target out", p.Steps[at].Name)
	}
	return 0, 0, pipelines.Refuse(pipelines.NotFound, "step %s does not go to %q: it goes to %s", p.Steps[at].Name, target, several(names))
}

// inquiry is an answer while it is looked for.
type inquiry struct {
	plan    plan.Plan
	journal Journal
	at      int // the step
	task    int // -1: all of them
	target  string

	state   graph.State // the newest
	decided *Moment     // the newest in which it was decided whether the step begins
	ends    []Past      // the newest end of each step
	badly   *badEnd     // the first task that ended badly, among those that stop this one
	history []Past
	cancel  Past // of the deployment
	ended   Past // the newest end of the task
}

// badEnd is a task that ended badly.
type badEnd struct {
	number int
	Past
}

// see looks at one event for all that has to do with the step.
func (q *inquiry) see(m Moment) {
	past := Past{m.Turn.Revision, m.Happened.At, eventIn(q.plan, m.Happened)}
	was, is := m.Before.Head.Steps, m.After.Head.Steps
	for i := range is {
		if is[i].Status != was[i].Status && is[i].Status.Ended() {
			q.ends[i] = past
		}
	}
	if q.task >= 0 && m.After.Task(q.task).Status.Ended() && !m.Before.Task(q.task).Status.Ended() {
		q.ended = past
	}
	if is[q.at].Status != was[q.at].Status {
		switch {
		case is[q.at].Status == pipelines.Pending: // taken up again
			q.decided, q.badly = nil, nil
		case was[q.at].Status == pipelines.Pending:
			q.decided = &m
		}
	}
	if m.Before.Head.Cancel == nil && m.After.Head.Cancel != nil {
		q.cancel = past
	}
	q.seeBad(m, past)
	if _, again := m.Happened.Of.(graph.Resumed); again || q.concerns(m) {
		q.history = append(q.history, q.told(m, past))
	}
	q.state = m.After
}

// seeBad notes the first task whose bad end keeps others of the step from
// beginning.
func (q *inquiry) seeBad(m Moment, past Past) {
	number, ok := taskOf(m.Happened.Of)
	if !ok || q.badly != nil || number < 0 || number >= q.plan.Tasks() {
		return
	}
	step, _ := q.plan.StepOf(number)
	if step != q.at && (q.plan.Steps[q.at].Within == 0 || q.plan.Steps[step].Within != q.plan.Steps[q.at].Within) {
		return
	}
	if end := m.After.Task(number).Status; end.Bad() && !m.Before.Task(number).Status.Bad() {
		q.badly = &badEnd{number, past}
	}
}

func taskOf(h graph.Happening) (int, bool) {
	switch h := h.(type) {
	case graph.TaskReported:
		return h.Task, true
	case graph.TimerRang:
		return h.Task, true
	case graph.Decided:
		return h.Task, true
	}
	return 0, false
}

// concerns says whether an event belongs into the history of the step, or of
// the task that was asked for.
func (q *inquiry) concerns(m Moment) bool {
	if q.task >= 0 {
		a, b := m.Before.Task(q.task), m.After.Task(q.task)
		return a.Status != b.Status || a.Attempt != b.Attempt || !a.Wake.Equal(b.Wake) || a.Stop != b.Stop || a.Ask != b.Ask
	}
	a, b := m.Before.Head.Steps[q.at], m.After.Head.Steps[q.at]
	return a.Status != b.Status || a.Bad != b.Bad || a.Choices != b.Choices || len(a.Approved) != len(b.Approved) || a.Reminded != b.Reminded || a.Round != b.Round ||
		q.plan.Steps[q.at].Kind == plan.Mail && a.Status == pipelines.Running && m.Means && q.isMailed(m.Happened.Of)
}

func (q *inquiry) isMailed(h graph.Happening) bool {
	mailed, ok := h.(graph.Mailed)
	return ok && mailed.Step == q.at
}

// told is the event with what became of the step by it.
func (q *inquiry) told(m Moment, past Past) Past {
	name := q.plan.Steps[q.at].Name
	var follows []string
	if q.task >= 0 {
		follows = q.taskFollows(m)
	} else if a, b := m.Before.Head.Steps[q.at], m.After.Head.Steps[q.at]; a.Status != b.Status {
		text := name + " " + endWord(b.Status)
		switch {
		case b.Status == pipelines.Waiting && q.plan.Steps[q.at].Kind == plan.Ask:
			text = name + " asks " + asksWhom(q.plan, q.at)
		case b.Status == pipelines.Waiting:
			text = name + " waits for a person's choice"
		case b.Status == pipelines.Running:
			text = name + " begins"
		case b.Status == pipelines.Pending:
			text = name + " is to run again"
		case b.Message != "":
			text += ": " + oneLine(b.Message)
		}
		follows = append(follows, text)
	}
	if len(follows) > 0 {
		past.Text += " → " + strings.Join(follows, "; ")
	}
	return past
}

func (q *inquiry) taskFollows(m Moment) []string {
	a, b := m.Before.Task(q.task), m.After.Task(q.task)
	switch {
	case b.Status == pipelines.Waiting && a.Status != b.Status:
		return []string{"it waits for a person's choice"}
	case !b.Wake.IsZero() && !a.Wake.Equal(b.Wake):
		return []string{"the next attempt is due at " + clock(b.Wake)}
	case b.Status == pipelines.Running && a.Attempt != b.Attempt:
		return []string{fmt.Sprintf("attempt %d begins", b.Attempt)}
	case b.Stop && !a.Stop:
		return []string{"it is to stop"}
	case b.Status == pipelines.Pending && a.Status != b.Status:
		return []string{"it is to run again"}
	case a.Status != b.Status:
		return []string{"it " + endWord(b.Status)}
	}
	return nil
}
