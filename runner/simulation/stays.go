package simulation

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"slipway/pipelines/steps"
	"slipway/runner"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/tasklog"
	"slipway/runner/timers"
	"slipway/runner/wake"
)

// server is the product as one process has it.
type server struct {
	records  *records.Records
	requests *requests.Requests
	runner   *runner.Runner
	looks    map[string]*look // where the process stays: those that are woken
	rings    map[string]bool
}

// baseURL is where people would reach the server.
const baseURL = "https://slipway.test"

func newServer(p *process) *server {
	r := p.run
	store := blobPort{p}
	s := &server{records: records.New(filePort{tablePort{p}}, store), looks: map[string]*look{}, rings: map[string]bool{}}
	e := r.env(p)
	s.records.Env = e
	var waker wake.Wake = noWake{}
	s.runner = &runner.Runner{
		Records: s.records, Blobs: store, Output: tasklog.New(store), Timers: timerPort{p}, Mail: mailPort{p}, Secrets: vault{},
		Hosts: map[string]hosts.Hosts{"pretend": hostPort{p}, "ssh": hostPort{p}, "ssm": courierPort{hostPort{p}}},
		Env:   e, Log: slog.New(slog.DiscardHandler), BaseURL: baseURL, From: "slipway@example.org",
	}
	if r.mode == Brief {
		s.runner.Brief = &runner.Brief{Attend: r.attend, Signer: signer{}}
	} else {
		waker = s.runner.Nudged(localWake{p})
	}
	s.requests = &requests.Requests{Records: s.records, Blobs: store, Wake: waker, Types: steps.Types(), Env: e, BaseURL: baseURL, Sources: true}
	s.runner.Sources = func(context.Context, string) (string, error) { return "made up, and long enough", nil }
	s.runner.Next = s.requests.Next
	return s
}

// noWake is for where the table's stream wakes.
type noWake struct{}

func (noWake) Wake(context.Context, string) error { return nil }

// boot begins the process that stays.
func (r *run) boot() {
	p := r.newProcess("server")
	r.server = p
	if b := r.broken; b == nil || !b.noScan {
		r.sched.spawn(p, "scan", p.scan)
	}
	r.sched.spawn(p, "timers", p.ringDue)
}

// scan finds what was not done when the process before this one ended.
func (p *process) scan() {
	for {
		ids, err := p.records.Active(p.ctx)
		if err == nil {
			for _, id := range ids {
				p.wake(id)
			}
			return
		}
		p.run.sched.sleep(time.Second)
	}
}

// localWake wakes within the process; nothing of it outlives a crash.
type localWake struct{ of *process }

func (w localWake) Wake(_ context.Context, id string) error {
	p := w.of
	err := p.run.point("wake", id, crash|stall, nil)
	if b := p.run.broken; b == nil || !b.noWake {
		p.wake(id)
	}
	return err
}

// look is a deployment that has to be looked at, or is.
type look struct{ again bool }

func (p *process) wake(id string) {
	if l := p.looks[id]; l != nil {
		l.again = true
		return
	}
	l := &look{}
	p.looks[id] = l
	p.run.sched.spawn(p, "look "+id, func() { p.lookUntilDone(id, l) })
}

func (p *process) lookUntilDone(id string, l *look) {
	s := p.run.sched
	for pause := 100 * time.Millisecond; ; {
		l.again = false
		err := p.runner.Look(p.ctx, id)
		switch {
		case err != nil:
			p.run.log.add(p.run, "  the look at %s: %s", id, firstLine(err.Error()))
			p.run.triedInVain("the look at "+id, err)
			s.wait(func() bool { return l.again }, s.now.Add(pause))
			pause = min(2*pause, time.Minute)
		case !l.again:
			delete(p.looks, id)
			return
		default:
			pause = 100 * time.Millisecond
		}
	}
}

// alarms are the timers that are set; they outlive every crash.
type alarms struct {
	set     map[string]*alarm
	changes int
}

type alarm struct {
	id      string
	at      time.Time
	payload []byte
	serial  int
	failed  int
}

// next is the one that is due first and does not ring.
func (a *alarms) next(rings map[string]bool) *alarm {
	var first *alarm
	for _, x := range a.set {
		if rings[x.id] {
			continue
		}
		if first == nil || x.at.Before(first.at) || x.at.Equal(first.at) && x.id < first.id {
			first = x
		}
	}
	return first
}

// ringDue rings what is due, for as long as the process lives.
func (p *process) ringDue() {
	r := p.run
	for {
		changes := r.alarms.changes
		next := r.alarms.next(p.rings)
		var until time.Time
		if next != nil {
			until = next.at
		}
		if next == nil || until.After(r.sched.now) {
			r.sched.wait(func() bool { return r.alarms.changes != changes }, until)
			continue
		}
		p.rings[next.id] = true
		r.sched.spawn(p, "ring "+next.id, func() { p.ring(*next) })
	}
}

func (p *process) ring(x alarm) {
	r := p.run
	err := p.runner.Ring(p.requests.Wake.Wake)(p.ctx, x.id, x.payload)
	_ = r.point("rang", x.id, crash|stall, nil)
	delete(p.rings, x.id)
	r.alarms.changes++
	now := r.alarms.set[x.id]
	if now == nil || now.serial != x.serial {
		return // set anew meanwhile
	}
	if err == nil {
		delete(r.alarms.set, x.id)
		return
	}
	r.log.add(r, "  timer %s: %s", x.id, firstLine(err.Error()))
	r.triedInVain("timer "+x.id, err)
	now.failed++
	now.at = r.sched.now.Add(min(time.Second<<min(now.failed, 20), 5*time.Minute))
}

// timerPort sets timers for a process.
type timerPort struct{ of *process }

var _ timers.Timers = timerPort{}

func (t timerPort) Set(_ context.Context, id string, at time.Time, payload []byte) error {
	if err := timers.Check(id, payload); err != nil {
		return err
	}
	r := t.of.run
	return r.around("timer.set", r.words(id, "at", at.Sub(startTime).String()), changing, r.storeTrouble(), func() error {
		if b := r.broken; b != nil && b.noTimer != nil && b.noTimer(id) {
			return nil
		}
		r.setAlarm(id, at, append(json.RawMessage(nil), payload...))
		return nil
	})
}

func (t timerPort) Cancel(_ context.Context, id string) error {
	r := t.of.run
	return r.around("timer.cancel", id, changing, r.storeTrouble(), func() error {
		delete(r.alarms.set, id)
		r.alarms.changes++
		return nil
	})
}

func (r *run) setAlarm(id string, at time.Time, payload []byte) {
	r.sched.serial++
	x := &alarm{id: id, at: at, payload: payload, serial: r.sched.serial}
	r.alarms.set[id] = x
	r.alarms.changes++
	if r.mode == Brief {
		r.schedule(x)
	}
}
