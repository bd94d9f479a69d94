package simulation

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"slipway/runner/env"
)

// scheduler lets one strand run at a time. Whoever holds the token runs until
// it pauses or waits; then the scheduler hands the token on, by chance, and
// passes the time where nobody can go on without it. Chance comes from a seed,
// so the same seed gives the same run.
type scheduler struct {
	now     time.Time
	chance  *rand.Rand
	hurry   int // of a hundred pauses, how many keep the token
	strands []*strand
	current *strand // nil outside of the run
	serial  int
	steps   int
	able    []*strand // scratch of choose
	agenda  agenda
	idle    []*worker
	over    chan struct{}
	ended   bool
	broken  func(what string) // told of a panic
	endless func(idle int)    // told of a run without end
	// progress grows when the run gets further; known is what it was, reached the
	// step at which it came to be that.
	progress       func() int
	known, reached int
}

// strand is a line of work.
type strand struct {
	id     int
	name   string
	of     *process // nil: it belongs to the world, which never crashes
	token  chan struct{}
	ready  func() bool // nil, and until zero: it can go on at once
	until  time.Time   // it goes on then at the latest; zero: not for the time
	doomed bool        // its process has crashed: it never goes on
	gone   chan struct{}
	// last and naps count sleeps of one length in a row.
	last time.Duration
	naps int
}

func newScheduler(chance *rand.Rand, start time.Time) *scheduler {
	return &scheduler{now: start, chance: chance, over: make(chan struct{}, 1)}
}

// spawn adds a strand, which runs when the token comes to it.
func (s *scheduler) spawn(of *process, name string, work func()) *strand {
	s.serial++
	w := s.worker()
	x := &strand{id: s.serial, name: name, of: of, token: w.token}
	s.strands = append(s.strands, x)
	w.does, w.work = x, work
	return x
}

// worker is a goroutine for strands, one after the other: its stack has grown
// already.
type worker struct {
	token chan struct{}
	does  *strand // nil: nothing any more
	work  func()
}

func (s *scheduler) worker() *worker {
	if last := len(s.idle) - 1; last >= 0 {
		w := s.idle[last]
		s.idle = s.idle[:last]
		return w
	}
	w := &worker{token: make(chan struct{}, 1)}
	go func() {
		for <-w.token; w.does != nil; <-w.token {
			s.play(w)
		}
	}()
	return w
}

// play does a strand's work. One that is doomed ends its goroutine with it.
func (s *scheduler) play(w *worker) {
	x, whole := w.does, false
	defer func() {
		if fault := recover(); fault != nil {
			s.broken(fmt.Sprintf("a strand ended in a panic: %v\n%s", fault, debug.Stack()))
			whole = true
		}
		if w.does, w.work = nil, nil; whole {
			s.idle = append(s.idle, w)
		}
		s.finish(x)
	}()
	if !x.doomed {
		w.work()
	}
	whole = true
}

// run plays until nothing can happen any more.
func (s *scheduler) run() {
	if next := s.choose(); next != nil {
		s.current = next
		next.token <- struct{}{}
		<-s.over
	}
	s.current, s.ended = nil, true
	for len(s.strands) > 0 { // what waits for ever leaves no goroutine behind
		s.doom(s.strands[0])
	}
	for _, w := range s.idle {
		w.token <- struct{}{}
	}
}

// pause is a moment at which another strand may go on.
func (s *scheduler) pause() {
	me := s.current
	if me.doomed {
		runtime.Goexit()
	}
	s.count()
	if s.chance.IntN(100) < s.hurry && !s.ended {
		return
	}
	s.now = s.now.Add(time.Duration(s.chance.IntN(4)) * time.Millisecond)
	s.hand(me)
}

// wait lets others go on until ready says so, or until the moment, if there is one.
func (s *scheduler) wait(ready func() bool, until time.Time) {
	me := s.current
	if me.doomed {
		runtime.Goexit()
	}
	s.count()
	me.ready, me.until = ready, until
	if ready == nil && until.IsZero() {
		me.ready = func() bool { return false }
	}
	s.hand(me)
}

func (s *scheduler) count() {
	s.steps++
	if now := s.progress(); now != s.known {
		s.known, s.reached = now, s.steps
	}
	if idle := s.steps - s.reached; (s.steps > mostSteps || idle > mostIdle) && !s.ended {
		s.endless(idle)
	}
}

