package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/simulation/simhost"
	"slipway/runner/table"
)

// history is what an onlooker knows who sees everything: each deployment as it
// is stored, each payload that ran, and what people were told.
type history struct {
	run      *run
	seen     map[string]*records.Loaded
	order    []string // ids of deployments as they came
	payloads []payload
	told     []told
	away     int            // people who are not done
	links    map[string]int // decisions by each link
	changes  int            // grows with everything that is seen
	turns    map[string][]records.Turn
}

// payload is one run of an attempt's work on a host.
type payload struct {
	id, deployment, target string
	begun                  time.Time
	index                  int // among the payloads of all hosts
	step, task, number     int
}

// told is what somebody was told that it has happened.
type told struct {
	who, deployment string
	what            string // "deploy", "approve", "reject", "cancel", "resume", …
}

// written looks at what a write was about.
func (h *history) written(changes []table.Change) {
	var about []string
	used := usedLinks(changes)
	turns := map[string]table.Change{}
	for _, c := range changes {
		id, ok := strings.CutPrefix(c.Key.Partition, "deployment/")
		if !ok || c.Do != table.Set || c.Key.Sort != "record" && !isTurn(c.Key.Sort) {
			continue
		}
		if revision, err := strconv.ParseInt(strings.TrimPrefix(c.Key.Sort, "turn/"), 10, 64); err == nil {
			if h.seen[id] != nil && h.seen[id].Revision >= revision {
				h.run.breaks(confirmedStays, "turn %d of %s is written over", revision, id)
			}
			turns[id] = c
		}
		if !slices.Contains(about, id) {
			about = append(about, id)
		} else {
			delete(turns, id) // its record, too: all of it is read
		}
	}
	for _, id := range about {
		if c, alone := turns[id]; !alone || !h.follow(id, c, used) {
			h.see(id)
		}
	}
}

// follow looks at a turn as it was written, where it is the next one. To read
// the whole deployment each time would take most of the time of a run; that the
// journal leads to what is stored is looked at in the end.
func (h *history) follow(id string, c table.Change, used []records.Asked) bool {
	before := h.seen[id]
	var turn struct {
		Revision int64
		Events   []graph.Event
		Effects  []string
	}
	if before == nil || h.run.world.rolling || json.Unmarshal(inflated(c.Value), &turn) != nil || turn.Revision != before.Revision+1 {
		return false
	}
	now := *before
	now.Revision, now.Asked = turn.Revision, turn.Effects
	for _, e := range turn.Events {
		state, _, err := graph.Advance(now.Plan, now.State, e)
		if err != nil {
			return false
		}
		now.State = state
	}
	h.takes(before, &now)
	h.answeredByLink(&now, turn.Events, used)
	return true
}

func isTurn(sort string) bool {
	digits, ok := strings.CutPrefix(sort, "turn/")
	return ok && !strings.Contains(digits, "/")
}

func (h *history) see(id string) {
	now, err := h.run.watch.Load(context.Background(), id)
	if err != nil {
		h.run.breaks(readable, "%s cannot be read after a write: %v", id, err)
		return
	}
	before := h.seen[id]
	if before == nil {
		h.order = append(h.order, id)
	} else if before.Revision == now.Revision {
		h.changes++
		h.seen[id] = &now
		return
	}
	h.takes(before, &now)
}

// takes is how a deployment stands from now on.
func (h *history) takes(before, now *records.Loaded) {
	id := now.Deployment.ID
	h.seen[id] = now
	h.changes++
	if h.run.log.keep {
		h.run.log.add(h.run, "  %s is %s (%s) at revision %d: %s", id, now.State.Head.Status, now.State.Head.Stands(), now.Revision, stepWords(now))
	}
	h.turned(before, now)
}

// watched asks only when something has changed.
func (h *history) watched(seen func() bool) func() bool {
	asked, answer := -1, false
	return func() bool {
		if asked != h.changes {
			asked, answer = h.changes, seen()
		}
		return answer
	}
}

func stepWords(l *records.Loaded) string {
	words := make([]string, len(l.State.Head.Steps))
	for i, s := range l.State.Head.Steps {
		words[i] = string(s.Status)
	}
	return strings.Join(words, " ")
}

