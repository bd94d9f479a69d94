package simulation

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// performs looks at an effect that is being performed: a task by its attempt's
// id, a mail by its own.
func (h *history) performs(what, id string) {
	if h.run.sched.current == nil {
		return
	}
	attempt := id
	if what == "mail" {
		var of bool
		if attempt, of = strings.CutPrefix(id, "choice-"); !of {
			h.mails(id)
			return
		}
		attempt = attempt[:strings.LastIndexByte(attempt, '.')+1] + strings.SplitN(attempt[strings.LastIndexByte(attempt, '.')+1:], "-", 2)[0]
	}
	number, n := taskOf(attempt)
	if number < 0 {
		return
	}
	l := h.seen[attempt[:strings.LastIndexByte(attempt[:strings.LastIndex(attempt, ".t")], '-')]]
	if l == nil || l.State.Task(number).Attempt < n {
		h.run.breaks(performedLast, "%s is sent for attempt %d of task %d, which no turn has asked for", what, n, number)
	}
}

// mails looks at a mail that is being sent for a step.
func (h *history) mails(id string) {
	deployment, step := "", 0
	if key, asks := strings.CutPrefix(id, "ask-"); asks {
		about, _, there, err := h.run.watch.LinkOwner(context.Background(), key)
		if err != nil || !there { // another look has made a newer link meanwhile
			return
		}
		deployment, step = about.Deployment, about.Step
	} else {
		parts := strings.Split(id, ".")
		deployment = parts[0]
		step, _ = strconv.Atoi(strings.TrimPrefix(parts[1], "s"))
	}
	l := h.seen[deployment]
	if l == nil || l.State.Head.Steps[step].Status == pipelines.Pending {
		h.run.breaks(performedLast, "the mail %s is sent for step %d of %s, which has not begun", id, step, deployment)
	}
}

// placed looks at a write that gives a place to somebody: whether others have
// waited for it longer.
func (h *history) placed(changes []table.Change) {
	for _, c := range changes {
		if c.Do != table.Set || c.Key.Sort != "slot" || !strings.HasPrefix(c.Key.Partition, "place/") {
			continue
		}
		own := "waiting/~" // it never waited: so nobody else does
		for _, other := range changes {
			if other.Do == table.Delete && other.Key.Partition == c.Key.Partition {
				own = other.Key.Sort
			}
		}
		for _, sort := range h.run.rows.partitions[c.Key.Partition].order {
			if strings.HasPrefix(sort, "waiting/") && sort < own {
				h.run.breaks(inOrder, "%s gets the place of %s, and %s has waited longer", c.Value, c.Key.Partition, sort)
			}
		}
	}
}

// How long ordinary work may go on after a cancel.
const (
	endsStays = time.Minute
	endsBrief = 2 * time.Minute
)

// cancelled looks whether work ends in time, where nothing is in its way: to call
// it unknown is not enough then.
func (h *history) cancelled(id string) {
	r := h.run
	if r.sched.now.Before(r.calmFrom) || r.world.rolling {
		return
	}
	most := endsStays
	if r.mode == Brief {
		most = endsBrief
	}
	met, takeups := len(r.faults.met), h.seen[id].State.Head.TakenUp()
	r.sched.at(r.sched.now.Add(most), func() {
		l := h.seen[id]
		if len(r.faults.met) > met || l.State.Head.TakenUp() > takeups { // what goes on then is wanted
			return
		}
		for _, p := range h.running() {
			known := met == 0 || !uncertain(l, p.task) // where nothing went wrong, nothing may be uncertain
			if p.deployment == id && ordinary(&l.Plan, p.step) && known {
				r.breaks(stopsSoon, "%s was cancelled %s ago, and %s still runs", id, most, p.id)
			}
		}
	})
}

// ordinary says whether a step runs only where all went well before.
func ordinary(p *plan.Plan, step int) bool {
	for s := &p.Steps[step]; ; s = &p.Steps[s.Within-1] {
		if s.Run != "" && s.Run != pipelines.RunSuccess || s.If != "" {
			return false
		}
		if s.Within == 0 {
			return true
		}
	}
}

// usedLinks are the links that a write uses up.
func usedLinks(changes []table.Change) []records.Asked {
	var out []records.Asked
	for _, c := range changes {
		var link records.Asked
		if c.Key.Partition == "links" && c.Do == table.Set && json.Unmarshal(inflated(c.Value), &link) == nil && link.Link.UsedAt != nil {
			out = append(out, link)
		}
	}
	return out
}

// answeredByLink looks at a turn with a decision that came by a mail's link.
func (h *history) answeredByLink(now *records.Loaded, events []graph.Event, used []records.Asked) {
	for _, e := range events {
		a, ok := e.Of.(graph.Answered)
		if !ok || a.Via != "mail link" {
			continue
		}
		round := now.State.Head.Steps[a.Step].Round
		at := slices.IndexFunc(used, func(l records.Asked) bool {
			return l.Deployment == now.Deployment.ID && l.Step == a.Step && l.Round == round && l.UserID == a.UserID
		})
		if at < 0 {
			h.run.breaks(linkOnce, "%s answered step %d of %s by a link, and can do so again", a.Called, a.Step, now.Deployment.ID)
			return
		}
		if h.links == nil {
			h.links = map[string]int{}
		}
		if h.links[used[at].Key]++; h.links[used[at].Key] > 1 {
			h.run.breaks(linkOnce, "%s answered step %d of %s twice by one link", a.Called, a.Step, now.Deployment.ID)
		}
	}
}

// live holds what environments are said to have against what was done there.
func (h *history) live() {
	if h.run.world.rolling { // the older build does not know when hosts were touched
		return
	}
	for _, l := range h.all() {
		d, head := l.Deployment, l.State.Head
		if head.Status != pipelines.Succeeded || head.Touched.IsZero() {
			continue
		}
		current, err := h.run.watch.In(context.Background(), d.ProjectID, d.EnvironmentID)
		if err != nil {
			h.run.breaks(readable, "what %s has in %s: %v", d.Project, d.Environment, err)
			return
		}
		switch {
		case current.Live == nil:
			h.run.breaks(liveIsLast, "%s has succeeded in %s, and nothing is live there", d.ID, d.Environment)
		case h.seen[current.Live.ID] == nil:
			h.run.breaks(liveIsLast, "%s is live in %s, and nobody knows it", current.Live.ID, d.Environment)
		case h.seen[current.Live.ID].State.Head.Touched.Before(head.Touched) && !h.seen[current.Live.ID].State.Head.Touched.IsZero():
			h.run.breaks(liveIsLast, "%s is live in %s, and %s touched the hosts after it", current.Live.ID, d.Environment, d.ID)
		}
	}
}
