package tabletimers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"slipway/runner/table"
)

// finishTime is what the note that a ring succeeded may take when the process is being ended.
const finishTime = 5 * time.Second

// ringing is a timer that rings now.
type ringing struct {
	id       string
	key      table.Key // of the row by time
	replaced bool      // set again, or cancelled, since it began; guarded by Timers.mu
}

// ringOne rings and notes the outcome. Only then may the timer ring anew.
func (t *Timers) ringOne(ctx context.Context, r *ringing) {
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.ringing, r.id)
	}()
	setting, there, err := t.take(ctx, r)
	if err != nil {
		t.log.Error("a timer cannot be read", "timer", r.id, "error", err, "again_in", firstPause)
		wait(ctx, firstPause)
		return
	}
	if !there {
		return // replaced, cancelled or done since the sleeper saw it
	}
	err = t.ringSafely(ctx, r.id, setting.Payload)
	if err != nil && ctx.Err() != nil {
		return // it rings again at the next start
	}
	t.noteUntilDone(ctx, r, setting, err)
}

// noteUntilDone repeats a note that goes wrong, so that what has rung does not ring again for want of a note.
func (t *Timers) noteUntilDone(ctx context.Context, r *ringing, setting row, failure error) {
	for tries := 1; ; tries++ {
		err := t.note(ctx, r, setting, failure)
		if err == nil || ctx.Err() != nil {
			return
		}
		t.log.Error("the outcome of a timer cannot be noted", "timer", r.id, "error", err, "again_in", pause(tries))
		wait(ctx, pause(tries))
	}
}

// take reads what is to be rung, and tells settings before that moment from those after it.
func (t *Timers) take(ctx context.Context, r *ringing) (row, bool, error) {
	unlock := t.ids.lock(r.id)
	defer unlock()
	item, err := t.table.Get(ctx, r.key)
	if errors.Is(err, table.ErrNotFound) {
		return row{}, false, nil
	}
	if err != nil {
		return row{}, false, err
	}
	var setting row
	if err := json.Unmarshal(item.Value, &setting); err != nil {
		return row{}, false, fmt.Errorf("read the timer %s: %w", r.id, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	r.replaced = false
	return setting, true, nil
}

// note removes the timer that has rung, or sets it later if the ring went wrong. A timer replaced meanwhile is left alone.
func (t *Timers) note(ctx context.Context, r *ringing, setting row, failure error) error {
	unlock := t.ids.lock(r.id)
	defer unlock()
	t.mu.Lock()
	replaced := r.replaced
	t.mu.Unlock()
	if replaced {
		return nil
	}
	if failure != nil {
		setting.Failures++
		again := pause(setting.Failures)
		t.log.Error("a timer went wrong", "timer", r.id, "error", failure, "failures", setting.Failures, "again_in", again)
		return t.write(ctx, r.id, t.now().Add(again), setting)
	}
	// What has rung is noted even though the process is being ended: else it would ring again at the next start.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	return t.forget(ctx, r.id)
}

// ringSafely makes an error of a panic: one bad timer must not take down the process, again at every start.
func (t *Timers) ringSafely(ctx context.Context, id string, payload []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return t.ring(ctx, id, payload)
}

// pause is how long to wait after that many failures in a row.
func pause(failures int) time.Duration {
	return min(firstPause<<min(failures-1, 20), longestPause)
}

// wait returns after d, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
