package simhost

import (
	"context"
	"errors"
	"slices"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/ledger"
)

// errDead is what a dead process gets from everything it tries.
var errDead = errors.New("this process is dead")

// errCut ends a call whose connection is lost.
var errCut = errors.New("the connection was lost")

// process is one process of the executor. It is the machine its ledger stands
// on, as long as it lives.
type process struct {
	host     *host
	id       ledger.Process
	verb     string
	attempt  string
	attached bool // to a connection, with which it ends
	dead     bool
	locks    []*held
	ending   func() // tells the observer of the payload's end; nil: none runs

	idle    int // waits without news
	changes int // host.changes at the last wait
}

func (p *process) now() time.Time { return p.host.now() }

// rules are the executor's, with this process below them.
func (p *process) rules() (*attempts.Host, error) {
	l, err := ledger.OpenOn(p, root)
	if err != nil {
		return nil, err
	}
	return &attempts.Host{
		Ledger: l, Now: p.now, Sleep: p.sleep,
		Spawn: p.spawn, LastWords: func(a ledger.Attempt) string { return p.host.words[a.ID] },
		Fetch: p.fetch, SpawnReporter: p.spawnReporter,
		Post: p.post, Final: func(err error) bool { return errors.Is(err, ErrOver) },
		Expires: func(task.Form) time.Time { return time.Time{} },
		Log:     func(string) {},
	}, nil
}

// step asks what happens to the process before it does what.
func (p *process) step(what string) error {
	if p.dead {
		return errDead
	}
	fate := p.host.all.settings.Faults.Step(Step{Target: p.host.target, Process: p.verb, Attempt: p.attempt, What: what})
	if fate.Pause > 0 {
		if err := p.host.all.settings.Env.Sleep(context.Background(), fate.Pause); err != nil {
			return err
		}
	}
	switch {
	case p.dead: // while it paused
	case fate.PowerLoss:
		p.host.powerLoss(fate.Down)
	case fate.Killed:
		p.die()
	}
	if p.dead {
		return errDead
	}
	return nil
}

// die ends the process at once: its locks are free, and what it still does has no
// effect.
func (p *process) die() {
	if p.dead {
		return
	}
	p.dead = true
	p.ended()
	for _, lock := range p.locks {
		lock.free()
	}
	p.host.alive = slices.DeleteFunc(p.host.alive, func(q *process) bool { return q == p })
	p.host.news()
}

// exit ends the process in good order.
func (p *process) exit() { p.die() }

// How long a process waits at most without a look around: in the beginning, and
// where nothing has happened for long.
const (
	longest = 20 * time.Second
	silent  = time.Minute
)

// sleep waits for d, or longer where nothing happens on the host, so that hours
// of silence cost few looks; but not longer than until something does.
func (p *process) sleep(ctx context.Context, d time.Duration) error {
	if p.changes != p.host.changes {
		p.idle, p.changes = 0, p.host.changes
	}
	p.idle++
	most := longest
	if p.idle > 30 {
		most = silent
	}
	return p.wait(ctx, max(d, min(d<<min(p.idle-1, 16), most)))
}

// wait waits for d, or until there is news.
func (p *process) wait(ctx context.Context, d time.Duration) error {
	if p.dead {
		return errDead
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &waker{cancel}
	p.host.wakers = append(p.host.wakers, w)
	p.host.all.settings.Env.Sleep(inner, d) // how it ended is asked below
	p.host.wakers = slices.DeleteFunc(p.host.wakers, func(x *waker) bool { return x == w })
	switch {
	case p.dead:
		return errDead
	case ctx.Err() != nil:
		return ctx.Err()
	case p.attached && p.host.away() != "":
		return errCut
	}
	return nil
}

// spawn begins the process that runs an attempt.
func (p *process) spawn(a ledger.Attempt, lock *ledger.Lock) error {
	if err := p.step("spawn run"); err != nil {
		return err
	}
	parent := lock.Held().(*held)
	child := p.host.begin("run", a.ID)
	var inherited *ledger.Lock
	if !p.host.all.settings.OwnLocks {
		inherited = ledger.HandedDown(parent.lock.hold(child)) // from its first moment on, whatever becomes of it
	}
	child.lives(func(child *process) error {
		rules, err := child.rules()
		if err != nil {
			return err
		}
		return rules.Run(context.Background(), a.ID, inherited, child.payload)
	})
	return nil
}

func (p *process) spawnReporter(a ledger.Attempt) error {
	if err := p.step("spawn report"); err != nil {
		return err
	}
	p.host.fork("report", a.ID, func(child *process) error {
		rules, err := child.rules()
		if err != nil {
			return err
		}
		return rules.Report(context.Background(), a.ID)
	})
	return nil
}

func (p *process) post(ctx context.Context, form task.Form, name string, body []byte, _ time.Duration) error {
	if err := p.step("post " + name); err != nil {
		return err
	}
	if why := p.host.away(); why != "" {
		return errors.New(why)
	}
	err := p.host.all.settings.Post(ctx, form, name, body)
	if p.dead {
		return errDead
	}
	return err
}
