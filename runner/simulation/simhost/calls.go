package simhost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
)

// call is the way to a host and back: in between, a process of the host does
// something by the executor's rules.
func (h *Hosts) call(ctx context.Context, t hosts.Target, verb, attempt string, do func(p *process, rules *attempts.Host, way Call) error) error {
	host, faults, env := h.host(t.ID), h.settings.Faults, h.settings.Env
	way := faults.Call(t.ID, verb)
	if way.Wait > 0 {
		if err := env.Sleep(ctx, way.Wait); err != nil {
			return err
		}
	}
	if why := host.away(); why != "" {
		return host.unreachable(why)
	}
	if way.Lost {
		return host.unreachable("the call was lost")
	}
	p := host.begin(verb, attempt)
	p.attached = true
	err := p.answer(ctx, way, do)
	if err != nil {
		return err
	}
	if way.Back > 0 {
		if err := env.Sleep(ctx, way.Back); err != nil {
			return err
		}
	}
	if why := host.away(); why != "" || way.Muted {
		return host.unreachable("the answer was lost " + why)
	}
	return nil
}

// answer is the whole life of a process that serves one call.
func (p *process) answer(ctx context.Context, way Call, do func(*process, *attempts.Host, Call) error) error {
	defer p.exit()
	rules, err := p.rules()
	if err == nil {
		err = do(p, rules, way)
	}
	p.step("answer")
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case p.dead:
		return p.host.unreachable("the call's process was killed")
	case errors.Is(err, errCut):
		return p.host.unreachable(err.Error())
	}
	return err
}

// Ready answers with the facts of a well-kept Linux host.
func (h *Hosts) Ready(ctx context.Context, t hosts.Target) (facts hosts.Facts, err error) {
	err = h.call(ctx, t, "ready", "", func(p *process, _ *attempts.Host, _ Call) error {
		facts, err = pretendhosts.New(pretendhosts.Settings{Now: p.now}).Ready(ctx, hosts.Target{ID: t.ID, Name: t.Name})
		return err
	})
	return facts, err
}

// Holds says whether the package is on the host's disk.
func (h *Hosts) Holds(ctx context.Context, t hosts.Target, sha256 string) (there bool, err error) {
	err = h.call(ctx, t, "holds", "", func(p *process, _ *attempts.Host, _ Call) error {
		there = p.keeps(sha256)
		return nil
	})
	return there, err
}

// Deliver brings a package to the host's disk.
func (h *Hosts) Deliver(ctx context.Context, t hosts.Target, what task.Package, from io.Reader) error {
	return h.call(ctx, t, "deliver", "", func(p *process, _ *attempts.Host, _ Call) error {
		return p.receive(what, from)
	})
}

// Start hands over the order.
func (h *Hosts) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	return h.call(ctx, t, "start", o.ID, func(_ *process, rules *attempts.Host, way Call) error {
		if way.Busy {
			return &hosts.BusyError{Attempt: "somebody-elses"}
		}
		sent, err := carried(o)
		if err != nil {
			return err
		}
		busy, err := rules.Start(ctx, sent)
		if err == nil && busy != "" {
			return &hosts.BusyError{Attempt: busy}
		}
		return err
	})
}

// Attach reads the ledger to the attempt's end.
func (h *Hosts) Attach(ctx context.Context, t hosts.Target, attempt string, since int64, to func(task.Report) error) error {
	return h.call(ctx, t, "attach", attempt, func(p *process, rules *attempts.Host, way Call) error {
		return rules.Attach(ctx, attempt, since, &listener{p: p, left: way.Drop, drops: way.Drop > 0, to: to})
	})
}

// Ask says what the ledger knows now.
func (h *Hosts) Ask(ctx context.Context, t hosts.Target, attempt string) (report task.Report, err error) {
	err = h.call(ctx, t, "ask", attempt, func(_ *process, rules *attempts.Host, _ Call) error {
		report, err = rules.Ask(attempt)
		return err
	})
	if err != nil {
		return task.Report{}, err
	}
	return report, nil
}

// Stop ends the attempt.
func (h *Hosts) Stop(ctx context.Context, t hosts.Target, attempt string) error {
	return h.call(ctx, t, "stop", attempt, func(_ *process, rules *attempts.Host, _ Call) error {
		_, err := rules.Stop(ctx, attempt)
		return err
	})
}

// listener passes on what an attached process says.
type listener struct {
	p     *process
	drops bool
	left  int
	to    func(task.Report) error
}

func (l *listener) Hear(said attempts.Lines) error {
	if l.drops && l.left == 0 || l.p.host.away() != "" {
		return errCut
	}
	l.left--
	report := task.Report{Attempt: said.Attempt, Phase: said.Phase, End: said.End}
	for _, text := range said.Lines {
		var line task.Line
		if err := json.Unmarshal(text, &line); err != nil {
			return fmt.Errorf("a line is damaged: %w", err)
		}
		report.Lines = append(report.Lines, line)
	}
	return l.to(report)
}

func (l *listener) Gone() bool { return false }

// carried is what arrives of something that was sent as JSON.
func carried[T any](what T) (got T, err error) {
	b, err := json.Marshal(what)
	if err != nil {
		return got, err
	}
	return got, json.Unmarshal(b, &got)
}
