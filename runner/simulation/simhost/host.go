package simhost

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"slipway/runner/executor/ledger"
)

// root is where the ledger is on each host.
const root = "/home/deploy/.slipway"

// host is one machine.
type host struct {
	all     *Hosts
	target  string
	disk    *disk
	boots   int
	started int // processes since the machine was made
	alive   []*process
	words   map[string]string // what processes of an attempt have said that ended early
	cut     bool
	downTo  time.Time
	wakers  []*waker
	changes int // counts what a waiting process may be waiting for
}

func newHost(all *Hosts, target string) *host {
	h := &host{all: all, target: target, boots: 1, words: map[string]string{}}
	h.disk = newDisk(all.settings.Env.Now)
	h.disk.furnish(path.Dir(root))
	return h
}

func (h *host) now() time.Time { return h.all.settings.Env.Now() }

func (h *host) bootID() string { return fmt.Sprintf("boot-%d", h.boots) }

// away says why nobody can reach the host now, "" if it can be.
func (h *host) away() string {
	switch {
	case h.cut:
		return "it is cut off"
	case h.now().Before(h.downTo):
		return "it has no power"
	}
	return ""
}

// powerLoss kills all processes and leaves of the disk what was synced, and what
// chance adds to it.
func (h *host) powerLoss(down time.Duration) {
	for _, p := range h.processes() {
		p.die()
	}
	h.disk.crash(h.all.settings.Faults.Keeps)
	h.boots++
	h.downTo = h.now().Add(down)
}

func (h *host) processes() []*process { return slices.Clone(h.alive) }

// begin makes a process of the executor that is called with this verb.
func (h *host) begin(verb, attempt string) *process {
	h.started++
	p := &process{host: h, verb: verb, attempt: attempt}
	p.id = ledger.Process{Boot: h.bootID(), PID: 100 + h.started%900, Started: strconv.Itoa(h.started)}
	h.alive = append(h.alive, p)
	return p
}

// fork begins a process that lives on by itself.
func (h *host) fork(verb, attempt string, life func(*process) error) {
	h.begin(verb, attempt).lives(life)
}

// lives lets a process that was begun do its work.
func (p *process) lives(life func(*process) error) {
	h, attempt := p.host, p.attempt
	h.all.settings.Env.Go(func() {
		defer p.exit()
		if p.step("begin") != nil {
			return
		}
		if err := life(p); err != nil && !p.dead {
			h.words[attempt] = err.Error()
		}
		p.step("exit")
	})
}

// waker ends one wait early.
type waker struct{ wake context.CancelFunc }

// news wakes every process that waits: something has changed.
func (h *host) news() {
	h.changes++
	wakers := h.wakers
	h.wakers = nil
	for _, w := range wakers {
		w.wake()
	}
}
