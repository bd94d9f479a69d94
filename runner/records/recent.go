package records

import "sync"

// recent keeps decoded blobs that were read last, by their names, which stand for
// their bytes: each order of a deployment to thousands of targets asks for the
// same ones, each look at one of many deployments for its plan. What is kept is
// shared: nobody may change it.
type recent[T any] struct {
	mu    sync.Mutex
	known map[string]T
	order []sized // the newest last
	sum   int
}

type sized struct {
	name string
	size int
}

// The newest stays whatever its size.
const (
	mostRecent      = 4096
	mostRecentBytes = 32 << 20
)

func (c *recent[T]) get(name string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.known[name]
	return value, ok
}

func (c *recent[T]) put(name string, size int, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.known[name]; there {
		return
	}
	if c.known == nil {
		c.known = map[string]T{}
	}
	c.known[name] = value
	c.order = append(c.order, sized{name, size})
	c.sum += size
	for len(c.order) > 1 && (c.sum > mostRecentBytes || len(c.order) > mostRecent) {
		delete(c.known, c.order[0].name)
		c.sum -= c.order[0].size
		c.order = c.order[1:]
	}
}
