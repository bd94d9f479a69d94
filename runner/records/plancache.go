package records

import (
	"sync"

	"slipway/pipelines/plan"
)

// planCacheSize is how many plans stay in memory.
const planCacheSize = 16

type planCache struct {
	mu    sync.Mutex
	plans map[string]plan.Plan
	order []string
}

func (c *planCache) get(hash string) (plan.Plan, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.plans[hash]
	return p, ok
}

func (c *planCache) put(hash string, p plan.Plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plans == nil {
		c.plans = map[string]plan.Plan{}
	}
	if _, there := c.plans[hash]; there {
		return
	}
	if len(c.order) >= planCacheSize {
		delete(c.plans, c.order[0])
		c.order = c.order[1:]
	}
	c.plans[hash] = p
	c.order = append(c.order, hash)
}
