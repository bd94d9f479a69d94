package streamwake_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"slipway/runner/streamwake"
	"slipway/runner/wake"
	"slipway/runner/waketest"
)

// stream carries the changes of a table from the first to the last, to whoever reads it now. What is read is done with.
type stream interface {
	commit(t *testing.T, deployment string)
	// follow hands over changes until ctx ends.
	follow(ctx context.Context, to func(streamwake.Change))
}

// invocations do with news what the runner does: each deployment is handed over to an invocation of its own, which
// AWS keeps and repeats until it succeeds. They outlive the processes.
type invocations struct {
	from  stream
	pause time.Duration // before a repetition

	mu      sync.Mutex
	next    int
	open    map[int]string // invocations that have not succeeded
	pausing int
	changes int // grows with everything that happens here
	run     func(n int, deployment string)
}

func (v *invocations) add(deployment string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.next
	v.next++
	v.changes++
	v.open[n] = deployment
	if v.run != nil {
		v.run(n, deployment)
	}
}

func (v *invocations) invoke(ctx context.Context, look wake.Look, n int, deployment string) {
	for ctx.Err() == nil {
		err := look(ctx, deployment)
		v.mu.Lock()
		v.changes++
		if err == nil {
			delete(v.open, n)
			v.mu.Unlock()
			return
		}
		v.pausing++
		v.mu.Unlock()
		select {
		case <-time.After(v.pause):
		case <-ctx.Done():
		}
		v.mu.Lock()
		v.changes++
		v.pausing--
		v.mu.Unlock()
	}
}

// world is that of one case. A process begins with the invocations that are open.
func world(from stream, pause time.Duration, pass func(*invocations, time.Duration)) waketest.World {
	v := &invocations{from: from, pause: pause, open: map[int]string{}}
	return waketest.World{
		Start: func(t *testing.T, look wake.Look, _ func() []string) (wake.Wake, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			var work sync.WaitGroup
			v.mu.Lock()
			v.run = func(n int, deployment string) { work.Go(func() { v.invoke(ctx, look, n, deployment) }) }
			for n, deployment := range v.open {
				v.run(n, deployment)
			}
			v.mu.Unlock()
			work.Go(func() {
				from.follow(ctx, func(c streamwake.Change) {
					if news := streamwake.Read(c); news.Deployment != "" {
						v.add(news.Deployment)
					}
				})
			})
			return streamwake.Wake{}, func() {
				v.mu.Lock()
				v.run = nil
				v.mu.Unlock()
				cancel()
				work.Wait()
			}
		},
		Commit: from.commit,
		Pass:   func(d time.Duration) { pass(v, d) },
	}
}
