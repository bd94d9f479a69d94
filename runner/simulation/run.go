package simulation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/env"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/simulation/simhost"
)

// run is one play of a world: the stores, which outlive every crash, and what
// goes on over them.
type run struct {
	world  *World
	mode   Mode
	sched  *scheduler
	faults *injector
	broken *broken // what is deliberately wrong, in tests of the simulator
	random io.Reader
	log    *trace

	rows    *rows
	files   *files
	alarms  *alarms
	post    *post
	hosts   *simhost.Hosts
	orders  map[string]task.Order // as they were handed to hosts
	watch   *records.Records      // sees what is stored, without faults
	history *history
	vain    attempts

	processes int
	server    *process          // where one process stays
	idle      []*process        // brief: containers that have done their call
	shards    map[string]*shard // brief: the stream, by what must be told in order
	old       bool              // processes that begin now are of the older build
	silent    time.Time         // until then the transport of messages does not answer
	calmFrom  time.Time         // when nothing that has gone wrong is in anybody's way any more
	broke     *Violation        // the first invariant that did not hold
	covered   map[string]int
}

// Mode is how the runner is wired.
type Mode string

// The modes.
const (
	Stays Mode = "stays" // one process, which lasts; as on a machine of one's own
	Brief Mode = "brief" // many short calls, told of what happened by a stream, timers and a bucket; as on AWS
)

// Start of all runs: a Monday.
var startTime = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func (r *run) env(p *process) env.Env {
	return env.Env{Now: func() time.Time { return r.sched.now }, Random: r.random, Strands: strands{r, p}}
}

// The troubles of a call that changes something.
const changing = crash | stall | fail | lose

// around carries a call out between the two points at which things can go wrong.
func (r *run) around(what, about string, can trouble, failing error, do func() error) error {
	if r.sched.current == nil { // setting up, or looking on
		return do()
	}
	if err := r.point(what, about, can&^lose, failing); err != nil {
		return err
	}
	err := do()
	if err != nil {
		r.log.add(r, "  refused: %s", firstLine(err.Error()))
	}
	if lost := r.point(what+" done", about, can&(crash|lose), failing); lost != nil {
		return lost
	}
	return err
}

// point is a moment at which another strand may go on and something may go
// wrong.
func (r *run) point(what, about string, can trouble, failing error) error {
	r.sched.pause()
	return r.fault(what, about, can, failing)
}

// fault is a point at which no other strand goes on.
func (r *run) fault(what, about string, can trouble, failing error) error {
	me := r.sched.current
	if me.doomed {
		r.sched.pause() // ends here
	}
	if me.of == nil {
		can &^= crash
	}
	if failing == nil {
		can &^= fail | lose
	}
	f := r.faults.next(can)
	r.log.call(r, what, about, f)
	if f.Kind != 0 {
		r.troubled(f.Wait)
	}
	switch f.Kind {
	case crash:
		r.crash(me.of, f.Wait)
	case stall:
		r.sched.sleep(f.Wait)
	case fail, lose:
		return failing
	}
	return nil
}

// aftermath is how long it may take until what went wrong has been made good:
// events are tried again, timers ring.
const aftermath = time.Hour

func (r *run) troubled(lasts time.Duration) {
	if until := r.sched.now.Add(lasts + aftermath); until.After(r.calmFrom) {
		r.calmFrom = until
	}
}

// breaks notes that an invariant does not hold, and ends the run.
func (r *run) breaks(invariant, how string, args ...any) {
	if r.broke == nil {
		r.broke = &Violation{Invariant: invariant, How: fmt.Sprintf(how, args...)}
		r.log.add(r, "BROKEN: %s: %s", invariant, r.broke.How)
	}
	r.sched.stop()
}

// process is one life of the program: all it has in memory is lost when it
// crashes.
type process struct {
	*server
	run   *run
	id    int
	role  string // "server", "runner" or "web"
	older bool   // of an older build
	alive bool
	ctx   context.Context
	end   context.CancelFunc
	// unsynced undoes the newest write where writes are acknowledged too early.
	unsynced func()
}

func (r *run) newProcess(role string) *process {
	r.processes++
	p := &process{run: r, id: r.processes, role: role, alive: true, older: r.old}
	p.ctx, p.end = context.WithCancel(context.Background())
	p.server = newServer(p)
	r.log.add(r, "process %d (%s) begins", p.id, role)
	return p
}

// crash ends a process between two instructions, and has the next one begin
// after a while.
func (r *run) crash(p *process, after time.Duration) {
	p.alive = false
	p.end()
	if p.unsynced != nil {
		p.unsynced()
	}
	me := r.sched.current
	for again := true; again; {
		again = false
		for _, x := range r.sched.strands {
			if x.of == p && x != me {
				r.sched.doom(x)
				again = true
				break
			}
		}
	}
	if r.mode == Stays {
		r.sched.at(r.sched.now.Add(after), r.boot)
	}
	if me.of == p {
		me.doomed = true
		r.sched.pause() // ends here
	}
}

// Troubles of stores and hosts as the product knows them.
var (
	errBusyStore = &pipelines.Error{Code: pipelines.Unavailable, Message: "the store asks for patience"}
	errNoHost    = fmt.Errorf("no route to host: %w", hosts.ErrUnreachable)
	errUnsure    = fmt.Errorf("the answer was lost: %w", hosts.ErrUnsure)
	errNoAnswer  = errors.New("the connection was lost")
)

// storeTrouble is what a store can come with: on a disk none that passes.
func (r *run) storeTrouble() error {
	if r.mode == Brief {
		return errBusyStore
	}
	return nil
}

func generator(seed uint64, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0x5117_0000+purpose))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
