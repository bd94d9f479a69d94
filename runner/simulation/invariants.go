package simulation

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

// The invariants: what holds in every run, whatever goes wrong. Each has a name
// by which a failure calls it. Those of the first part are looked at with each
// write and each payload that begins; those of the second when nothing can
// happen any more and all people have done what they meant to do.
const (
	// What is stored can be read.
	readable = "what is stored can be read"
	// A state fits its plan: counts, windows, what had to come before.
	sound = "a state fits its plan"
	// At most one deployment of a project and an environment has its place.
	onePlace = "one deployment at a time has the place of its project and environment"
	// The same attempt never runs its payload twice.
	oncePerAttempt = "no payload runs twice under one attempt"
	// A host is asked to do something only after the journal says so.
	writtenFirst = "nothing begins on a host that is not written before"
	// No effect of a turn is performed before that turn is durable.
	performedLast = "no effect is performed before its turn is written"
	// An attempt that is said to have ended, or never to have begun, does not begin.
	deadIsDead = "an attempt that has ended does not begin"
	// Two attempts never run on a target at once, whoever sent them.
	oneOnTarget = "one payload at a time runs on a target"
	// Of a step no more targets are under way than its window takes.
	inWindow = "no more targets at a time than the window takes"
	// Payloads of two deployments of one place never run at once, unless one was
	// given up as unknown.
	oneExecutes = "one deployment at a time runs payloads for a project and environment"
	// Who waits longest gets the place next.
	inOrder = "the queue is served in its order"
	// A minute after somebody cancels, two where nothing stays, no ordinary work of
	// the deployment runs, where servers and hosts answer.
	stopsSoon = "after a cancel ordinary work ends within its time"
	// When a deployment has ended nothing of it runs, unless it says that it may.
	quietAfter = "nothing runs after the end that is not called unknown"

	// Every deployment comes to its end, or waits for a person who is named.
	noneLost = "no deployment is lost"
	// Nothing goes on for ever.
	comesToRest = "everything comes to rest"
	// What was confirmed to somebody has happened, and stays so.
	confirmedStays = "what was confirmed to somebody stays"
	// Of several decisions about one question one counts.
	oneDecision = "at most one decision counts for a question"
	// A link decides once, and about nothing but its question.
	linkOnce = "a sign-off link decides once"
	// What an environment is said to have is what touched its hosts last.
	liveIsLast = "what is live is what touched the hosts last"
	// What the journal says of an attempt is what its host's ledger says.
	truth = "what is written of an attempt is what happened on its host"
	// The journal is whole, and leads to the state that is stored.
	whole = "the journal leads to the stored state"
	// No row of a queue, a place, a timer or the list of the living stays behind.
	nothingLeft = "nothing is left behind"
	// Whoever was to get a mail has got it.
	mailed = "mails that count as sent were sent"
	// Without long outages faults change times and attempts, and nothing else.
	sameEnd = "faults do not change what it comes to"
)

// turned looks at a deployment that has a new turn.
func (h *history) turned(before, now *records.Loaded) {
	r, d := h.run, now.Deployment
	if before != nil && now.Revision < before.Revision {
		r.breaks(confirmedStays, "turn %d of %s was written, and now its newest is %d", before.Revision, d.ID, now.Revision)
	}
	if err := graph.Check(now.Plan, now.State); err != nil {
		r.breaks(sound, "%s at revision %d: %v", d.ID, now.Revision, err)
	}
	if now.State.Head.Stands() == graph.PlaceHeld {
		for _, other := range h.find(d.Project, "", d.Environment) {
			if other.Deployment.ID != d.ID && other.State.Head.Stands() == graph.PlaceHeld {
				r.breaks(onePlace, "%s and %s both have the place of %s in %s", d.ID, other.Deployment.ID, d.Project, d.Environment)
			}
		}
	}
	if now.State.Head.Cancel != nil && (before == nil || before.State.Head.Cancel == nil) {
		h.cancelled(d.ID)
	}
	if now.State.Head.Status.Ended() {
		for _, p := range h.running() {
			if p.deployment == d.ID && !uncertain(now, p.task) {
				r.breaks(quietAfter, "%s is %s, and the payload of %s still runs", d.ID, now.State.Head.Status, p.id)
			}
		}
	}
}

