package signin

import (
	"sync"
	"time"

	"slipway/pipelines"
)

// The brake: after freeTries wrong passwords for one name from one address,
// or freeFromAddress from one address for any name, each further try has to
// wait, 2 s at first and twice as long each time, up to longestWait. What has
// been quiet for forgetAfter is forgotten.
//
// The counts are in memory: a restart forgets them, and each process counts
// for itself. That is enough against guessing, since a restart is rarer than
// the wait is long. Name and address count together, so that nobody can lock
// somebody else out from afar. Only what comes after a right password, or what
// costs somebody a mail, is counted for the name alone: with no address ("").
const (
	freeTries       = 5
	freeFromAddress = 50
	longestWait     = 5 * time.Minute
	forgetAfter     = 30 * time.Minute
	mostCounted     = 10_000
)

// BrakedError says that somebody has to wait before the next try.
type BrakedError struct {
	Wait time.Duration
	as   *pipelines.Error
}

func (e *BrakedError) Error() string { return e.as.Message }

// Unwrap is the refusal as every boundary understands it.
func (e *BrakedError) Unwrap() error { return e.as }

// brake counts failures. The zero brake is ready.
type brake struct {
	mu     sync.Mutex
	counts map[[2]string]failures // by name ("": all) and address
}

type failures struct {
	n    int
	last time.Time
}

// until is the moment from which on the next try is allowed.
func (f failures) until(free int) time.Time {
	if f.n < free {
		return time.Time{}
	}
	wait := longestWait
	if over := f.n - free; over < 8 {
		wait = min(wait, 2*time.Second<<over)
	}
	return f.last.Add(wait)
}

func (b *brake) check(name, from string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := b.counts[pair(name, from)].until(freeTries)
	if all := b.counts[pair("", from)].until(freeFromAddress); from != "" && all.After(until) {
		until = all
	}
	if !until.After(now) {
		return nil
	}
	wait := until.Sub(now).Round(time.Second) + time.Second
	if from == "" {
		return &BrakedError{wait, pipelines.Refuse(pipelines.Unavailable, "too many tries: wait %s before the next", wait)}
	}
	return &BrakedError{wait, pipelines.Refuse(pipelines.Unavailable, "too many wrong passwords came from your address (%s): try again in %s", from, wait)}
}

func (b *brake) count(name, from string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.counts == nil {
		b.counts = map[[2]string]failures{}
	}
	keys := [][2]string{pair(name, from), pair("", from)}
	if from == "" { // counted for the name alone
		keys = keys[:1]
	}
	for _, key := range keys {
		f := b.counts[key]
		if now.Sub(f.last) > forgetAfter {
			f.n = 0
		}
		b.counts[key] = failures{f.n + 1, now}
	}
	b.makeRoom(now)
}

// release forgets the failures of a name once its password came.
func (b *brake) release(name, from string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.counts, pair(name, from))
}

// makeRoom keeps the counts from growing without bound: the forgotten go
// first, then whichever comes.
func (b *brake) makeRoom(now time.Time) {
	if len(b.counts) <= mostCounted {
		return
	}
	for key, f := range b.counts {
		if now.Sub(f.last) > forgetAfter {
			delete(b.counts, key)
		}
	}
	for key := range b.counts {
		if len(b.counts) <= mostCounted*9/10 {
			return
		}
		delete(b.counts, key)
	}
}

func pair(name, from string) [2]string {
	return [2]string{pipelines.NameKey(shortened(name)), from}
}
