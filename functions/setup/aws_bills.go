package setup

import (
	"context"
	"strconv"
	"sync"
	"time"

	"slipway/runner/spend"
)

// bills meter what the calls of one process cost, deployment by deployment. What
// comes after a deployment's last turn of a call waits here for its next one; if
// the process ends before, it is not counted.
type bills struct {
	gb  float64 // memory of the function
	now func() time.Time

	mu   sync.Mutex
	left map[string]spend.Counts
}

// mostLeft bounds how many deployments are remembered.
const mostLeft = 1000

func newBills(get func(string) string, now func() time.Time) *bills {
	mb, _ := strconv.ParseFloat(get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 64) // outside of Lambda time costs nothing
	return &bills{gb: mb / 1024, now: now, left: map[string]spend.Counts{}}
}

// open makes ctx count one call of the function, for a deployment if it is
// known, until stop.
func (b *bills) open(ctx context.Context, deployment string) (_ context.Context, stop func()) {
	m := &spend.Meter{}
	if deployment != "" {
		m.Put(b.take(deployment))
	}
	m.Add(spend.Invocation, 1)
	var mu sync.Mutex
	last := b.now()
	m.Runs(func(add func(spend.Kind, float64)) {
		mu.Lock()
		defer mu.Unlock()
		now := b.now()
		add(spend.MemoryTime, b.gb*float64(now.Sub(last))/float64(time.Millisecond))
		last = now
	})
	return spend.With(ctx, m), func() {
		if deployment != "" {
			b.leave(deployment, m.Take())
		}
	}
}

func (b *bills) take(deployment string) spend.Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := b.left[deployment]
	delete(b.left, deployment)
	return counts
}

func (b *bills) leave(deployment string, counts spend.Counts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.left) >= mostLeft {
		clear(b.left)
	}
	b.left[deployment] = b.left[deployment].Plus(counts)
}
