package tableblobs

import "sync"

// names are held while something is done about them in both stores.
type names struct {
	mu   sync.Mutex
	free *sync.Cond
	held map[string]bool
}

func newNames() *names {
	n := &names{held: map[string]bool{}}
	n.free = sync.NewCond(&n.mu)
	return n
}

func (n *names) hold(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.held[name] {
		n.free.Wait()
	}
	n.held[name] = true
}

func (n *names) release(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.held, name)
	n.free.Broadcast()
}
