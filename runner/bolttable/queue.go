package bolttable

import (
	"context"
	"slices"
	"sync"
	"time"

	"slipway/runner/table"
)

// Bounds of one commit. They keep its memory and the wait of its first write small.
const (
	maxBatch      = 512
	maxBatchBytes = 8 << 20
)

// write is one Write on its way.
type write struct {
	changes []table.Change
	size    int
	done    chan error // gets the one answer
}

// queue holds the writes that wait for the committer, in order of arrival.
type queue struct {
	mu      sync.Mutex
	arrived *sync.Cond
	waiting []*write
	closed  bool
	want    int           // how many the committer waits for; 0: it does not
	enough  chan struct{} // told once they are there
}

func newQueue() *queue {
	q := &queue{enough: make(chan struct{}, 1)}
	q.arrived = sync.NewCond(&q.mu)
	return q
}

// add says whether the write was taken in; a closed queue takes none.
func (q *queue) add(w *write) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, w)
	q.arrived.Signal()
	if len(q.waiting) == q.want {
		q.tell()
	}
	return true
}

// tell ends a gather. The caller holds the lock.
func (q *queue) tell() {
	q.want = 0
	select {
	case q.enough <- struct{}{}:
	default:
	}
}

// withdraw takes back a write and says whether it was in time: the committer did not have it yet.
func (q *queue) withdraw(w *write) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, w)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// wait returns when there is something to take; false when there is nothing and never will be.
func (q *queue) wait() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.arrived.Wait()
	}
	return len(q.waiting) > 0
}

// gather returns when so many wait, but not later than after most.
func (q *queue) gather(want int, most time.Duration) {
	if !q.begin(want) || most <= 0 {
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-q.enough:
	case <-timer.C:
	}
}

// begin begins to count, and says whether there is something to wait for.
func (q *queue) begin(want int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-q.enough: // of an earlier gather that was over by then
	default:
	}
	q.want = want
	return len(q.waiting) < want && !q.closed
}

// length is how many wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// take removes what fits into one commit: at least one write, if any waits.
func (q *queue) take() []*write {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.waiting) && n < maxBatch && (n == 0 || size+q.waiting[n].size <= maxBatchBytes) {
		size += q.waiting[n].size
		n++
	}
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return batch
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.arrived.Signal()
	q.tell()
}

// Write implements table.Table. If ctx ends before the committer has taken the write, nothing is written and the
// error is that of ctx; afterwards Write waits the few milliseconds for the true answer.
func (t *Table) Write(ctx context.Context, changes ...table.Change) error {
	if err := table.CheckWrite(changes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	w := &write{changes: changes, done: make(chan error, 1)}
	for _, c := range changes {
		w.size += len(c.Key.Partition) + len(c.Key.Sort) + len(c.Value)
	}
	if !t.queue.add(w) {
		return table.ErrClosed
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		if t.queue.withdraw(w) {
			return ctx.Err()
		}
		return <-w.done
	}
}
