// Package scheduler is an emulator of Amazon EventBridge Scheduler, as far as
// one-time schedules go; they really ring.
//
// It knows no rates and no cron lines, and calls no AWS service: what is due is
// handed to a function. What a newcomer would miss: the clock is the test's. It
// may be that of a testing/synctest bubble, or run faster than the machine's.
package scheduler

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/test/emulators/wire"
)

// Invocation is one call of a target.
type Invocation struct {
	Schedule  string // its name
	TargetARN string
	RoleARN   string
	Input     []byte
}

// Options may be left zero, but for Invoke.
type Options struct {
	// Invoke calls the target. An error means that the call itself did not
	// work; it is repeated as the schedule's retry policy says.
	Invoke func(context.Context, Invocation) error
	Now    func() time.Time // time.Now if nil
	// Speed is how much faster Now runs than the machine's clock; 1 if 0.
	Speed float64
	// Precision is how late a target may be called; a minute if 0.
	Precision time.Duration
	// Groups are the schedule groups there are; any if none is named.
	Groups []string
}

// Schedule is one entry as it was written last.
type Schedule struct {
	Name, Group, Expression string
	At                      time.Time
	TargetARN, RoleARN      string
	Input                   []byte
	DeleteAfterwards        bool
	MaximumAge              time.Duration
	MaximumRetries          int
}

// Server is one account's schedules.
type Server struct {
	wire.Hooks
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	calls  sync.WaitGroup

	mu      sync.Mutex
	all     map[string]*entry // by group and name
	tokens  map[string]string // what was asked with a client token
	dropped []Invocation
}

type entry struct {
	Schedule
	timer *time.Timer
	due   time.Time
	done  bool // it has been called; a schedule that is not deleted stays
}

// New makes an account without schedules. Close ends it.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Precision <= 0 {
		o.Precision = time.Minute
	}
	s := &Server{o: o, all: map[string]*entry{}, tokens: map[string]string{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close ends all calls and returns when none runs any more.
func (s *Server) Close() {
	s.mu.Lock()
	s.cancel()
	for _, e := range s.all {
		e.timer.Stop()
	}
	s.mu.Unlock()
	s.calls.Wait()
}

// Wake has the clock read anew, after a test has set it.
func (s *Server) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.all {
		if !e.done {
			e.timer.Reset(s.wait(e.due))
		}
	}
}

// Schedules are all there are, by name.
func (s *Server) Schedules() []Schedule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Schedule
	for _, e := range s.all {
		out = append(out, e.Schedule)
	}
	slices.SortFunc(out, func(a, b Schedule) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Dropped are the calls that were given up.
func (s *Server) Dropped() []Invocation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dropped)
}

// FireNow has the schedules ring whose time a test does not want to wait for,
// and says how many.
func (s *Server) FireNow(match func(Schedule) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.all {
		if !e.done && match(e.Schedule) {
			e.due = s.o.Now()
			e.timer.Reset(0)
			n++
		}
	}
	return n
}

// wait is how long the machine's clock takes until due.
func (s *Server) wait(due time.Time) time.Duration {
	return max(0, time.Duration(float64(due.Sub(s.o.Now()))/s.o.Speed))
}
