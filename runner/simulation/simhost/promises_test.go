package simhost

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
	"slipway/runner/hosts"
)

// trouble lets processes die at chosen steps, counted over a whole trial.
type trouble struct {
	Calm
	at    map[int]Fate
	keeps func(most int) int
	trace []Step
}

func (f *trouble) Step(s Step) Fate {
	f.trace = append(f.trace, s)
	return f.at[len(f.trace)]
}

func (f *trouble) Keeps(most int) int { return f.keeps(most) }

// trial is one run of a scenario, with all that the server has heard.
type trial struct {
	*world
	hosts    *Hosts
	faults   *trouble
	taken    map[string]bool     // Start has returned
	began    map[string]bool     // a report said that it runs
	ends     map[string]task.End // as first heard
	gone     map[string]bool     // forgotten on purpose
	posted   map[string]string
	refused  map[string]bool // the host has said that it never began
	problems []string
}

func newTrial(s scenario, at map[int]Fate, keeps func(int) int) *trial {
	x := &trial{
		world: newWorld(), faults: &trouble{at: at, keeps: keeps},
		taken: map[string]bool{}, began: map[string]bool{}, ends: map[string]task.End{}, gone: map[string]bool{}, posted: map[string]string{}, refused: map[string]bool{},
	}
	x.hosts = New(Settings{Env: x.env(), Faults: x.faults, OwnLocks: s.ownLocks, Post: x.post, Ended: x.ended})
	return x
}

func (x *trial) wrong(format string, args ...any) {
	x.problems = append(x.problems, fmt.Sprintf(format, args...))
}

// heard holds a report against all that was said before.
func (x *trial) heard(r task.Report) {
	id := r.Attempt
	first, ended := x.ends[id]
	switch {
	case x.gone[id]:
	case r.Phase == task.Absent && (x.taken[id] || x.began[id] || ended):
		x.wrong("%s is absent, taken %v, began %v, ended %v", id, x.taken[id], x.began[id], ended)
	case ended && r.Phase != task.Ended:
		x.wrong("%s is %s after its end was told", id, r.Phase)
	case ended && !reflect.DeepEqual(first, *r.End):
		x.wrong("%s ended with %+v, before with %+v", id, *r.End, first)
	case r.Phase == task.Ended:
		x.ends[id] = *r.End
	case r.Phase == task.Running:
		x.began[id] = true
	}
}

// insist makes a call until the host has answered it.
func (x *trial) insist(call func(ctx context.Context) error) error {
	for {
		err := call(context.Background())
		if !errors.Is(err, hosts.ErrUnreachable) {
			return err
		}
		x.Sleep(context.Background(), 7*time.Second)
	}
}

func (x *trial) start(o task.Order) {
	err := x.insist(func(ctx context.Context) error { return x.hosts.Start(ctx, web, o) })
	if _, busy := errors.AsType[*hosts.BusyError](err); busy {
		return
	}
	if err == nil {
		x.taken[o.ID] = true
		return
	}
	if _, forgotten := errors.AsType[*ledger.ForgottenError](err); !forgotten {
		x.wrong("start of %s: %v", o.ID, err)
	}
}

func (x *trial) ask(id string) (r task.Report) {
	err := x.insist(func(ctx context.Context) (err error) {
		r, err = x.hosts.Ask(ctx, web, id)
		return err
	})
	if err != nil {
		x.wrong("ask for %s: %v", id, err)
		return r
	}
	x.heard(r)
	return r
}

func (x *trial) stop(id string) {
	if err := x.insist(func(ctx context.Context) error { return x.hosts.Stop(ctx, web, id) }); err != nil {
		x.wrong("stop of %s: %v", id, err)
	}
	x.ask(id)
}

func (x *trial) attach(id string) {
	err := x.insist(func(ctx context.Context) error {
		return x.hosts.Attach(ctx, web, id, 0, func(r task.Report) error {
			if r.Phase == task.Ended || r.Phase == task.Absent {
				x.heard(r)
			}
			return nil
		})
	})
	if err != nil {
		x.wrong("attach to %s: %v", id, err)
	}
}

// judge looks at the end of a trial at what really ran.
func (x *trial) judge(ids ...string) {
	for _, id := range ids {
		ran, end := x.hosts.Ran(id), x.ends[id]
		nothing := strings.Contains(end.Message, "anything ran") || strings.Contains(end.Message, "nothing ran") || strings.Contains(end.Message, "never began")
		switch {
		case ran > 1:
			x.wrong("the payload of %s ran %d times", id, ran)
		case ran > 0 && (nothing || x.refused[id]):
			x.wrong("%s ran, and was said not to have: %q", id, end.Message)
		case ran == 0 && end.Outcome == task.Succeeded:
			x.wrong("%s never ran and was said to have succeeded", id)
		}
	}
}

// scenario is what a server may ask of a host; each of its parts comes again.
type scenario struct {
	name     string
	do       func(x *trial)
	ownLocks bool
}

// slow is a payload that lasts, but not longer than a process waits for a lock.
const slow = "echo begun\nsleep 8\necho done\n"

