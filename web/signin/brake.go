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
	told time.Time // when the audit log was told that it brakes
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

// check says whether what is counted by count has been too often. It is none of
// passwords: neither makes the other wait. told is what there was too much of.
func (b *brake) check(name, from, told string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return braked(b.counts[pair(name, from)].until(freeTries), now, told)
}

func (b *brake) count(name, from string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(now, pair(name, from))
}

// try is for passwords, and for the codes that come after them: it counts as
// wrong from its beginning until it is known to be right, or else a hundred at
// once would all be the first.
func (b *brake) try(name, from string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.wait(name, from, now); err != nil {
		return err
	}
	if from == "" { // counted for the name alone
		b.add(now, pair(name, from))
	} else {
		b.add(now, pair(name, from), pair("", from))
	}
	return nil
}

// tellsEvery is how often the audit log is told of a brake: somebody who goes on
// trying fills no log.
const tellsEvery = time.Hour

// tell says whether the audit log is to be told that a try was braked: once an
// hour for a name and its address, or for an address that tries many names.
func (b *brake) tell(name, from string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := pair(name, from)
	if !b.counts[key].until(freeTries).After(now) {
		key = pair("", from)
	}
	f, ok := b.counts[key]
	if !ok || !f.told.IsZero() && now.Sub(f.told) < tellsEvery {
		return false
	}
	f.told = now
	b.counts[key] = f
	return true
}

// takeBack is for a try that was neither right nor wrong.
func (b *brake) takeBack(name, from string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.less(pair(name, from))
	b.less(pair("", from))
}

// right forgets the failures of a name once its password came.
func (b *brake) right(name, from string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.counts, pair(name, from))
	b.less(pair("", from))
}

// release is right where nothing was tried.
func (b *brake) release(name, from string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.counts, pair(name, from))
}

func (b *brake) wait(name, from string, now time.Time) error {
	if from == "" {
		return braked(b.counts[pair(name, from)].until(freeTries), now, "too many wrong codes were tried for this account")
	}
	until := b.counts[pair(name, from)].until(freeTries)
	if all := b.counts[pair("", from)].until(freeFromAddress); all.After(until) {
		until = all
	}
	return braked(until, now, "too many wrong passwords came from your address ("+from+")")
}

// braked is the refusal where the next try is allowed only later.
func braked(until, now time.Time, told string) error {
	if !until.After(now) {
		return nil
	}
	wait := until.Sub(now).Round(time.Second) + time.Second
	return &BrakedError{wait, pipelines.Refuse(pipelines.Unavailable, "%s: try again in %s", told, wait)}
}

func (b *brake) add(now time.Time, keys ...[2]string) {
	if b.counts == nil {
		b.counts = map[[2]string]failures{}
	}
	for _, key := range keys {
		f := b.counts[key]
		if now.Sub(f.last) > forgetAfter {
			f.n = 0
		}
		b.counts[key] = failures{f.n + 1, now, f.told}
	}
	b.makeRoom(now)
}

func (b *brake) less(key [2]string) {
	f, ok := b.counts[key]
	switch {
	case !ok:
	case f.n <= 1:
		delete(b.counts, key)
	default:
		b.counts[key] = failures{f.n - 1, f.last, f.told}
	}
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
