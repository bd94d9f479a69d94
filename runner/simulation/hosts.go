package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/simulation/simhost"
)

// Conduct is what an attempt does on a host.
type Conduct struct {
	Lasts   time.Duration
	Outcome task.Outcome // Unknown: the host loses power in the end
	Exit    int
	Outputs map[string]string
}

// script is the conduct in the language of pretend hosts.
func (c Conduct) script() string {
	var out strings.Builder
	fmt.Fprintf(&out, "echo begun\nsleep %s\n", c.Lasts)
	for _, name := range slices.Sorted(maps.Keys(c.Outputs)) {
		fmt.Fprintf(&out, "output %s=%s\n", name, c.Outputs[name])
	}
	switch c.Outcome {
	case task.Failed:
		fmt.Fprintf(&out, "exit %d\n", max(1, c.Exit))
	case task.Unknown:
		out.WriteString("die\n")
	default:
		out.WriteString("echo done\n")
	}
	return out.String()
}

// acted is the order as it reaches a host: its work is what the world says.
func (r *run) acted(o task.Order) task.Order {
	o.Variables = slices.Clone(o.Variables) // the list is the caller's
	r.orders[o.ID] = o
	conduct := r.world.conduct(o, attemptNumber(o.ID))
	if conduct.Outcome == task.Unknown {
		r.troubled(conduct.Lasts)
	}
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: conduct.script()})
	if err != nil {
		panic(err)
	}
	o.Work = task.Work{Kind: task.KindScript, Settings: settings}
	if b := r.broken; b != nil && b.crowds {
		o.Target = o.ID // a lock of its own
	}
	if b := r.broken; b != nil && b.forgets && r.hosts.Ran(o.ID) > 0 {
		o.ID += again
		r.orders[o.ID] = o
	}
	return o
}

// again marks the id under which a host that forgets begins an attempt anew.
const again = "-again"

func attemptNumber(id string) int {
	n, _ := strconv.Atoi(id[strings.LastIndexByte(id, '.')+1:])
	return n
}

// hostPort is how a process reaches hosts over a connection. What a host does
// goes on when the process crashes.
type hostPort struct{ of *process }

var _ hosts.Hosts = hostPort{}

// call reaches a host, or does not.
func (h hostPort) call(ctx context.Context, what string, t hosts.Target, about string, do func(context.Context) error) error {
	r := h.of.run
	if err := r.point("host."+what, r.words(t.Name, about), crash|stall|fail|down, errNoHost); err != nil {
		return err
	}
	r.cut(t.ID)
	var err error
	done := false
	r.sched.spawn(nil, t.Name+" "+what, func() {
		err = do(ctx)
		done = true
	})
	r.sched.wait(func() bool { return done }, time.Time{})
	if lost := r.point("host."+what+" done", t.Name, crash|lose, errNoHost); lost != nil {
		return lost
	}
	return err
}

// cut takes a host off the net where the newest fault says so.
func (r *run) cut(target string) {
	if f := r.faults.last; f.Kind == down {
		r.hosts.Cut(target)
		r.sched.at(r.sched.now.Add(f.Wait), func() { r.hosts.Heal(target) })
	}
}

func (h hostPort) Ready(ctx context.Context, t hosts.Target) (facts hosts.Facts, err error) {
	return facts, h.call(ctx, "ready", t, "", func(ctx context.Context) error {
		facts, err = h.of.run.hosts.Ready(ctx, t)
		return err
	})
}

func (h hostPort) Holds(ctx context.Context, t hosts.Target, sha256 string) (holds bool, err error) {
	return holds, h.call(ctx, "holds", t, "", func(ctx context.Context) error {
		holds, err = h.of.run.hosts.Holds(ctx, t, sha256)
		return err
	})
}

func (h hostPort) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return h.call(ctx, "deliver", t, p.FileName, func(ctx context.Context) error { return h.of.run.hosts.Deliver(ctx, t, p, from) })
}

func (h hostPort) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	r := h.of.run
	r.history.performs("task", o.ID)
	return h.call(ctx, "start", t, o.ID, func(ctx context.Context) error { return r.hosts.Start(ctx, t, r.acted(o)) })
}

func (h hostPort) Ask(ctx context.Context, t hosts.Target, id string) (report task.Report, err error) {
	r := h.of.run
	return report, h.call(ctx, "ask", t, id, func(ctx context.Context) error {
		report, err = r.hosts.Ask(ctx, t, id)
		if b := r.broken; err == nil && b != nil && b.unasked {
			report = task.Report{Attempt: id, Phase: task.Absent}
		}
		return err
	})
}

func (h hostPort) Stop(ctx context.Context, t hosts.Target, id string) error {
	r := h.of.run
	return h.call(ctx, "stop", t, id, func(ctx context.Context) error {
		if b := r.broken; b != nil && b.unstoppable {
			return nil
		}
		return r.hosts.Stop(ctx, t, id)
	})
}

// Attach listens in the caller's own strand, since it is the caller who is told.
func (h hostPort) Attach(ctx context.Context, t hosts.Target, id string, since int64, to func(task.Report) error) error {
	r := h.of.run
	heard := func(report task.Report) error {
		if err := r.point("host.attach", r.words(t.Name, id, string(report.Phase)), crash|stall|fail, errNoHost); err != nil {
			return err
		}
		return to(report)
	}
	if err := r.point("host.attach", r.words(t.Name, id), crash|stall|fail|down, errNoHost); err != nil {
		return err
	}
	r.cut(t.ID)
	return r.hosts.Attach(ctx, t, id, since, heard)
}

