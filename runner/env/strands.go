package env

import (
	"context"
	"time"
)

// Strands is how work runs side by side, waits and is woken. Without one, Env
// uses goroutines and real time; a simulation hands in its own, which lets one
// strand run at a time and passes time as it likes.
type Strands interface {
	// Go begins a strand.
	Go(work func())
	// Sleep waits, or returns ctx's error once that has ended.
	Sleep(ctx context.Context, d time.Duration) error
	// Signal makes a new one, not raised.
	Signal() Signal
}

// Signal wakes one strand. Raised twice before somebody waits, it is raised
// once.
type Signal interface {
	// Raise never waits.
	Raise()
	// Wait returns nil once the signal is raised, and takes it; or ctx's error.
	Wait(ctx context.Context) error
}

// Go begins work beside the caller's.
func (e Env) Go(work func()) { e.strands().Go(work) }

// Sleep waits, or returns ctx's error once that has ended.
func (e Env) Sleep(ctx context.Context, d time.Duration) error { return e.strands().Sleep(ctx, d) }

// Signal makes a signal that is not raised.
func (e Env) Signal() Signal { return e.strands().Signal() }

func (e Env) strands() Strands {
	if e.Strands == nil {
		return goroutines{}
	}
	return e.Strands
}

// goroutines are strands as the language has them.
type goroutines struct{}

func (goroutines) Go(work func()) { go work() }

func (goroutines) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (goroutines) Signal() Signal { return channel(make(chan struct{}, 1)) }

type channel chan struct{}

func (c channel) Raise() {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (c channel) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c:
		return nil
	}
}
