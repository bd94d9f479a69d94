package simhost

import (
	"context"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/ledger"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
)

// Payload is one run of a payload, as somebody saw it who stands outside and
// forgets nothing. An attempt that stands there twice is a broken promise.
type Payload struct {
	Attempt, Deployment, Project, Environment, Step, Target string

	Began time.Time
	Ended time.Time // zero while it runs
}

// Payloads are all runs so far, in the order in which they began.
func (h *Hosts) Payloads() []Payload {
	all := make([]Payload, len(h.payloads))
	for i, p := range h.payloads {
		all[i] = *p
	}
	return all
}

// Begun is how many payloads have begun.
func (h *Hosts) Begun() int { return len(h.payloads) }

// Running says whether a payload, counted from 0, has begun and not ended.
func (h *Hosts) Running(n int) bool { return n < len(h.payloads) && h.payloads[n].Ended.IsZero() }

// Ran counts how often the payload of an attempt has begun.
func (h *Hosts) Ran(attempt string) (times int) {
	for _, p := range h.payloads {
		if p.Attempt == attempt {
			times++
		}
	}
	return times
}

// payload plays what the order asks for. Its text is in the language of
// runner/hosts/pretendhosts; a line like `sleep 1000h` hangs until it is stopped,
// and `die` takes the host's power.
func (p *process) payload(ctx context.Context, a ledger.Attempt, o task.Order, output *ledger.Output) task.End {
	if err := p.step("payload"); err != nil {
		return task.End{Outcome: task.Unknown}
	}
	seen := &Payload{Attempt: a.ID, Deployment: o.Deployment, Project: o.Project, Environment: o.Environment, Step: o.Step, Target: o.Target, Began: p.now()}
	p.host.all.payloads = append(p.host.all.payloads, seen)
	p.ending = func() { seen.Ended = p.now() }
	defer p.ended()
	if o.Package != nil && !p.keeps(o.Package.SHA256) {
		return attempts.Broken(task.End{}, o, fmt.Sprintf("package %s is not on this host", o.Package.FileName), nil)
	}
	lines, end, err := p.host.play(ctx, o, p.now())
	if err != nil {
		return attempts.Broken(task.End{}, o, err.Error(), nil)
	}
	for i, line := range lines {
		if i == 0 || line.At.After(lines[i-1].At) {
			output.Flush()
			if err := p.until(ctx, a, line.At); err != nil {
				return attempts.Broken(task.End{}, o, err.Error(), err)
			}
		}
		output.Add(line.Stream, line.Text)
	}
	output.Flush()
	if err := p.until(ctx, a, end.At); err != nil {
		return attempts.Broken(task.End{}, o, err.Error(), err)
	}
	if end.Outcome == task.Unknown {
		p.host.powerLoss(time.Minute)
	}
	return *end
}

// ended tells the observer that the payload does nothing any more.
func (p *process) ended() {
	if p.ending != nil {
		p.ending()
	}
	p.ending = nil
}

// until waits for a time, unless the attempt is to stop before.
func (p *process) until(ctx context.Context, a ledger.Attempt, at time.Time) error {
	for {
		left := at.Sub(p.now())
		switch {
		case p.dead:
			return errDead
		case a.StopAsked():
			return attempts.ErrStopped
		case left <= 0:
			return nil
		}
		if err := p.wait(ctx, left); err != nil {
			return err
		}
	}
}

// play works out all that an order will print and how it ends: a pretend host
// that begins now is asked what it will have said in a hundred years.
func (h *host) play(ctx context.Context, o task.Order, now time.Time) (lines []task.Line, end *task.End, err error) {
	pretend := pretendhosts.New(pretendhosts.Settings{
		Now: func() time.Time { return now }, Pace: h.all.settings.Faults.Pace(h.target, o.ID),
	})
	t := hosts.Target{ID: o.Target, Name: o.Target}
	if err := pretend.Start(ctx, t, o); err != nil {
		return nil, nil, err
	}
	now = now.AddDate(100, 0, 0)
	err = pretend.Attach(ctx, t, o.ID, 0, func(report task.Report) error {
		lines, end = append(lines, report.Lines...), report.End
		return nil
	})
	return lines, end, err
}
