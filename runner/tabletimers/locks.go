package tabletimers

import "sync"

// locks is one lock for each id that is in use, so that timers of different ids are written in parallel.
type locks struct {
	mu   sync.Mutex
	held map[string]*idLock
}

type idLock struct {
	sync.Mutex
	users int // who holds it or waits for it
}

// lock returns the function that unlocks.
func (l *locks) lock(id string) func() {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*idLock{}
	}
	one := l.held[id]
	if one == nil {
		one = &idLock{}
		l.held[id] = one
	}
	one.users++
	l.mu.Unlock()

	one.Lock()
	return func() {
		one.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(l.held, id)
		}
	}
}
