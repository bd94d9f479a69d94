package signin

import (
	"sync"
	"time"

	"slipway/pipelines"
)

// The brake: after freeTries wrong passwords for one name from one place each
// further try has to wait, 2 s at first and twice as long each time, up to
// longestWait. A place is an address, or a browser in which that name has
// signed in before: so whoever tries names at random, from the same office or
// behind the same proxy, has nobody wait who has been here before. After
// freeFromAddress wrong passwords from one address for any name, further tries
// from there, but for such browsers, go one at a time, addressWait apart. What
// has been quiet for forgetAfter is forgotten. What turns out to be right, or
// neither right nor wrong, leaves no trace.
//
// The counts are in memory: a restart forgets them, and each process counts
// for itself. That is enough against guessing, since a restart is rarer than
// the wait is long. Name and address count together, so that nobody can lock
// somebody else out from afar. Only what comes after a right password, or what
// costs somebody a mail, is counted for the name alone: with no address ("").
const (
	freeTries       = 5
	freeFromAddress = 50
	addressWait     = 2 * time.Second
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
	counts map[[2]string]failures // by name ("": all) and place
}

// place is where tries come from: an address, "" where only the name counts.
// known is the browser, if the name has signed in there before.
type place struct{ address, known string }

// keys are what a try is counted as: for its name, and for all of its address.
func (p place) keys(name string) [][2]string {
	switch {
	case p.known != "":
		return [][2]string{pair(name, "browser "+p.known)}
	case p.address == "":
		return [][2]string{pair(name, "")}
	}
	return [][2]string{pair(name, p.address), pair("", p.address)}
}

// tried is a try that is counted as wrong until it is known to be otherwise.
type tried struct {
	keys   [][2]string
	at     time.Time
	before []time.Time // of each key: when it was tried last
}

type failures struct {
	n    int
	last time.Time
	told time.Time // when the audit log was told that it brakes
}

// apart is the moment from which on the next try from an address is allowed,
// whatever its name.
func (f failures) apart() time.Time {
	if f.n < freeFromAddress {
		return time.Time{}
	}
	return f.last.Add(addressWait)
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
func (b *brake) try(name string, from place, now time.Time) (tried, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := tried{keys: from.keys(name), at: now}
	if err := b.wait(t.keys, from, now); err != nil {
		return tried{}, err
	}
	for _, key := range t.keys {
		t.before = append(t.before, b.counts[key].last)
	}
	b.add(now, t.keys...)
	return t, nil
}

// tellsEvery is how often the audit log is told of a brake: somebody who goes on
// trying fills no log.
const tellsEvery = time.Hour

// tell says whether the audit log is to be told that a try was braked: once an
// hour for a name and its address, or for an address that tries many names.
func (b *brake) tell(name string, from place, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := from.keys(name)
	key := keys[0]
	if !b.counts[key].until(freeTries).After(now) {
		key = keys[len(keys)-1]
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
func (b *brake) takeBack(t tried) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, key := range t.keys {
		b.less(key, t.at, t.before[i])
	}
}

// right forgets the failures of a name once its password came.
func (b *brake) right(t tried) {
	b.takeBack(t)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(t.keys) > 0 {
		delete(b.counts, t.keys[0])
	}
}

// release is right where nothing was tried.
func (b *brake) release(name, from string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.counts, pair(name, from))
}

func (b *brake) wait(keys [][2]string, from place, now time.Time) error {
	until, told := b.counts[keys[0]].until(freeTries), "too many wrong passwords were tried"
	switch {
	case len(keys) > 1:
		if all := b.counts[keys[1]].apart(); all.After(until) {
			until = all
		}
		told = "too many wrong passwords came from your address (" + from.address + ")"
	case from.known == "":
		told = "too many wrong codes were tried for this account"
	}
	return braked(until, now, told)
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

// less takes a try of that moment back, and its moment, unless others came since.
func (b *brake) less(key [2]string, at, before time.Time) {
	f, ok := b.counts[key]
	switch {
	case !ok:
	case f.n <= 1:
		delete(b.counts, key)
	default:
		f.n--
		if f.last.Equal(at) {
			f.last = before
		}
		b.counts[key] = f
	}
}

// makeRoom keeps the counts from growing without bound: the forgotten go first, then
// those that brake nothing yet, so that nobody frees themselves by trying many names,
// and then whichever comes.
func (b *brake) makeRoom(now time.Time) {
	if len(b.counts) <= mostCounted {
		return
	}
	for key, f := range b.counts {
		if now.Sub(f.last) > forgetAfter {
			delete(b.counts, key)
		}
	}
	for _, braking := range []bool{false, true} {
		for key, f := range b.counts {
			if len(b.counts) <= mostCounted*9/10 {
				return
			}
			if braking || f.n < freeTries {
				delete(b.counts, key)
			}
		}
	}
}

func pair(name, from string) [2]string {
	return [2]string{nameKey(name), from}
}
