package simhost

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/env"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
)

// inTurns are strands of real time of which one runs at a time.
type inTurns struct {
	sync.Mutex
	real env.Env
}

func (s *inTurns) Go(work func()) {
	go func() {
		s.Lock()
		defer s.Unlock()
		work()
	}()
}

func (s *inTurns) Sleep(ctx context.Context, d time.Duration) error {
	s.Unlock()
	defer s.Lock()
	return s.real.Sleep(ctx, d)
}

func (s *inTurns) Signal() env.Signal { return s.real.Signal() }

// shared lets the suite's goroutines call hosts that run in turns.
type shared struct {
	turns *inTurns
	hosts *Hosts
}

func (s shared) alone(do func() error) error {
	s.turns.Lock()
	defer s.turns.Unlock()
	return do()
}

func (s shared) Ready(ctx context.Context, t hosts.Target) (facts hosts.Facts, err error) {
	err = s.alone(func() error { facts, err = s.hosts.Ready(ctx, t); return err })
	return facts, err
}

func (s shared) Holds(ctx context.Context, t hosts.Target, sum string) (there bool, err error) {
	err = s.alone(func() error { there, err = s.hosts.Holds(ctx, t, sum); return err })
	return there, err
}

func (s shared) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return s.alone(func() error { return s.hosts.Deliver(ctx, t, p, from) })
}

func (s shared) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	return s.alone(func() error { return s.hosts.Start(ctx, t, o) })
}

func (s shared) Attach(ctx context.Context, t hosts.Target, id string, since int64, to func(task.Report) error) error {
	return s.alone(func() error {
		return s.hosts.Attach(ctx, t, id, since, func(r task.Report) error {
			s.turns.Unlock()
			defer s.turns.Lock()
			return to(r)
		})
	})
}

func (s shared) Ask(ctx context.Context, t hosts.Target, id string) (r task.Report, err error) {
	err = s.alone(func() error { r, err = s.hosts.Ask(ctx, t, id); return err })
	return r, err
}

func (s shared) Stop(ctx context.Context, t hosts.Target, id string) error {
	return s.alone(func() error { return s.hosts.Stop(ctx, t, id) })
}

// TestSuite holds the simulated hosts to what every transport promises.
func TestSuite(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		turns := &inTurns{}
		s := shared{turns, New(Settings{Env: env.Env{Now: time.Now, Strands: turns}})}
		return hoststest.Fixture{
			Hosts: s, Target: web,
			Payloads: func(_ *testing.T, attempt string) (times int) {
				s.alone(func() error { times = s.hosts.Ran(attempt); return nil })
				return times
			},
			Again: func(*testing.T) hosts.Hosts { return s },
			Cut: func(*testing.T) func() {
				s.alone(func() error { s.hosts.Cut(web.ID); return nil })
				return func() { s.alone(func() error { s.hosts.Heal(web.ID); return nil }) }
			},
		}
	})
}
