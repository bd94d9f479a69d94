package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// checkTexts proves that every text of every step can be resolved when its
// time comes, and keeps how it looks as far as it is known.
func (m *maker) checkTexts() {
	for i, want := range m.wants {
		if want == nil {
			continue
		}
		step := &m.plan.Steps[i]
		m.checkStep(step, i, 0)
		aboutMachine := len(step.Targets) > 1 && m.readsMachine(i, texts(want.Texts)...)
		for place := 1; place < len(step.Targets); place++ {
			if aboutMachine || differs(step.Targets[place], step.Targets[0]) {
				m.checkStep(&Step{Name: step.Name}, i, place)
			}
		}
	}
}

func texts(shown []Shown) []string {
	out := make([]string, len(shown))
	for i, s := range shown {
		out[i] = s.Text
	}
	return out
}

// differs says whether one of two targets has project values that the other
// has not: what says which machine it is cannot make a text unresolvable, but
// where a text reads it, which is looked at by itself.
func differs(a, b Target) bool { return !slices.Equal(own(a), own(b)) }

// own are the target's variables behind those of the system.
func own(t Target) []Variable {
	for i, v := range t.Variables {
		if !strings.HasPrefix(v.Name, "Octopus.Machine.") && v.Name != targetedRoles {
			return t.Variables[i:]
		}
	}
	return nil
}

// checkStep looks at the texts of a step as they are at one of its places.
func (m *maker) checkStep(step *Step, at, place int) {
	for _, t := range m.wants[at].Texts {
		result, err := m.evaluate(at, place, t.Text)
		if err != nil {
			m.block(step.Name, "step %q, %s%s: %s", step.Name, t.Path, m.cycleAt(at, place, t.Text, err), err)
			continue
		}
		for _, token := range result.Unresolved {
			m.unresolved(at, place, t, token)
		}
		if result.Text != t.Text || len(result.Text) < 200 {
			step.Shown = append(step.Shown, Shown{Path: t.Path, Text: result.Text})
		}
	}
}

// cycleAt is where a text begins to run in a circle; other errors say
// themselves where they are.
func (m *maker) cycleAt(step, place int, text string, err error) string {
	cycle, ok := errors.AsType[*octostache.CycleError](err)
	if !ok {
		return ""
	}
	found, ok := m.readings(step, place).find(text, func(r variables.Reference) bool { return pipelines.SameName(r.Name, cycle.Names[0]) })
	if !ok {
		return ""
	}
	return position(found)
}

// position is where in the text the way to something begins.
func position(f variables.Found) string {
	return fmt.Sprintf(", line %d, column %d", f.First.Line, f.First.Column)
}

// unresolved is a finding, unless something may still give the token a value.
func (m *maker) unresolved(at, place int, text Shown, token string) {
	step := m.plan.Steps[at]
	read := variables.References(token)
	filter, unknown := octostache.UnknownFilter(token, octostache.Options{})
	if !unknown && len(read) > 0 && m.later(at, read[0]) {
		return
	}
	where, via := "", ""
	if len(read) > 0 {
		r := m.readings(at, place)
		found, ok := r.find(text.Text, func(r variables.Reference) bool { return pipelines.SameName(r.Name, read[0].Name) })
		if ok {
			where = position(found)
		}
		if len(found.Via) > 0 {
			via = ", which " + strings.Join(found.Names(r.names), " → ") + " reads,"
		}
	}
	if unknown {
		m.find(!m.in.Release.Project.AllowUnresolved, step.Name,
			"step %q, %s%s: %s%s uses the filter %s, which does not exist: see docs/reference/expressions.md", step.Name, text.Path, where, token, via, filter)
		return
	}
	if step.Kind != OnHosts && len(read) > 0 && m.isSecret(at, -1, read[0]) {
		m.block(step.Name, "step %q, %s%s: %s%s is a secret, and secrets never go into mails or questions: leave it out", step.Name, text.Path, where, token, via)
		return
	}
	m.find(!m.in.Release.Project.AllowUnresolved, step.Name,
		"step %q, %s%s: %s%s has no value here, and nothing will give it one: define the variable or correct its name", step.Name, text.Path, where, token, via)
}

// later says whether a reference may get its value from what a script sets: one
// of an earlier step, or an earlier one of the same step, since a step with a
// package has several. What the environment of a process on the host holds is
// known there alone.
func (m *maker) later(at int, read variables.Reference) bool {
	if m.plan.Steps[at].Kind == OnHosts && strings.HasPrefix(pipelines.NameKey(read.Name), "env:") {
		return true
	}
	for i, s := range m.plan.Steps[:at+1] {
		if i == at && s.Package == nil {
			return false
		}
		if i == at && m.setsHere(at, read.Name) {
			return true
		}
		if s.Kind == OnHosts && m.wants[i] != nil && s.sets(read) {
			return true
		}
	}
	return false
}

// setsHere says whether a script of the step itself sets an output of that name:
// the later texts of the same step may use it as it is.
func (m *maker) setsHere(at int, name string) bool {
	return slices.ContainsFunc(m.wants[at].Texts, func(t Shown) bool {
		return strings.Contains(t.Text, "set_octopusvariable") && strings.Contains(t.Text, name)
	})
}

// sets says whether a reference reads an output that the step may set, which it
// does on its targets and on no other machine.
func (s Step) sets(read variables.Reference) bool {
	output := "Octopus.Action[" + s.Name + "].Output"
	if !read.Below(variables.PathOf(output + "[*]")) {
		return read.Below(variables.PathOf(output))
	}
	return slices.ContainsFunc(s.Targets, func(t Target) bool { return read.Below(variables.PathOf(output + "[" + t.Name + "]")) })
}

// isSecret says whether a reference reads a secret.
func (m *maker) isSecret(step, place int, read variables.Reference) bool {
	r := m.readings(step, place)
	return slices.ContainsFunc(r.lookup.Read(read), func(i int) bool { return r.all[i].Secret != "" })
}
