package runner

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"slipway/runner/env"
)

// counted are goroutines that are counted as they begin.
type counted struct {
	env.Env
	begun atomic.Int64
}

func (c *counted) Go(work func()) {
	c.begun.Add(1)
	c.Env.Go(work)
}

// strandsUnder has strands tried, with how to end their ctx. Nobody may be left
// behind when they have finished.
func strandsUnder(t *testing.T, try func(s *strands, c *counted, ctx context.Context, stop func())) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c := &counted{}
		s := newStrands(env.Env{Strands: c})
		try(s, c, ctx, stop)
		stop()
		s.finish()
		if s.left() != 0 || s.next != nil {
			t.Errorf("finish returned with %d strands left and an effect waiting: %v", s.left(), s.next != nil)
		}
	})
}

func TestOneStrandDoesOneEffectAfterTheOther(t *testing.T) {
	strandsUnder(t, func(s *strands, c *counted, ctx context.Context, _ func()) {
		done := 0
		for range 5 {
			s.perform(ctx, func() { done++ })
			synctest.Wait()
		}
		if done != 5 || c.begun.Load() != 1 || s.left() != 1 {
			t.Errorf("%d effects by %d strands, of which %d are left; want 5 by the one that stays", done, c.begun.Load(), s.left())
		}
	})
}

func TestEffectsThatLastAreSideBySide(t *testing.T) {
	strandsUnder(t, func(s *strands, c *counted, ctx context.Context, _ func()) {
		end := make(chan struct{})
		var begun, done atomic.Int64
		for range 3 {
			s.perform(ctx, func() { begun.Add(1); <-end; done.Add(1) })
		}
		synctest.Wait()
		if begun.Load() != 3 {
			t.Errorf("%d of three effects have begun", begun.Load())
		}
		close(end)
		synctest.Wait()
		if done.Load() != 3 || s.left() != 1 {
			t.Errorf("%d effects are done, and %d strands wait; want 3 and one", done.Load(), s.left())
		}
	})
}

// An effect that was asked for is performed, also when the look ends just then:
// what it has begun must come to its end. Which of the two the strand that waits
// sees first is chance, so this is tried often.
func TestNoEffectIsLostAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for i := range 100 {
			ctx, stop := context.WithCancel(t.Context())
			s, done := newStrands(env.Env{}), atomic.Int64{}
			s.perform(ctx, func() { done.Add(1) })
			synctest.Wait() // it waits for another
			if i%2 == 0 {
				stop()
			}
			s.perform(ctx, func() { done.Add(1) })
			stop()
			s.perform(ctx, func() { done.Add(1) })
			s.perform(ctx, func() { done.Add(1) })
			s.finish()
			if done.Load() != 4 || s.left() != 0 {
				t.Fatalf("%d of 4 effects were performed, %d strands are left", done.Load(), s.left())
			}
		}
	})
}

// While the strand that waited has not yet seen its effect, no other may wait in
// its stead: the effect after that would take the place of the one before.
func TestNobodyWaitsWhileAnEffectIsOnItsWay(t *testing.T) {
	t.Parallel()
	s := newStrands(env.Env{})
	if !s.stay() || s.stay() {
		t.Fatal("of two strands not exactly one stays")
	}
	if !s.hand(func() {}) || s.stay() || s.hand(func() {}) {
		t.Error("an effect that nobody has taken yet is in danger of another")
	}
	if s.take(false) == nil || s.take(false) != nil || !s.stay() {
		t.Error("the effect is not taken once, or nobody can wait afterwards")
	}
}

// Effects of any length, asked for at any moment, are each performed once.
func TestEachEffectOnce(t *testing.T) {
	strandsUnder(t, func(s *strands, _ *counted, ctx context.Context, stop func()) {
		var done [2000]atomic.Int64
		for i := range done {
			if i == len(done)-20 {
				stop()
			}
			s.perform(ctx, func() { done[i].Add(1) })
			if i%7 == 0 {
				synctest.Wait()
			}
		}
		s.finish()
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Fatalf("effect %d was performed %d times", i, n)
			}
		}
	})
}

func TestFinishWaitsForWhatLasts(t *testing.T) {
	strandsUnder(t, func(s *strands, _ *counted, ctx context.Context, stop func()) {
		end, finished := make(chan struct{}), make(chan struct{})
		s.perform(ctx, func() { <-end })
		stop()
		go func() { s.finish(); close(finished) }()
		synctest.Wait()
		select {
		case <-finished:
			t.Error("finish returned while an effect was being performed")
		default:
		}
		close(end)
		<-finished
	})
}
