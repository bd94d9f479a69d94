// Package tabletimers keeps timers as rows of a table, for one process.
// It does not poll: one sleeper waits for the first row and is told when an earlier one is set.
// Each timer is two rows written together: one that is found by id, and one whose sort key begins with the
// time, so that what is due is the beginning of a range. One process at a time uses them.
package tabletimers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"slipway/runner/table"
	"slipway/runner/timers"
)

// The two partitions.
const (
	byID   = "timers/id"
	byTime = "timers/time"
)

// Options may be left zero.
type Options struct {
	Parallel int          // rings that run at once; 16 if 0
	Log      *slog.Logger // nothing is logged if nil
}

// Timers is a timers.Timers on a table.
type Timers struct {
	table table.Table
	ring  timers.Ring
	now   func() time.Time
	log   *slog.Logger

	earlier chan struct{} // tells the sleeper to look again
	free    chan struct{} // has room for as many as may ring at once
	rings   sync.WaitGroup
	ids     locks

	mu      sync.Mutex
	ringing map[string]*ringing
}

var _ timers.Timers = (*Timers)(nil)

// New returns timers that ring once Run runs. They are due by now, which has to agree with the clock that time.Timer runs on.
func New(t table.Table, ring timers.Ring, now func() time.Time, o Options) *Timers {
	if o.Parallel <= 0 {
		o.Parallel = 16
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Timers{
		table: t, ring: ring, now: now, log: o.Log,
		earlier: make(chan struct{}, 1),
		free:    make(chan struct{}, o.Parallel),
		ringing: map[string]*ringing{},
	}
}

// row is what the row by time holds.
type row struct {
	Payload  []byte `json:"payload,omitempty"`
	Failures int    `json:"failures,omitempty"` // rings in a row that went wrong
}

// Set implements timers.Timers.
func (t *Timers) Set(ctx context.Context, id string, at time.Time, payload []byte) error {
	if err := timers.Check(id, payload); err != nil {
		return err
	}
	unlock := t.ids.lock(id)
	defer unlock()
	t.replace(id)
	if err := t.write(ctx, id, at, row{Payload: bytes.Clone(payload)}); err != nil {
		return fmt.Errorf("set the timer %s: %w", id, err)
	}
	return nil
}

// Cancel implements timers.Timers.
func (t *Timers) Cancel(ctx context.Context, id string) error {
	if err := timers.Check(id, nil); err != nil {
		return err
	}
	unlock := t.ids.lock(id)
	defer unlock()
	t.replace(id)
	if err := t.forget(ctx, id); err != nil {
		return fmt.Errorf("cancel the timer %s: %w", id, err)
	}
	return nil
}

// replace tells a ring in progress that its rows are no longer the ones it rings for.
func (t *Timers) replace(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.ringing[id]; r != nil {
		r.replaced = true
	}
}

// write puts both rows in the place of those that are there. The caller holds the lock of the id.
func (t *Timers) write(ctx context.Context, id string, at time.Time, r row) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	sort := timeKey(at, id)
	changes := []table.Change{
		table.Put(table.Key{Partition: byID, Sort: id}, []byte(sort)),
		table.Put(table.Key{Partition: byTime, Sort: sort}, value),
	}
	old, err := t.find(ctx, id)
	if err != nil {
		return err
	}
	if old != "" && old != sort {
		changes = append(changes, table.Remove(table.Key{Partition: byTime, Sort: old}))
	}
	if err := t.table.Write(ctx, changes...); err != nil {
		return err
	}
	t.lookAgain()
	return nil
}

// forget removes both rows. The caller holds the lock of the id.
func (t *Timers) forget(ctx context.Context, id string) error {
	sort, err := t.find(ctx, id)
	if err != nil || sort == "" {
		return err
	}
	return t.table.Write(ctx,
		table.Remove(table.Key{Partition: byID, Sort: id}),
		table.Remove(table.Key{Partition: byTime, Sort: sort}))
}

// find returns the sort key of the row by time, "" if there is no such timer.
func (t *Timers) find(ctx context.Context, id string) (string, error) {
	item, err := t.table.Get(ctx, table.Key{Partition: byID, Sort: id})
	if errors.Is(err, table.ErrNotFound) {
		return "", nil
	}
	return string(item.Value), err
}

func (t *Timers) lookAgain() {
	select {
	case t.earlier <- struct{}{}:
	default: // it is told already
	}
}