// checkPayload looks at a payload that begins.
func (h *history) checkPayload(p payload) {
	r, id := h.run, p.id
	at := h.seen[p.deployment]
	if at == nil || p.step < 0 {
		r.breaks(writtenFirst, "the payload of %s begins, and nothing is written about it", id)
		return
	}
	x := at.State.Task(p.task)
	switch {
	case x.Attempt < p.number:
		r.breaks(writtenFirst, "the payload of %s begins, and the journal knows %d attempts (%s)", id, x.Attempt, x.Status)
	case x.Attempt == p.number && x.Status.Ended() && !uncertain(at, p.task):
		r.breaks(deadIsDead, "the payload of %s begins, and the attempt is %s: %s", id, x.Status, x.Message)
	}
	for _, o := range h.payloads {
		if o.id == id {
			r.breaks(oncePerAttempt, "the payload of %s ran %s ago", id, p.begun.Sub(o.begun))
		}
		if o.deployment == p.deployment && o.task == p.task && o.target == p.target && o.number > p.number {
			r.breaks(deadIsDead, "the payload of %s begins, and that of %s ran %s ago", id, o.id, p.begun.Sub(o.begun))
		}
	}
	beside := 0
	for _, o := range h.running() {
		other := h.seen[o.deployment]
		if o.target == p.target {
			r.breaks(oneOnTarget, "%s begins on %s while %s runs", id, p.target, o.id)
		}
		if o.deployment == p.deployment && o.step == p.step && at.State.Task(o.task).Status == pipelines.Running {
			beside++
		}
		if other.Deployment.ID != at.Deployment.ID && other.Deployment.ProjectID == at.Deployment.ProjectID && other.Deployment.EnvironmentID == at.Deployment.EnvironmentID && !uncertain(other, o.task) && !uncertain(at, p.task) {
			r.breaks(oneExecutes, "%s begins while %s runs", id, o.id)
		}
	}
	// An attempt that a person gave up as unknown may still begin when its host is
	// back and no newer one has come there yet: that is what they were told. It is no
	// part of the step's course any more.
	if p.number < x.Attempt {
		return
	}
	if window := max(1, at.Plan.Steps[p.step].Window); beside >= window && at.Plan.Steps[p.step].Within == 0 {
		r.breaks(inWindow, "%s begins as the %d. of its step, whose window is %d", id, beside+1, window)
	}
}

// uncertain says whether nobody claims to know what became of a task: it is
// called unknown, or was until somebody decided what to make of it.
func uncertain(l *records.Loaded, number int) bool {
	x := l.State.Task(number)
	return x.Status == pipelines.Unknown || x.Ask == pipelines.Unknown || x.Chosen != nil
}

// atRest looks at everything when nothing can happen any more.
func (h *history) atRest() {
	for _, check := range []func(){h.allEnded, h.journals, h.confirmed, h.ledgers, h.live, h.leftovers, h.letters} {
		if h.run.broke == nil {
			check()
		}
	}
}

func (h *history) allEnded() {
	for _, l := range h.all() {
		head := l.State.Head
		switch {
		case head.Status.Ended() && head.Closed:
		case head.Status.Ended():
			h.run.breaks(noneLost, "%s is %s, and what is owed after its end was never done", l.Deployment.ID, head.Status)
		default:
			h.run.breaks(noneLost, "%s is %s for ever (%s; place %s)", l.Deployment.ID, head.Status, stepWords(l), head.Stands())
		}
	}
	if h.away > 0 {
		h.run.breaks(noneLost, "%d people wait for ever for what they want to do", h.away)
	}
}

// journals plays each journal again.
func (h *history) journals() {
	for _, l := range h.all() {
		turns, err := h.journal(l.Deployment.ID)
		if err != nil {
			h.run.breaks(readable, "the journal of %s: %v", l.Deployment.ID, err)
			return
		}
		h.run.cover(l, turns)
		h.decisions(l, turns)
		state := graph.Begin(l.Plan)
		for i, t := range turns {
			if t.Revision != int64(i+1) {
				h.run.breaks(whole, "%s has turn %d where %d is expected", l.Deployment.ID, t.Revision, i+1)
				return
			}
			for _, e := range t.Events {
				if state, _, err = graph.Advance(l.Plan, state, e); err != nil {
					h.run.breaks(whole, "%s cannot be played again: %v", l.Deployment.ID, err)
				}
			}
			if !h.run.world.rolling && !reflect.DeepEqual(state.Head, t.Head) && !sameJSON(state.Head, t.Head) {
				h.run.breaks(whole, "turn %d of %s, played again, leads elsewhere:\n%s\nwritten is\n%s", t.Revision, l.Deployment.ID, asJSON(state.Head), asJSON(t.Head))
			}
		}
	}
}

