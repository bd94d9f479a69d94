package iis

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// waiting bounds how long the right to change IIS is waited for.
type waiting func(context.Context) (context.Context, context.CancelFunc)

// longestWait is how long a deployment that has changed something waits for
// others to let it go on, and lookAround how often it says so.
const (
	longestWait = 10 * time.Minute
	lookAround  = 30 * time.Second
)

var errWaited = fmt.Errorf("another program has kept the right to change IIS for %s", longestWait)

// boundedWait is for those who must not stop half way, whoever asks them to.
func boundedWait(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, longestWait, errWaited)
}

// waitAsLongAs is for those who have changed nothing yet: they stop waiting when
// the step is stopped or its time is over.
func waitAsLongAs(caller context.Context) waiting {
	return func(context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(caller) }
}

// notOurTurn is an error that no further try mends: the wait itself has ended.
type notOurTurn struct{ error }

func (e notOurTurn) Unwrap() error { return e.error }

// alone takes the right to change IIS and says who is waited for.
func (h *Host) alone(ctx context.Context, wait waiting) (func(), error) {
	if h.Alone == nil {
		return func() {}, nil
	}
	ctx, cancel := wait(ctx)
	defer cancel()
	stop := h.sayWaiting()
	leave, err := h.Alone(ctx)
	stop()
	if err != nil && ctx.Err() != nil {
		return nil, notOurTurn{err}
	}
	return leave, err
}

// ReadAndAct is the right to act upon what one has read of IIS, machine-wide:
// several executors may serve one machine. It ends with leave.
func (h *Host) ReadAndAct(ctx context.Context) (leave func(), err error) {
	ctx, cancel := boundedWait(ctx)
	defer cancel()
	stop := h.sayWaiting()
	defer stop()
	return holdSession(ctx)
}

// sayWaiting tells the log every now and then until stop, which returns when
// nothing more comes.
func (h *Host) sayWaiting() (stop func()) {
	every := h.lookAround
	if every == 0 {
		every = lookAround
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for began := time.Now(); ; {
			select {
			case <-end:
				return
			case <-tick.C:
				h.note("IIS: waiting for another deployment or a Tentacle on this host, which is changing IIS, for %s now", time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() { close(end); <-ended }
}

func isNotOurTurn(err error) bool { var e notOurTurn; return errors.As(err, &e) }
