package plan

import (
	"slipway/pipelines"
	"slipway/pipelines/conditions"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// Explain explains every variable as it is in the deployment that the input
// describes: for all of it, for a step, or for a step on one of its targets (""
// leaves them out). The system's values are among them, and the winners' texts
// are evaluated as far as they are known. A secret shows where it lies, and in
// what reads it as known on the host.
func Explain(in Input, step, target string) ([]variables.Explanation, error) {
	m := newMaker(in)
	m.make()
	at, place, err := m.seek(step, target)
	if err != nil {
		return nil, err
	}
	system := m.plan.Variables[:m.system]
	where := m.place()
	scope := octostache.NewVariables()
	switch {
	case at < 0:
		for _, x := range m.plan.Variables {
			m.show(scope, x)
		}
	default:
		s := m.sources[at]
		where = m.placeOf(s)
		system = append(system[:len(system):len(system)], m.stepSystem(s, m.plan.Steps[at], at)...)
		if place >= 0 {
			t := m.targetByID[m.plan.Steps[at].Targets[place].ID]
			where.Target, where.TargetRoles = t.Name, t.Roles
			system = append(system, targetSystem(*t, where.StepRoles)...)
		}
		m.scopeProcess(scope, at)
		m.earlierOutputs(scope, at)
		for _, x := range m.plan.At(at, place) {
			m.show(scope, x)
		}
		if m.wants[at] != nil {
			m.ownOutputs(scope, at)
		}
	}
	out := m.values.WithSystem(asVariables(system)).Explain(where)
	for i := range out {
		if w := out[i].Winner; w != nil && !w.Secret {
			out[i].Evaluated = w.Value
			if result, err := octostache.Evaluate(w.Value, scope, m.options()); err == nil {
				out[i].Evaluated = result.Text
			} else {
				out[i].Evaluated = err.Error()
			}
		}
	}
	return out, nil
}

// show sets a variable for people: a secret is known elsewhere.
func (m *maker) show(v *octostache.Variables, x Variable) {
	if x.Secret != "" {
		v.SetLate(x.Name)
		return
	}
	v.Set(x.Name, x.Value)
}

// seek finds a step and the place of a target within it; -1 where none is asked
// for.
func (m *maker) seek(step, target string) (at, place int, err error) {
	if step == "" && target == "" {
		return -1, -1, nil
	}
	if step == "" {
		return 0, 0, pipelines.Refuse(pipelines.Invalid, "which value holds on a target depends on the step: name one")
	}
	if at = m.plan.Step(step); at < 0 {
		return 0, 0, pipelines.Refuse(pipelines.NotFound, "release %s has no step %q", m.plan.Release, step)
	}
	if target == "" {
		return at, -1, nil
	}
	for place, t := range m.plan.Steps[at].Targets {
		if pipelines.SameName(t.Name, target) {
			return at, place, nil
		}
	}
	return 0, 0, pipelines.Refuse(pipelines.NotFound, "step %q does not go to a target %q in %s", step, target, m.plan.Environment)
}

func asVariables(all []Variable) []pipelines.Variable {
	out := make([]pipelines.Variable, len(all))
	for i, v := range all {
		out[i] = pipelines.Variable{Name: v.Name, Value: pipelines.Text(v.Value)}
	}
	return out
}

// TextsOf gives the texts of a step's settings in which variables may be read,
// for variables.World.
func TextsOf(types Types, project string) func(pipelines.Step, string) []variables.Text {
	return func(s pipelines.Step, environment string) []variables.Text {
		out := conditionTexts(s)
		kind, ok := types[s.Action.Type]
		if !ok {
			return out
		}
		want, err := kind.Want(Context{Project: project, Environment: environment, Step: s.Name}, s.Action.Settings)
		if err != nil {
			return out
		}
		for _, t := range want.Texts {
			out = append(out, variables.Text{Path: t.Path, Text: t.Text})
		}
		return out
	}
}

// conditionTexts are what a step's condition reads.
func conditionTexts(s pipelines.Step) []variables.Text {
	var out []variables.Text
	if s.Run.IsText() {
		out = append(out, variables.Text{Path: "run", Text: string(s.Run)})
	}
	for _, name := range conditions.Variables(s.If) {
		out = append(out, variables.Text{Path: "if", Text: "#{" + name + "}"})
	}
	return out
}
