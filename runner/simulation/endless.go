package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
)

// A run may have so many pauses, and so many of them in a row without getting any
// further: far more than any that ends. Of twelve hundred runs the longest had
// 37,000, and 1,800 in a row.
const (
	mostSteps = 150_000
	mostIdle  = 20_000
)

// progress grows whenever a run gets further: something is written of a
// deployment, a payload begins on a host, or somebody is told that it is done.
func (r *run) progress() int {
	h := r.history
	if h == nil {
		return 0
	}
	return h.changes + len(h.payloads) + len(h.told)
}

// attempts are what is tried again and again since the run got further the last
// time.
type attempts struct {
	progress int
	since    time.Time
	all      map[string]*attempted
}

type attempted struct {
	times int
	last  string // what came of it
}

// triedInVain notes that something failed which will be tried again.
func (r *run) triedInVain(what string, err error) {
	a := &r.vain
	if now := r.progress(); a.all == nil || now != a.progress {
		*a = attempts{now, r.sched.now, map[string]*attempted{}}
	}
	if a.all[what] == nil {
		a.all[what] = &attempted{}
	}
	a.all[what].times++
	a.all[what].last = firstLine(err.Error())
}

// onAndOn says of a run without end what goes on: what is tried and fails, and
// where the deployments stand that have not ended.
func (r *run) onAndOn(idle int) string {
	out := []string{"it goes on and on"}
	if idle < mostIdle {
		out[0] += fmt.Sprintf(": after %d steps, %s after it began, things still happen", mostSteps, passed(r.sched.now.Sub(startTime)))
	}
	if r.vain.all != nil && r.vain.progress == r.progress() {
		out[0] += "; for " + passed(r.sched.now.Sub(r.vain.since)) + " these have been tried and nothing came of them:"
		out = append(out, r.vain.words()...)
	}
	for _, l := range r.history.all() {
		if !l.State.Head.Status.Ended() {
			out = append(out, l.Deployment.ID+", "+deploymentWords(l.Deployment)+", has not ended: it is "+string(l.State.Head.Status))
		}
	}
	return strings.Join(out, "\n")
}

// words are the attempts, those that were made most first.
func (a attempts) words() []string {
	const most = 5
	names := make([]string, 0, len(a.all))
	for name := range a.all {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		if n := a.all[y].times - a.all[x].times; n != 0 {
			return n
		}
		return strings.Compare(x, y)
	})
	var out []string
	for i, name := range names {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(names)-most))
		}
		out = append(out, fmt.Sprintf("%s, %d times; the last time: %s", name, a.all[name].times, a.all[name].last))
	}
	return out
}

func deploymentWords(d pipelines.Deployment) string {
	return d.Project + " " + d.Release + " to " + d.Environment
}

// passed is a time of the run's clock for people.
func passed(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return d.Round(time.Second).String()
}
