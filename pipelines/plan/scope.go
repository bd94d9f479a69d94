package plan

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/octostache"
)

// evaluate resolves a text as it will be at one place of a step, as far as that
// is known.
func (m *maker) evaluate(step, place int, text string) (octostache.Result, error) {
	if !strings.Contains(text, "#{") {
		return octostache.Result{Text: text}, nil
	}
	return octostache.Evaluate(text, m.scope(step, place), m.options())
}

// scoped is the scope that was asked for last.
type scoped struct {
	step, place int
	variables   *octostache.Variables
}

// scope is what a step's texts can see at one of its places. The last one is
// kept: for the next target of a wide step it is mostly enough to put that
// one's values in place of the other's.
func (m *maker) scope(step, place int) *octostache.Variables {
	last := &m.scoped
	if last.variables != nil && last.step == step {
		if last.place == place {
			return last.variables
		}
		if targets := m.plan.Steps[step].Targets; last.place < len(targets) && place < len(targets) && sameKeys(targets[last.place].Variables, targets[place].Variables) {
			m.set(last.variables, step, targets[place].Variables)
			last.place = place
			return last.variables
		}
	}
	*last = scoped{step, place, m.newScope(step, place)}
	return last.variables
}

func sameKeys(a, b []Variable) bool {
	return slices.EqualFunc(a, b, func(x, y Variable) bool { return x.Name == y.Name })
}

// set gives variables their values, and to those of which the value is secret
// one that is known later, or none for mails and pages, which never show one.
func (m *maker) set(v *octostache.Variables, step int, all []Variable) {
	for _, x := range all {
		switch {
		case x.Secret == "":
			v.Set(x.Name, x.Value)
		case m.plan.Steps[step].Kind == OnHosts:
			v.SetLate(x.Name)
		}
	}
}

// newScope makes a scope of values known now, and names that will be known
// later.
func (m *maker) newScope(step, place int) *octostache.Variables {
	v := octostache.NewVariables()
	if m.readsProcess(step) {
		m.scopeProcess(v, step)
	}
	m.earlierOutputs(v, step)
	m.set(v, step, m.plan.At(step, place))
	m.ownOutputs(v, step)
	return v
}

// earlierOutputs names what the steps before set by themselves.
func (m *maker) earlierOutputs(v *octostache.Variables, step int) {
	for i, earlier := range m.wants[:step] {
		if earlier == nil {
			continue
		}
		for _, output := range earlier.Outputs {
			lateOutput(v, m.plan.Steps[i], output)
		}
	}
}

// ownOutputs names what a step's texts find on the host, and what the step sets
// by itself, under all of its names.
func (m *maker) ownOutputs(v *octostache.Variables, step int) {
	s := m.plan.Steps[step]
	if s.Kind != OnHosts {
		return // what a question leaves is for those behind it
	}
	onHost(v, s)
	for _, output := range m.wants[step].Outputs {
		v.SetLate(output)
		v.SetLate("Octopus.Action." + output)
		lateOutput(v, s, output)
		v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.Octopus.Action.%s", s.Name, output))
	}
}

// lateOutput names an output as other steps read it: of the machine that reads,
// and of each that sets it.
func lateOutput(v *octostache.Variables, s Step, output string) {
	v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.%s", s.Name, output))
	for _, t := range s.Targets {
		v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", s.Name, t.Name, output))
	}
}
