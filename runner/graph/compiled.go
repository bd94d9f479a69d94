package graph

import (
	"strings"
	"sync"

	"slipway/pipelines/conditions"
	"slipway/pipelines/plan"
)

// compiled are expressions that were read before. What is kept follows from its
// key alone, so that nobody can tell whether it was.
var compiled = expressions{of: map[[2]string]read{}}

type expressions struct {
	mu sync.Mutex
	of map[[2]string]read // by text and the names of the steps
}

type read struct {
	expression *conditions.Expression
	err        error
}

// mostCompiled bounds what is kept; a server has few processes in use at a time.
const mostCompiled = 500

func (c *expressions) expression(text string, p *plan.Plan) (*conditions.Expression, error) {
	names := make([]string, len(p.Steps))
	for i := range p.Steps {
		names[i] = p.Steps[i].Name
	}
	key := [2]string{text, strings.Join(names, "\x00")}
	c.mu.Lock()
	known, there := c.of[key]
	c.mu.Unlock()
	if there {
		return known.expression, known.err
	}
	known.expression, known.err = conditions.Parse(text, names)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.of) >= mostCompiled {
		clear(c.of)
	}
	c.of[key] = known
	return known.expression, known.err
}
