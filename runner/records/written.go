package records

import (
	"bytes"
	"sync"

	"slipway/runner/graph"
	"slipway/runner/spend"
	"slipway/runner/table"
)

// written are deployments as they stand after the turns that were put together
// here last, beside the bytes of these turns: whoever reads the same bytes need
// not decode them. Whether they were ever written is no matter. A turn says only
// what changed, and yet its bytes stand for all: its events have ids that nobody
// makes twice, so the turns before it are the ones from which it was put together.
type written struct {
	mu sync.Mutex
	of map[string]writtenTurn // by deployment
}

// writtenTurn has nothing of the plan, which is kept within bounds elsewhere.
type writtenTurn struct {
	value    []byte
	plan     string
	state    graph.State
	revision int64
	asked    []string
	spent    spend.Counts
}

// Deployments of more tasks than one part are not kept, so that what is kept stays
// small. Those that need nothing more are: a last look finds that out.
const mostWritten = 512

func (w *written) keep(l *Loaded, value []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(l.State.Parts) > 1 || len(value) > 8<<10 {
		delete(w.of, l.Deployment.ID)
		return
	}
	if w.of == nil || len(w.of) >= mostWritten {
		w.of = map[string]writtenTurn{}
	}
	w.of[l.Deployment.ID] = writtenTurn{value, l.Deployment.Plan, l.State, l.Revision, l.Asked, l.Spent}
}

// knows brings a deployment up to its newest turn, if that was put together here.
func (w *written) knows(newest []table.Item, l *Loaded) bool {
	if len(newest) != 1 {
		return false
	}
	w.mu.Lock()
	is, there := w.of[l.Deployment.ID]
	w.mu.Unlock()
	if !there || is.plan != l.Deployment.Plan || newest[0].Key != turnKey(l.Deployment.ID, is.revision) || !bytes.Equal(is.value, newest[0].Value) {
		return false
	}
	l.State, l.Revision, l.Asked, l.Spent = is.state, is.revision, is.asked, is.spent
	return true
}