// courierPort carries errands to hosts that report by themselves.
type courierPort struct{ hostPort }

var _ hosts.Courier = courierPort{}

func (c courierPort) Dispatch(ctx context.Context, t hosts.Target, e task.Errand) error {
	r := c.of.run
	about := t.Name + " " + e.Order.ID
	if e.Stop {
		about += " (stop)"
	} else {
		r.history.performs("task", e.Order.ID)
	}
	if err := r.point("dispatch", r.words(about), crash|stall|fail|down, errNoHost); err != nil {
		return err
	}
	r.silence()
	if r.sched.now.Before(r.silent) {
		return errNoHost
	}
	err := func() error {
		if b := r.broken; b != nil && b.unstoppable && e.Stop {
			return nil
		}
		e.Order = r.acted(e.Order)
		return simhost.Courier{Hosts: r.hosts}.Dispatch(ctx, t, e)
	}()
	unsure := errUnsure
	if b := r.broken; b != nil && b.sure {
		unsure = errNoHost
	}
	lost := r.point("dispatch done", r.words(about), crash|lose|down, unsure)
	if r.silence() {
		lost = unsure
	}
	if err == nil {
		err = lost
	}
	return err
}

// silence has the transport of messages say nothing for a time, where the newest
// fault says so.
func (r *run) silence() bool {
	f := r.faults.last
	if f.Kind == down {
		r.silent = r.sched.now.Add(f.Wait)
	}
	return f.Kind == down
}

// hostFaults is what goes wrong on hosts and on the way of messages to them.
type hostFaults struct {
	simhost.Calm
	run *run
}

func (h hostFaults) Errand(target, attempt string) simhost.Delivery {
	r := h.run
	_ = r.fault("errand", target+" "+attempt, late|twice|drop|down, nil)
	r.cut(target)
	first := time.Duration(r.sched.chance.IntN(3000)) * time.Millisecond
	switch f := r.faults.last; f.Kind {
	case drop:
		return simhost.Delivery{}
	case late:
		first += f.Wait
	case twice:
		return simhost.Delivery{Arrives: []time.Duration{first, first + time.Duration(r.sched.chance.IntN(600))*time.Second}}
	}
	return simhost.Delivery{Arrives: []time.Duration{first}}
}

// Step is where processes of a host are killed and hosts lose their power.
func (h hostFaults) Step(s simhost.Step) simhost.Fate {
	r := h.run
	if r.sched.current == nil {
		return simhost.Fate{}
	}
	if s.What == "payload" {
		r.history.began(s)
		return simhost.Fate{}
	}
	_ = r.point("host step", r.words(s.Target, s.Process, s.Attempt, s.What), killed|power, nil)
	switch f := r.faults.last; f.Kind {
	case killed:
		return simhost.Fate{Killed: true}
	case power:
		return simhost.Fate{PowerLoss: true, Down: f.Wait}
	}
	return simhost.Fate{}
}

func (h hostFaults) Keeps(most int) int { return h.run.sched.chance.IntN(most + 1) }

// posted keeps a report of a host, and the bucket tells of it.
func (r *run) posted(_ context.Context, form task.Form, name string, body []byte) error {
	if err := r.point("post", form.Prefix+name, fail|late, errors.New("503 slow down")); err != nil {
		return err
	}
	if f := r.faults.last; f.Kind == late {
		r.sched.sleep(f.Wait)
	}
	r.put(form.Prefix+name, body)
	if b := r.broken; b != nil && b.mixedUp && name == "end" {
		r.sched.spawn(nil, "mixed up", func() { r.mixUp(form.Prefix, body) })
	}
	return nil
}

func (r *run) put(name string, body []byte) {
	r.files.overwrite(name, slices.Clone(body))
	if !strings.HasPrefix(name, "reports/") {
		return
	}
	r.way(name, late|twice, func() {
		r.service(name, func(ctx context.Context, p *process) error { return p.runner.Reported(ctx, name) })
	})
}

// mixUp has an end count for the attempt after it, too.
func (r *run) mixUp(prefix string, body []byte) {
	r.sched.sleep(12 * time.Second)
	var report task.Report
	if json.Unmarshal(body, &report) != nil {
		return
	}
	next := nextAttempt(report.Attempt)
	name := strings.Replace(prefix, report.Attempt, next, 1) + "end"
	report.Attempt = next
	if text, err := json.Marshal(report); err == nil {
		r.put(name, text)
	}
}

// messageEnded is the transport's word about a message; whether anybody hears it
// is chance.
func (r *run) messageEnded(e simhost.Ended) {
	if r.sched.chance.IntN(4) == 0 {
		return
	}
	r.sched.spawn(nil, "message "+e.Attempt, func() {
		r.service("message "+e.Attempt, func(ctx context.Context, p *process) error {
			switch e.Kind {
			case simhost.Refused:
				return p.runner.Refused(ctx, e.Attempt, e.Message)
			case simhost.Busy:
				return p.runner.Again(ctx, e.Attempt)
			}
			return p.runner.Undelivered(ctx, e.Attempt, e.Lost, e.Message)
		})
	})
}
