// Package simulation plays the real runner over stores in memory, with a clock
// of its own and with everything going wrong that may, and looks whether what
// the runner promises holds.
//
// It holds no rule of a deployment and imitates no part of the runner: graph,
// records, requests, plans and Runner are the real ones. What it makes up is the
// world around them: table, blobs, timers, wake-ups, mail, hosts, and people.
//
// The idea to know: of all the strands of a run one goes on at a time, and which
// one that is, how much time passes and what goes wrong follow from a seed. So a
// run that breaks a promise can be played again, and made shorter until only the
// faults are left that it takes.
package simulation

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"

	"slices"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/records"
	"slipway/runner/simulation/simhost"
)

// Options say how a world is played.
type Options struct {
	Seed uint64
	Mode Mode
	// Faults are what goes wrong; nil: by chance. An empty list is nothing.
	Faults []Fault
	// Calm lets a strand go on as long as it can: another one takes over only where
	// it waits.
	Calm bool
	// Trace keeps what happened, for people.
	Trace bool

	broken *broken
	keep   bool // keeps what could have gone wrong at each point
}

// Violation is an invariant that did not hold.
type Violation struct {
	Invariant string
	How       string
}

func (v *Violation) Error() string { return v.Invariant + ": " + v.How }

// Report is what came of one run.
type Report struct {
	Options
	Broken *Violation // nil: everything held
	Met    []Fault    // what went wrong
	Points int        // moments at which something could
	Steps  int
	Final  []string       // what the deployments came to
	Cover  map[string]int // transitions that were seen
	Trace  []string

	can  []trouble
	hard bool
}

// Run plays a world once.
func Run(_ context.Context, w *World, o Options) Report {
	r, err := start(w, o)
	if err == nil {
		r.sched.run()
		if r.broke == nil {
			r.history.atRest()
		}
	} else {
		r = &run{faults: &injector{}, log: &trace{}, sched: &scheduler{}, history: &history{}}
		r.broke = &Violation{Invariant: readable, How: err.Error()}
	}
	report := Report{
		Options: o, Broken: r.broke, Met: r.faults.met, Points: r.faults.points, Steps: r.sched.steps,
		Trace: r.log.lines, can: r.faults.can, hard: r.faults.hard, Cover: r.covered,
	}
	if err == nil {
		report.Final = r.history.final()
	}
	if report.Broken == nil && w.Fixed && !report.hard && len(report.Met) > 0 {
		if other := CompareFinal(w.undisturbed(o.Mode), report.Final); other != "" {
			report.Broken = &Violation{Invariant: sameEnd, How: other}
		}
	}
	return report
}

// undisturbed is what the world comes to when nothing goes wrong.
func (w *World) undisturbed(m Mode) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calm == nil {
		w.calm = map[Mode][]string{}
	}
	if w.calm[m] == nil {
		w.calm[m] = Run(context.Background(), w, Options{Mode: m, Faults: []Fault{}, Calm: true}).Final
	}
	return w.calm[m]
}

func start(w *World, o Options) (*run, error) {
	if err := w.prepare(); err != nil {
		return nil, fmt.Errorf("build the world %s: %w", w.Name, err)
	}
	sched := newScheduler(generator(o.Seed, 1), startTime)
	r := &run{
		world: w, mode: o.Mode, sched: sched, broken: o.broken, random: seeded(o.Seed + 7),
		log: &trace{keep: o.Trace}, alarms: &alarms{set: map[string]*alarm{}}, post: &post{}, orders: map[string]task.Order{},
		shards: map[string]*shard{}, faults: plannedOrNot(o), covered: map[string]int{},
	}
	now := r.env(nil).Now
	r.rows, r.files = w.rows.copied(now), w.files.copied(now)
	r.watch = records.New(r.rows, r.files)
	r.hosts = simhost.New(simhost.Settings{Env: r.env(nil), Faults: hostFaults{run: r}, Post: r.posted, Ended: r.messageEnded})
	r.history = &history{run: r, seen: map[string]*records.Loaded{}}
	sched.broken = func(what string) { r.breaks(comesToRest, "%s", what) }
	sched.endless = func(idle int) { r.breaks(comesToRest, "%s", r.onAndOn(idle)) }
	sched.progress = r.progress
	sched.hurry = []int{0, 30, 60, 90, 97}[sched.chance.IntN(5)]
	if o.Calm {
		sched.hurry = 100
	}
	if r.mode == Stays {
		r.boot()
	}
	if w.rolling {
		r.updates()
	}
	return r, r.people(o.Seed)
}

// plannedOrNot are the faults of a run. A fifth of all seeds have none but
// disorder, half of the others short ones only.
func plannedOrNot(o Options) *injector {
	chance := generator(o.Seed, 2)
	i := &injector{
		rand: chance, keep: o.keep, rate: []int{0, 3, 10, 30, 80}[chance.IntN(5)], left: 1 + chance.IntN(25), harsh: chance.IntN(2) == 0,
		kinds: kinds(chance),
	}
	if o.Faults == nil {
		return i
	}
	i.planned = map[int]Fault{}
	for _, f := range o.Faults {
		i.planned[f.Point] = f
	}
	return i
}

// kinds are about three quarters of all kinds.
func kinds(chance *rand.Rand) trouble {
	a, b := chance.IntN(int(power<<1)), chance.IntN(int(power<<1))
	return trouble(a | b)
}

// cover notes which events and transitions a journal has.
func (r *run) cover(l *records.Loaded, turns []records.Turn) {
	before := make([]string, len(l.Plan.Steps))
	for i := range before {
		before[i] = "pending"
	}
	status := "queued"
	for _, t := range turns {
		for _, e := range t.Events {
			r.covered["event "+eventName(e.Of)]++
		}
		for i, s := range t.Head.Steps {
			if now := string(s.Status); now != before[i] {
				r.covered[fmt.Sprintf("%s step: %s to %s", l.Plan.Steps[i].Kind, before[i], now)]++
				before[i] = now
			}
		}
		if now := string(t.Head.Status); now != status {
			r.covered["deployment: "+status+" to "+now]++
			status = now
		}
	}
}

// CompareFinal says how two runs came to different ends, "" if they did not.
func CompareFinal(want, got []string) string {
	var out []string
	for _, line := range want {
		if !slices.Contains(got, line) {
			out = append(out, "without faults: "+line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			out = append(out, "here:           "+line)
		}
	}
	return strings.Join(out, "\n")
}

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
