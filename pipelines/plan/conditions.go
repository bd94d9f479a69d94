package plan

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/conditions"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// checkConditions proves of every condition that it can be answered when its
// step is to begin: on the server, where no secret is known, and of the steps
// that have ended by then.
func (m *maker) checkConditions() {
	for i := range m.plan.Steps {
		s := &m.plan.Steps[i]
		if s.Skip != "" || s.If == "" && !s.Run.IsText() {
			continue
		}
		asked := m.plan.MayAsk(i)
		for _, place := range m.lanes(i) {
			c := &condition{maker: m, at: i, place: place, asked: asked}
			if s.Run.IsText() {
				c.scope = c.newScope(string(s.Run))
				c.text("run", string(s.Run))
			}
			if s.If != "" {
				c.expression(s.If)
			}
		}
	}
}

// lanes are the places for which a condition is looked at: a child step decides
// on each of its targets, so those count that have values of their own; other
// steps decide once, wherever they go then.
func (m *maker) lanes(step int) []int {
	s := m.plan.Steps[step]
	if s.Within == 0 {
		return []int{-1}
	}
	var out []int
	for place, t := range s.Targets {
		if place == 0 || differs(t, s.Targets[0]) {
			out = append(out, place)
		}
	}
	return out
}

// before are the steps that end before a step begins.
func (m *maker) before(step int) map[int]bool {
	if m.needs == nil {
		m.needs = make([][]int, len(m.plan.Steps))
		for i, s := range m.plan.Steps {
			m.needs[i] = s.Needs
		}
	}
	return pipelines.Before(m.needs, step)
}

// condition checks the condition of one step.
type condition struct {
	*maker
	at    int
	place int // of the target, -1 for none
	asked []bool
	scope *octostache.Variables
	vars  string // what `vars[…]` asks for at the moment
}

// text checks a text with `#{…}`, and one variable that an expression asks for.
func (c *condition) text(path, text string) {
	name := c.plan.Steps[c.at].Name
	c.noteOutputs(text)
	result, err := octostache.Evaluate(text, c.scope, c.options())
	if err != nil {
		c.block(name, "step %q, %s: %s", name, path, err)
		return
	}
	for _, token := range result.Unresolved {
		c.unresolved(path, token)
	}
}

// unresolved is a finding, unless an output will give the token a value.
func (c *condition) unresolved(path, token string) {
	name := c.plan.Steps[c.at].Name
	read := variables.References(token)
	filter, unknown := octostache.UnknownFilter(token, octostache.Options{})
	if c.vars != "" && token == "#{"+c.vars+"}" {
		token = "vars[" + strconv.Quote(c.vars) + "]" // as it is written
	}
	allowed := !c.in.Release.Project.AllowUnresolved
	switch {
	case unknown:
		c.find(allowed, name, "step %q, %s: %s uses the filter %s, which does not exist: see docs/reference/expressions.md", name, path, token, filter)
	case len(read) == 0:
		c.find(allowed, name, "step %q, %s: %s has no value here", name, path, token)
	case c.set(read[0]):
	case c.isSecret(c.at, c.place, read[0]):
		c.block(name, "step %q, %s: %s is a secret, and conditions are decided where no secret is known: ask for something else", name, path, token)
	case c.tooLate(read[0]) != "":
		c.block(name, "step %q, %s: %s tells of step %q, for which this one does not wait: say so in `needs`, or ask for something else", name, path, token, c.tooLate(read[0]))
	default:
		c.find(allowed, name, "step %q, %s: %s has no value here, and nothing will give it one: define the variable or correct its name", name, path, token)
	}
}

// set says whether a reference reads an output that a step before may set.
func (c *condition) set(read variables.Reference) bool {
	for i, s := range c.plan.Steps {
		if c.asked[i] && s.Kind == OnHosts && c.wants[i] != nil && s.sets(read) {
			return true
		}
	}
	return false
}

// tooLate is the step of which a reference tells although it may not have ended.
func (c *condition) tooLate(read variables.Reference) string {
	for i, s := range c.plan.Steps {
		if !c.asked[i] && (read.Below(variables.PathOf("Octopus.Step["+s.Name+"]")) || read.Below(variables.PathOf("Octopus.Action["+s.Name+"]"))) {
			return s.Name
		}
	}
	return ""
}

// expression checks an `if:`.
func (c *condition) expression(text string) {
	name := c.plan.Steps[c.at].Name
	names := make([]string, len(c.plan.Steps))
	for i, s := range c.plan.Steps {
		names[i] = s.Name
	}
	e, err := conditions.Parse(text, names)
	if err != nil {
		between := ":"
		if broken, ok := errors.AsType[*conditions.Error](err); ok && broken.Column > 0 {
			between = "," // it begins with its place
		}
		c.block(name, "step %q, if%s %s", name, between, err)
		return
	}
	for _, asked := range e.Steps() {
		if !c.asked[c.plan.Step(asked)] {
			c.block(name, "step %q, if: it asks about step %q, for which it does not wait: say so in `needs`, or ask about another", name, asked)
		}
	}
	for _, o := range e.Outputs() {
		c.noteOutput(o.Step, o.Name)
	}
	asked := e.VariablesIn(conditions.Facts{Environment: c.plan.Environment, Release: c.plan.Release, Channel: c.channel, Project: c.plan.Project})
	if len(asked) == 0 {
		return
	}
	c.scope = c.newScope("#{" + strings.Join(asked, "}#{") + "}")
	for _, v := range asked {
		c.variable(v)
	}
}

// variable checks one that an expression asks for, by its name or as what stands
// between `#{` and `}`.
func (c *condition) variable(name string) {
	all := c.plan.At(c.at, c.place)
	for _, x := range slices.Backward(all) {
		if !pipelines.SameName(x.Name, name) {
			continue
		}
		if x.Secret != "" {
			step := c.plan.Steps[c.at].Name
			c.block(step, "step %q, if: variable %q is a secret, and conditions are decided where no secret is known: ask for something else", step, x.Name)
			return
		}
		c.text("if", x.Value)
		return
	}
	c.vars = name
	c.text("if", "#{"+name+"}")
	c.vars = ""
}
