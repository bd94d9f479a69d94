package localwake

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// deployment is one that has to be looked at, or is.
type deployment struct {
	running  bool
	again    bool        // woken during the Look
	failures int         // Looks in a row that went wrong
	paused   *time.Timer // runs out when the next try is due; nil outside a pause
}

// stopPause says whether there was a pause and it is over before its time.
func (d *deployment) stopPause() bool {
	if d.paused == nil {
		return false
	}
	stopped := d.paused.Stop()
	d.paused = nil
	return stopped
}

// wake gets the deployment a Look that begins later than now. The caller holds the lock, here and below.
func (w *Wake) wake(id string) {
	d, known := w.known[id]
	switch {
	case !known:
		w.known[id] = &deployment{}
		w.ready = append(w.ready, id)
	case d.running:
		d.again = true
	case d.paused != nil:
		// Something is new, so the reason for the pause may be gone.
		d.stopPause()
		w.ready = append(w.ready, id)
	}
}

// begin starts as many Looks as may run.
func (w *Wake) begin() {
	if w.ctx == nil || w.ended || w.ctx.Err() != nil {
		return
	}
	for w.running < w.parallel && len(w.ready) > 0 {
		id := w.ready[0]
		w.ready = w.ready[1:]
		w.known[id].running = true
		w.running++
		w.work.Go(func() { w.run(id) })
	}
}

// run does one Look and sees to what follows from it.
func (w *Wake) run(id string) {
	err := w.lookSafely(w.ctx, id)

	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.known[id]
	d.running = false
	w.running--
	again := d.again
	d.again = false
	switch {
	case err != nil && !w.ended && w.ctx.Err() == nil:
		d.failures++
		w.log.Error("a look at a deployment went wrong", "deployment", id, "error", err, "failures", d.failures, "again_in", pause(d.failures))
		w.repeat(id, d)
	case again:
		d.failures = 0
		w.ready = append(w.ready, id)
	default:
		delete(w.known, id)
	}
	w.begin()
}

// repeat has a failed Look repeated after a pause, also if it was woken during the Look:
// the repetition answers that too, and a Look that wakes its own deployment and fails must not run in circles.
func (w *Wake) repeat(id string, d *deployment) {
	var timer *time.Timer
	timer = time.AfterFunc(pause(d.failures), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if d.paused != timer { // a wake-up was faster
			return
		}
		d.paused = nil
		w.ready = append(w.ready, id)
		w.begin()
	})
	d.paused = timer
}

// lookSafely makes an error of a panic: one bad deployment must not take down the others, again at every start.
func (w *Wake) lookSafely(ctx context.Context, id string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.look(ctx, id)
}