// began notes that a payload begins.
func (h *history) began(s simhost.Step) {
	id := strings.TrimSuffix(s.Attempt, again)
	p := payload{id: id, deployment: h.run.orders[id].Deployment, target: s.Target, begun: h.run.sched.now, index: h.run.hosts.Begun(), step: -1}
	p.task, p.number = taskOf(id)
	if l := h.seen[p.deployment]; l != nil {
		p.step, _ = l.Plan.StepOf(p.task)
	}
	h.run.log.add(h.run, "  the payload of %s begins on %s", id, s.Target)
	h.checkPayload(p)
	h.payloads = append(h.payloads, p)
}

// taskOf reads an attempt's id, like Deployments-12-m3x9q2.t3.1.
func taskOf(id string) (task, attempt int) {
	parts := strings.Split(id, ".")
	if len(parts) != 3 {
		return -1, -1
	}
	task, _ = strconv.Atoi(strings.TrimPrefix(parts[1], "t"))
	attempt, _ = strconv.Atoi(parts[2])
	return task, attempt
}

// running are the payloads that run now.
func (h *history) running() []payload {
	var out []payload
	for _, p := range h.payloads {
		if h.run.hosts.Running(p.index) {
			out = append(out, p)
		}
	}
	return out
}

// find are the deployments of a release to an environment, oldest first.
func (h *history) find(project, release, environment string) []*records.Loaded {
	var out []*records.Loaded
	for _, id := range h.order {
		d := h.seen[id].Deployment
		if d.Project == project && (release == "" || d.Release == release) && d.Environment == environment {
			out = append(out, h.seen[id])
		}
	}
	return out
}

func (h *history) all() []*records.Loaded {
	out := make([]*records.Loaded, len(h.order))
	for i, id := range h.order {
		out[i] = h.seen[id]
	}
	return out
}

// final is what a run came to, without times and attempts.
type final []string

func (h *history) final() final {
	var out final
	counts := map[string]int{}
	for _, l := range h.all() {
		d := l.Deployment
		name := d.Project + " " + d.Release + " to " + d.Environment
		counts[name]++
		line := fmt.Sprintf("%s, the %d.: %s;", name, counts[name], l.State.Head.Status)
		for i, s := range l.State.Head.Steps {
			line += " " + l.Plan.Steps[i].Name + " " + came(l, s.Status)
			if s.Answer != nil {
				line += fmt.Sprintf(" (%s: %t)", s.Answer.Called, s.Answer.Proceed)
			}
			line += tasksOf(l, i)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// came is what something came to. A minute after a cancel the runner calls
// unknown what it has not heard of, so where the word of a host was late or had to
// be told again that is as good an end as cancelled.
func came(l *records.Loaded, status pipelines.Status) string {
	if l.State.Head.Cancel != nil && status == pipelines.Unknown {
		status = pipelines.Cancelled
	}
	return string(status)
}

func tasksOf(l *records.Loaded, step int) string {
	s := l.Plan.Steps[step]
	if s.Kind != plan.OnHosts {
		return ""
	}
	words := make([]string, 0, s.Tasks())
	for number := s.First; number < s.First+s.Tasks(); number++ {
		words = append(words, came(l, l.State.Task(number).Status))
	}
	return fmt.Sprint(words)
}

// waitsForAnswer says whether a step asks people now.
func waitsForAnswer(l *records.Loaded, step int) bool {
	return l.Plan.Steps[step].Kind == plan.Ask && l.State.Head.Steps[step].Status == pipelines.Waiting && !l.State.Head.Status.Ended()
}

// journal are a deployment's turns when everything is at rest.
func (h *history) journal(id string) ([]records.Turn, error) {
	if h.turns == nil {
		h.turns = map[string][]records.Turn{}
	}
	if h.turns[id] == nil {
		turns, err := h.run.watch.Journal(context.Background(), id)
		if err != nil {
			return nil, err
		}
		h.turns[id] = turns
	}
	return h.turns[id], nil
}

func eventName(e graph.Happening) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", e), "graph.")
}