// sleep is wait for the time alone.
func (s *scheduler) sleep(d time.Duration) { s.wait(nil, s.now.Add(max(d, 0))) }

func (s *scheduler) hand(me *strand) {
	next := s.choose()
	if next == me {
		me.ready, me.until = nil, time.Time{}
		return
	}
	s.give(next)
	<-me.token
	if me.doomed {
		runtime.Goexit()
	}
	me.ready, me.until = nil, time.Time{}
}

func (s *scheduler) give(next *strand) {
	s.current = next
	if next == nil {
		s.over <- struct{}{}
		return
	}
	next.token <- struct{}{}
}

// choose finds who goes on, nil if nobody ever will.
func (s *scheduler) choose() *strand {
	able := s.able[:0]
	defer func() { s.able = able }()
	for {
		if s.ended {
			return nil
		}
		for len(s.agenda) > 0 && !s.agenda[0].at.After(s.now) {
			heap.Pop(&s.agenda).(*entry).do()
		}
		var soonest time.Time
		for _, x := range s.strands {
			switch {
			case x.ready == nil && x.until.IsZero(), x.ready != nil && x.ready(), !x.until.IsZero() && !x.until.After(s.now):
				able = append(able, x)
			case !x.until.IsZero() && (soonest.IsZero() || x.until.Before(soonest)):
				soonest = x.until
			}
		}
		if len(able) > 0 {
			return able[s.chance.IntN(len(able))]
		}
		if len(s.agenda) > 0 && (soonest.IsZero() || s.agenda[0].at.Before(soonest)) {
			soonest = s.agenda[0].at
		}
		if soonest.IsZero() {
			return nil
		}
		s.now = soonest
	}
}

// finish is the last that a strand does.
func (s *scheduler) finish(x *strand) {
	s.strands = slices.DeleteFunc(s.strands, func(y *strand) bool { return y == x })
	if x.gone != nil {
		close(x.gone)
		return
	}
	s.give(s.choose())
}

// doom ends another strand where it stands.
func (s *scheduler) doom(x *strand) {
	killer := s.current
	x.doomed, x.gone = true, make(chan struct{})
	s.current = x
	x.token <- struct{}{}
	<-x.gone
	s.current = killer
}

// stop ends the run at the next pause of whoever runs.
func (s *scheduler) stop() { s.ended = true }

// at has something done at a time, by whoever holds the token then; it must not
// pause.
func (s *scheduler) at(when time.Time, do func()) {
	s.serial++
	heap.Push(&s.agenda, &entry{when, s.serial, do})
}

// entry is something to be done at a time; those of one time are done in order.
type entry struct {
	at     time.Time
	serial int
	do     func()
}

type agenda []*entry

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].serial < a[j].serial
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(*entry)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// strands are env.Strands for one process, or, without one, for the world.
type strands struct {
	run *run
	of  *process
}

var _ env.Strands = strands{}

func (z strands) Go(work func()) {
	s := z.run.sched
	if s.current == nil { // setting up, or looking on
		work()
		return
	}
	if s.current.doomed {
		runtime.Goexit()
	}
	s.spawn(z.of, s.current.name, work)
	s.pause()
}

// Sleep may last longer than asked for, as on a machine that is busy: whoever
// sleeps the same again and again sleeps longer and longer, so that days of
// waiting cost few steps.
func (z strands) Sleep(ctx context.Context, d time.Duration) error {
	s := z.run.sched
	me := s.current
	if me.last != d {
		me.last, me.naps = d, 0
	}
	me.naps++
	if z.of != nil { // hosts do so themselves
		d *= time.Duration(1 + min(me.naps*me.naps/20, 60))
	}
	s.wait(func() bool { return ctx.Err() != nil }, s.now.Add(max(d, 0)))
	return ctx.Err()
}

func (z strands) Signal() env.Signal { return &signal{sched: z.run.sched} }

type signal struct {
	sched  *scheduler
	raised bool
}

func (x *signal) Raise() { x.raised = true }

func (x *signal) Wait(ctx context.Context) error {
	if x.sched.current == nil {
		return ctx.Err()
	}
	x.sched.wait(func() bool { return x.raised || ctx.Err() != nil }, time.Time{})
	if err := ctx.Err(); err != nil {
		return err
	}
	x.raised = false
	return nil
}
