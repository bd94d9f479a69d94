// Package localwake wakes deployments within one process.
// It keeps nothing on disk: the promise across a crash is kept by looking, at the start, at every
// deployment that is not done. Nothing is polled; without wake-ups nothing runs.
// A deployment is looked at by one Look at a time, and a wake-up that comes during a Look causes one more, since
// nobody knows whether that Look still saw what the wake-up was about.
package localwake

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"slipway/runner/wake"
)

// DefaultParallel is the number of Looks at different deployments that run at once: a Look that stays with its hosts
// lasts minutes and costs little more than memory.
const DefaultParallel = 256

// The pauses before an unsuccessful Look or scan is repeated: they double from the first to the longest.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = time.Minute
)

// Scan lists every deployment that is not done.
type Scan func(ctx context.Context) ([]string, error)

// Options may be left zero.
type Options struct {
	Parallel int          // DefaultParallel if 0
	Log      *slog.Logger // nothing is logged if nil
}

// Wake is a wake.Wake in the process.
type Wake struct {
	look     wake.Look
	scan     Scan
	parallel int
	log      *slog.Logger

	mu      sync.Mutex
	known   map[string]*deployment // those that wait, run or pause; all others are forgotten
	ready   []string               // waiting, first come first served
	running int
	ended   bool            // no Look begins any more
	ctx     context.Context // that of Run; nil before
	work    sync.WaitGroup
}

var _ wake.Wake = (*Wake)(nil)

// New returns a Wake that calls look once Run runs.
func New(look wake.Look, scan Scan, o Options) *Wake {
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Wake{look: look, scan: scan, parallel: o.Parallel, log: o.Log, known: map[string]*deployment{}}
}

// Wake implements wake.Wake. It may be called before Run and after: what comes too late for this process, the scan
// of the next one finds.
func (w *Wake) Wake(_ context.Context, id string) error {
	if id == "" {
		return errors.New("a wake-up needs a deployment")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wake(id)
	w.begin()
	return nil
}

// Run looks at every deployment that is not done, then at whatever is woken, until ctx ends. Then no Look
// begins any more; those that run have their context ended, and Run returns when they have. Call it once.
func (w *Wake) Run(ctx context.Context) error {
	w.mu.Lock()
	w.ctx = ctx
	w.begin()
	w.mu.Unlock()

	w.scanUntilDone(ctx)
	<-ctx.Done()
	w.end()
	w.work.Wait()
	return nil
}

// scanUntilDone repeats a scan that goes wrong: what it would find waits for nothing else.
func (w *Wake) scanUntilDone(ctx context.Context) {
	for failures := 1; ctx.Err() == nil; failures++ {
		ids, err := w.scan(ctx)
		if err == nil {
			w.wakeAll(ids)
			return
		}
		if ctx.Err() != nil {
			return
		}
		again := pause(failures)
		w.log.Error("the scan for open deployments went wrong", "error", err, "again_in", again)
		timer := time.NewTimer(again)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

func (w *Wake) wakeAll(ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		w.wake(id)
	}
	w.begin()
}

func (w *Wake) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for _, d := range w.known {
		d.stopPause()
	}
}

// pause is how long to wait after that many failures in a row.
func pause(failures int) time.Duration {
	return min(firstPause<<min(failures-1, 20), longestPause)
}