// decisions counts those that decided each question.
func (h *history) decisions(l *records.Loaded, turns []records.Turn) {
	type question struct{ step, round int }
	counted := map[question]int{}
	before := make([]graph.StepState, len(l.Plan.Steps))
	for _, t := range turns {
		for i, s := range t.Head.Steps {
			if s.Answer != nil && before[i].Answer == nil {
				counted[question{i, s.Round}]++
			}
			if s.Answer != nil && before[i].Answer != nil && s.Round == before[i].Round && s.Answer.Proceed != before[i].Answer.Proceed {
				h.run.breaks(oneDecision, "step %s of %s was decided by %s, and then again by %s", l.Plan.Steps[i].Name, l.Deployment.ID, before[i].Answer.Called, s.Answer.Called)
			}
		}
		before = t.Head.Steps
	}
	for q, n := range counted {
		if n > 1 {
			h.run.breaks(oneDecision, "step %s of %s was decided %d times", l.Plan.Steps[q.step].Name, l.Deployment.ID, n)
		}
	}
}

// confirmed looks for what people were told in the journals.
func (h *history) confirmed() {
	for _, t := range h.told {
		turns, _ := h.journal(t.deployment)
		if h.seen[t.deployment] == nil || !slices.ContainsFunc(turns, func(turn records.Turn) bool { return slices.ContainsFunc(turn.Events, t.is) }) && t.what != "deploy" {
			h.run.breaks(confirmedStays, "%s was told that the wish to %s %s was done, and it stands nowhere", t.who, t.what, t.deployment)
		}
	}
}

func (t told) is(e graph.Event) bool {
	switch of := e.Of.(type) {
	case graph.Answered:
		return t.what == "approve" && of.Proceed && of.UserID == t.who || t.what == "reject" && !of.Proceed && of.UserID == t.who
	case graph.CancelAsked:
		return t.what == "cancel" && of.UserID == t.who
	case graph.Decided:
		return t.what == "choose "+string(of.Choice) && of.UserID == t.who
	case graph.Resumed:
		return t.what == "resume" && of.UserID == t.who
	}
	return false
}

// ledgers holds what is written of attempts against their hosts.
func (h *history) ledgers() {
	for _, l := range h.all() {
		turns, _ := h.journal(l.Deployment.ID)
		for _, t := range turns {
			for _, e := range t.Events {
				if report, ok := e.Of.(graph.TaskReported); ok {
					h.ledger(l, report)
				}
			}
		}
	}
}

// keptFor is how long hosts keep what they know of an attempt.
const keptFor = 30 * 24 * time.Hour

func (h *history) ledger(l *records.Loaded, report graph.TaskReported) {
	var ran *payload
	for i, p := range h.payloads {
		if p.deployment == l.Deployment.ID && p.task == report.Task && p.number == report.Attempt {
			ran = &h.payloads[i]
		}
	}
	if report.Outcome == task.Unknown {
		return
	}
	if ran == nil {
		if report.Outcome == task.Succeeded {
			h.run.breaks(truth, "attempt %d of task %d of %s is said to have succeeded, and never ran", report.Attempt, report.Task, l.Deployment.ID)
		}
		return
	}
	if h.run.sched.now.Sub(ran.begun) > keptFor {
		return // its host may have cleared it away, or be in the middle of that
	}
	says, err := h.run.hosts.Ask(context.Background(), hosts.Target{ID: ran.target}, ran.id)
	if err == nil && (says.End == nil || says.End.Outcome != report.Outcome) {
		h.run.breaks(truth, "%s is said to have %s (%s), and its host's ledger says %s", ran.id, report.Outcome, report.Message, asJSON(says))
	}
}

// leftovers looks for rows that nobody needs any more.
func (h *history) leftovers() {
	for name, p := range h.run.rows.partitions {
		if (name == "active" || strings.HasPrefix(name, "place/")) && len(p.order) > 0 {
			h.run.breaks(nothingLeft, "%s still has %s", name, strings.Join(p.order, ", "))
		}
	}
	for id := range h.run.alarms.set {
		h.run.breaks(nothingLeft, "the timer %s is still set", id)
	}
}

// letters looks for the mails of mail steps.
func (h *history) letters() {
	for _, l := range h.all() {
		for i, s := range l.State.Head.Steps {
			if l.Plan.Steps[i].Kind != plan.Mail || s.Status != pipelines.Succeeded || s.Warning {
				continue
			}
			if !h.run.post.has(l.Deployment.ID, i) {
				h.run.breaks(mailed, "step %s of %s has succeeded, and nobody got its mail", l.Plan.Steps[i].Name, l.Deployment.ID)
			}
		}
	}
}

func sameJSON(a, b any) bool { return asJSON(a) == asJSON(b) }

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
