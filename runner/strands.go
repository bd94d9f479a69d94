package runner

import (
	"context"
	"sync"

	"slipway/runner/env"
)

// strands perform the effects of a look, beside it and beside each other. As a
// rule there is one effect at a time, and the next begins when the end of the one
// before is written down: so a strand stays for the next, which then need not begin
// with a small stack that has to grow.
type strands struct {
	env  env.Env
	more env.Signal // there is an effect for the strand that waits
	gone env.Signal // a strand has ended

	mu   sync.Mutex
	many int
	idle bool // one waits for an effect
	next func()
}

func newStrands(e env.Env) *strands { return &strands{env: e, more: e.Signal(), gone: e.Signal()} }

// perform begins an effect. When ctx ends, nobody waits for another.
func (s *strands) perform(ctx context.Context, effect func()) {
	if s.hand(effect) {
		s.more.Raise()
		return
	}
	s.env.Go(func() {
		for effect := effect; effect != nil; effect = s.another(ctx) {
			effect()
		}
		s.leave()
	})
}

// hand gives the effect to the strand that waits; if none does, there is to be
// one more.
func (s *strands) hand(effect func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.idle {
		s.many++
		return false
	}
	s.idle, s.next = false, effect
	return true
}

// another waits for the strand's next effect; nil: it is to end, since one waits
// already, or there will be none.
func (s *strands) another(ctx context.Context) func() {
	if !s.stay() {
		return nil
	}
	for {
		over := s.more.Wait(ctx) != nil
		if effect := s.take(over); effect != nil || over {
			return effect
		}
	}
}

func (s *strands) stay() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle || s.next != nil {
		return false
	}
	s.idle = true
	return true
}

func (s *strands) take(over bool) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	effect := s.next
	s.next = nil
	if over {
		s.idle = false
	}
	return effect
}

func (s *strands) leave() {
	s.mu.Lock()
	s.many--
	s.mu.Unlock()
	s.gone.Raise()
}

// finish waits for all strands; their ctx has ended.
func (s *strands) finish() {
	for s.left() > 0 {
		_ = s.gone.Wait(context.Background()) // never ends early
	}
}

func (s *strands) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.many
}
