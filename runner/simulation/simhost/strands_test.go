package simhost

import (
	"context"
	"slices"
	"testing"
	"time"

	"slipway/runner/env"
)

// world runs strands one at a time and lets time pass when all of them wait.
type world struct {
	now     time.Time
	turns   int
	waiting []*strand
	yield   chan struct{}
}

// strand waits for its turn: at a time, or for a signal.
type strand struct {
	ctx    context.Context
	at     time.Time // of a sleep
	signal *signal
	turn   int
	goOn   chan struct{}
}

func newWorld() *world {
	return &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), yield: make(chan struct{})}
}

func (w *world) env() env.Env { return env.Env{Now: func() time.Time { return w.now }, Strands: w} }

// run carries out main and everything it began.
func (w *world) run(t *testing.T, main func()) {
	w.Go(main)
	for steps := 0; len(w.waiting) > 0; steps++ {
		if steps > 1_000_000 {
			t.Fatal("strands go on for ever")
		}
		next := w.next()
		if next == nil {
			t.Fatalf("%d strands wait for something that will not come", len(w.waiting))
		}
		w.waiting = slices.DeleteFunc(w.waiting, func(s *strand) bool { return s == next })
		if next.signal == nil && next.at.After(w.now) && next.ctx.Err() == nil {
			w.now = next.at
		}
		next.goOn <- struct{}{}
		<-w.yield
	}
}

// next is the strand that could go on first.
func (w *world) next() (first *strand) {
	for _, s := range w.waiting {
		switch {
		case s.ctx.Err() != nil || s.signal != nil && s.signal.raised:
			return s
		case s.signal != nil:
		case first == nil || s.at.Before(first.at) || s.at.Equal(first.at) && s.turn < first.turn:
			first = s
		}
	}
	return first
}

func (w *world) park(s *strand) *strand {
	w.turns++
	s.turn, s.goOn = w.turns, make(chan struct{})
	w.waiting = append(w.waiting, s)
	return s
}

func (w *world) wait(s *strand) error {
	w.park(s)
	w.yield <- struct{}{}
	<-s.goOn
	return s.ctx.Err()
}

func (w *world) Go(work func()) {
	s := w.park(&strand{ctx: context.Background(), at: w.now})
	go func() {
		<-s.goOn
		work()
		w.yield <- struct{}{}
	}()
}

func (w *world) Sleep(ctx context.Context, d time.Duration) error {
	return w.wait(&strand{ctx: ctx, at: w.now.Add(d)})
}

func (w *world) Signal() env.Signal { return &signal{world: w} }

type signal struct {
	world  *world
	raised bool
}

func (s *signal) Raise() { s.raised = true }

func (s *signal) Wait(ctx context.Context) error {
	if !s.raised {
		if err := s.world.wait(&strand{ctx: ctx, signal: s}); err != nil {
			return err
		}
	}
	s.raised = false
	return nil
}
