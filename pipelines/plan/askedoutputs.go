package plan

import (
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// noteOutputs notes the outputs that a text reads, itself or by way of values.
func (c *condition) noteOutputs(text string) {
	if !strings.Contains(text, "#{") {
		return
	}
	c.readings(c.at, c.place).find(text, func(r variables.Reference) bool {
		if step, name, ok := r.Output(); ok {
			for _, begin := range beginnings(name) {
				c.noteOutput(step, begin)
			}
		}
		return false
	})
}

// beginnings are the names that a reference may mean where the value is JSON:
// `Config.Port` is a member of `Config`, if no output has the whole name.
func beginnings(name string) []string {
	out := []string{name}
	for {
		cut := strings.LastIndexAny(name, ".[")
		if cut <= 0 {
			return out
		}
		name = name[:cut]
		out = append(out, name)
	}
}

// noteOutput notes that an output of a step is asked for; step "" is any.
func (c *condition) noteOutput(step, name string) {
	for i := range c.plan.Steps {
		s := &c.plan.Steps[i]
		if c.asked[i] && s.Kind == OnHosts && (step == "" || pipelines.SameName(s.Name, step)) && !pipelines.HasName(s.Asked, name) {
			s.Asked = append(s.Asked, name)
		}
	}
}
