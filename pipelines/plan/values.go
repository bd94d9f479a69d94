package plan

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// variables fills Plan.Variables: the system's, then the project's values for
// the environment.
func (m *maker) variables() {
	m.plan.Variables = m.systemVariables()
	m.system = len(m.plan.Variables)
	choices, ties := m.values.Choose(m.place())
	for _, v := range m.chosen(choices, ties, "") {
		m.plan.Variables = append(m.plan.Variables, v)
		if strings.HasPrefix(pipelines.NameKey(v.Name), "octopus.") {
			m.own = append(m.own, v.Name)
		}
	}
}

// place is where the whole deployment stands.
func (m *maker) place() variables.Place {
	return variables.Place{Environment: m.plan.Environment, Channel: m.channel}
}

// chosen turns choices into the plan's variables, but for those that one of the
// bases, of which the later ones count, gives already.
func (m *maker) chosen(choices []variables.Choice, ties []pipelines.Problem, step string, bases ...[]Variable) []Variable {
	for _, t := range ties {
		if !m.tied[t.Path] {
			m.block(step, "%s", t.Message)
		}
		m.tied[t.Path] = true
	}
	var out []Variable
	for _, c := range choices {
		v := Variable{Name: c.Winner.Name, Value: string(c.Winner.Value)}
		switch {
		case c.Winner.Secret != "":
			v.Value, v.Secret = "", m.secret(c.Winner.Secret)
		case c.Winner.Source() != "":
			v.Value, v.Secret = "", m.source(c.Winner.Variable)
		}
		if !holds(bases, v) {
			out = append(out, v)
		}
	}
	return out
}

// holds says whether the bases give v as it is: the last of a name wins.
func holds(bases [][]Variable, v Variable) bool {
	for _, base := range slices.Backward(bases) {
		for _, b := range slices.Backward(base) {
			if pipelines.SameName(b.Name, v.Name) {
				return b == v
			}
		}
	}
	return false
}

// secret pins the version of a secret that this deployment uses.
func (m *maker) secret(name string) string {
	version, ok := m.in.SecretVersion(name)
	if !ok {
		m.block("", "there is no secret %q: set it with `slipway secret set %q`", name, name)
	}
	return fmt.Sprintf("%s@%d", name, version)
}

// source is the reference to a value that the team keeps in AWS. Which of its
// versions is used is settled when the task begins.
func (m *maker) source(v pipelines.Variable) string {
	if !m.in.Sources {
		lies, name := "Parameter Store", v.Parameter
		if name == "" {
			lies, name = "Secrets Manager", v.SecretsManager
		}
		m.block("", "variable %q is %s in %s, and this server does not run on AWS: give it a secret of this server for %s (`secret:`), or deploy there from a server on AWS", v.Name, name, lies, m.plan.Environment)
	}
	return v.Source()
}

// stepVariables fills in what holds for one step beside the plan's variables,
// and what holds only for each of its targets.
func (m *maker) stepVariables(s source, step *Step, at int) {
	step.Variables = m.narrowVariables(s, *step, at)
	place := m.placeOf(s)
	for i := range step.Targets {
		t := m.targetByID[step.Targets[i].ID]
		step.Targets[i].Variables = m.notOwn(targetSystem(*t, place.StepRoles))
		place.Target, place.TargetRoles = t.Name, t.Roles
		choices, ties := m.values.ChooseNarrow(place)
		step.Targets[i].Variables = append(step.Targets[i].Variables, m.chosen(choices, ties, s.Name, m.plan.Variables, step.Variables)...)
	}
}

// narrowVariables are those of the step wherever it runs.
func (m *maker) narrowVariables(s source, step Step, at int) []Variable {
	out := m.notOwn(m.stepSystem(s, step, at))
	choices, ties := m.values.ChooseNarrow(m.placeOf(s))
	return append(out, m.chosen(choices, ties, s.Name, m.plan.Variables)...)
}

// placeOf is where a step stands.
func (m *maker) placeOf(s source) variables.Place {
	place := m.place()
	place.Step, place.StepRoles = s.Name, s.Roles
	if s.parent != nil {
		place.Within, place.StepRoles = s.parent.Name, s.parent.RolesOf(s.Step)
	}
	return place
}

// notOwn leaves out what the project defines itself for the whole deployment: a
// value of a person beats the system's, also where the system's comes later.
func (m *maker) notOwn(system []Variable) []Variable {
	return slices.DeleteFunc(system, func(v Variable) bool {
		return slices.ContainsFunc(m.own, func(name string) bool { return pipelines.SameName(name, v.Name) })
	})
}

// At are the variables of one task in definition order, later ones winning:
// the plan's, the step's, the target's (place < 0: no target). What it does not
// have are those that tell of the other steps: Process.
func (p *Plan) At(step, place int) []Variable {
	return slices.Concat(p.Scopes(step, place)...)
}

// Scopes are the same variables list by list, as they stand in the plan.
func (p *Plan) Scopes(step, place int) [][]Variable {
	s := &p.Steps[step]
	if place >= 0 && place < len(s.Targets) {
		return [][]Variable{p.Variables, s.Variables, s.Targets[place].Variables}
	}
	return [][]Variable{p.Variables, s.Variables}
}