func scenarios() []scenario {
	return []scenario{
		{name: "one order", do: func(x *trial) {
			o := script(x.world, "one", slow)
			for range 2 {
				x.start(o)
				x.ask("one")
				x.attach("one")
			}
			x.judge("one")
		}},
		{name: "an order whose start nobody repeats", do: func(x *trial) {
			o := script(x.world, "one", slow)
			if x.hosts.Start(context.Background(), web, o) == nil {
				x.taken["one"] = true
			}
			x.Sleep(context.Background(), 2*time.Minute)
			for range 2 {
				x.ask("one")
				x.attach("one")
			}
			x.start(o)
			x.attach("one")
			x.judge("one")
		}},
		{name: "stopped", do: func(x *trial) {
			o := script(x.world, "one", slow)
			x.start(o)
			for range 2 {
				x.stop("one")
				x.attach("one")
				x.start(o)
			}
			x.judge("one")
		}},
		{name: "stopped at once", do: func(x *trial) {
			o := script(x.world, "one", slow)
			if x.hosts.Start(context.Background(), web, o) == nil {
				x.taken["one"] = true
			}
			for range 2 {
				x.stop("one")
				x.ask("one")
			}
			x.start(o)
			x.attach("one")
			x.judge("one")
		}},
		{name: "one after the other", do: func(x *trial) {
			a, b := script(x.world, "one", slow), script(x.world, "two", slow)
			x.start(a)
			x.start(b) // busy
			x.attach("one")
			for range 2 {
				x.start(b)
				x.start(a)
				x.attach("two")
				x.attach("one")
			}
			x.judge("one", "two")
		}},
		{name: "all at once", do: func(x *trial) {
			o := script(x.world, "one", slow)
			x.Go(func() { x.attach("one") })
			x.Go(func() { x.start(o) })
			x.Sleep(context.Background(), 4*time.Second)
			x.start(o)
			x.Go(func() { x.start(o) })
			x.Sleep(context.Background(), 4*time.Second)
			x.Go(func() { x.stop("one") })
			x.start(o)
			x.attach("one")
			x.judge("one")
		}},
		{name: "two at once", do: func(x *trial) {
			a, b := script(x.world, "one", slow), script(x.world, "two", slow)
			x.Go(func() { x.start(a) })
			x.Go(func() { x.start(b) })
			for _, o := range []task.Order{a, b} {
				x.Sleep(context.Background(), time.Minute)
				x.start(o)
				x.attach(o.ID)
			}
			x.judge("one", "two")
		}},
		{name: "forgotten", do: func(x *trial) {
			old := script(x.world, "old", slow)
			old.Expires = time.Time{} // nothing but the ledger keeps it from running
			x.start(old)
			x.attach("old")
			x.Sleep(context.Background(), ledger.Keep+time.Hour)
			x.gone["old"] = true
			next := script(x.world, "next", slow)
			for range 2 {
				x.start(next)
				x.attach("next")
				x.start(old)
				x.attach("old")
			}
			x.judge("old", "next")
		}},
	}
}

// The test is short because it leaves most second troubles out: `-stride 1` tries
// all of them.
var (
	stride = flag.Int("stride", 151, "every how many-th second trouble is tried")
	seed   = flag.Uint64("seed", 1, "of what a disk keeps by chance")
)

// all are the scenarios, and again on hosts whose locks are not inherited.
func all() []scenario {
	both := append(scenarios(), errands()...)
	for _, s := range scenarios() {
		s.name, s.ownLocks = s.name+", own locks", true
		both = append(both, s)
	}
	return both
}

// lossy are ways in which a disk loses what was not synced.
func lossy(ownLocks bool) map[string]func() func(int) int {
	ways := map[string]func() func(int) int{
		"nothing is left": func() func(int) int { return func(int) int { return 0 } },
	}
	if ownLocks { // which makes no difference to the disk
		return ways
	}
	ways["all is left"] = func() func(int) int { return func(most int) int { return most } }
	ways["chance"] = func() func(int) int {
		chance := rand.New(rand.NewPCG(*seed, 5))
		return func(most int) int { return chance.IntN(most + 1) }
	}
	return ways
}

// kinds of trouble at one step.
var (
	killed  = Fate{Killed: true}
	noPower = Fate{PowerLoss: true, Down: 20 * time.Second}
	paused  = Fate{Pause: 15 * time.Second} // longer than anybody's patience
	late    = Fate{Pause: 15 * time.Second, PowerLoss: true, Down: 20 * time.Second}
)

// try makes a trial and returns how many steps it had.
func try(t *testing.T, s scenario, at map[int]Fate, keeps func(int) int) (steps int) {
	t.Helper()
	x := newTrial(s, at, keeps)
	x.run(t, func() { s.do(x) })
	for _, problem := range x.problems {
		t.Errorf("trouble %v: %s", x.faults.where(), problem)
	}
	return len(x.faults.trace)
}

// where tells at which steps there was trouble.
func (f *trouble) where() (told []string) {
	for n, fate := range f.at {
		if n <= len(f.trace) {
			told = append(told, fmt.Sprintf("%d %+v: %+v", n, f.trace[n-1], fate))
		}
	}
	return told
}

// TestPromisesAtEveryStep lets a process die, or the power go, before each step of
// each scenario; and then lets the power go once more at a later step.
func TestPromisesAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, s := range all() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			trials := 0
			for way, lose := range lossy(s.ownLocks) {
				steps := try(t, s, nil, lose())
				for i := 1; i <= steps && !t.Failed(); i++ {
					for _, first := range []Fate{killed, noPower, paused, late} {
						more := try(t, s, map[int]Fate{i: first}, lose())
						for j := i + 1; j <= more; j++ {
							if near := first == killed && j <= i+3; !near && (i+j)%*stride != 0 {
								continue
							}
							try(t, s, map[int]Fate{i: first, j: []Fate{noPower, late}[j%2]}, lose())
							trials++
						}
						trials++
					}
				}
				if t.Failed() {
					t.Fatal(way)
				}
			}
			t.Logf("%d trials", trials)
		})
	}
}
