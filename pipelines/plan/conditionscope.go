package plan

import (
	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// newScope are the values that are known, and the names that will be, when the
// step is to begin, as far as a text can read them.
func (c *condition) newScope(text string) *octostache.Variables {
	v := octostache.NewVariables()
	told := c.meant(text)
	c.tellOf(v, func(i int) bool { return told[i] })
	for i, want := range c.wants {
		if want == nil || !told[i] {
			continue
		}
		for _, output := range want.Outputs {
			lateOutput(v, c.plan.Steps[i], output)
		}
	}
	for _, x := range c.plan.At(c.at, c.place) {
		if x.Secret == "" {
			v.Set(x.Name, x.Value)
		}
	}
	return v
}

// meant are the steps of which a text tells, itself or by way of values: telling
// of all costs in long processes.
func (c *condition) meant(text string) []bool {
	all, names := false, map[string]bool{}
	c.readings(c.at, c.place).find(text, func(r variables.Reference) bool {
		step, ok := r.OfStep()
		all = all || ok && step == ""
		names[pipelines.NameKey(step)] = true
		return false
	})
	if all {
		return c.asked
	}
	out := make([]bool, len(c.asked))
	for i := range c.asked {
		out[i] = c.asked[i] && names[pipelines.NameKey(c.plan.Steps[i].Name)]
	}
	return out
}
