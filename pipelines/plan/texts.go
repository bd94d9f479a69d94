package plan

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
)

// checkTexts proves that every text of every step can be resolved when its
// time comes, and keeps how it looks as far as it is known.
func (m *maker) checkTexts() {
	for i, want := range m.wants {
		if want == nil {
			continue
		}
		step := &m.plan.Steps[i]
		m.checkStep(step, *want, m.scope(i, 0))
		for place := 1; place < len(step.Targets); place++ {
			if differs(step.Targets[place], step.Targets[0]) || aboutMachine(*want) {
				m.checkStep(&Step{Name: step.Name}, *want, m.scope(i, place))
			}
		}
	}
}

// aboutMachine says whether a text may come out differently on each machine.
func aboutMachine(want Want) bool {
	return slices.ContainsFunc(want.Texts, func(t Shown) bool {
		return strings.Contains(pipelines.NameKey(t.Text), pipelines.NameKey("Octopus.Machine"))
	})
}

// differs says whether one of two targets has project values that the other
// has not: the machine's name and address alone cannot make a text
// unresolvable.
func differs(a, b Target) bool {
	return len(a.Variables) != len(b.Variables) || !slices.Equal(own(a), own(b))
}

// own are the target's variables behind those that say which machine it is.
func own(t Target) []Variable {
	for i, v := range t.Variables {
		if !strings.HasPrefix(v.Name, "Octopus.Machine.") {
			return t.Variables[i:]
		}
	}
	return nil
}

func (m *maker) checkStep(step *Step, want Want, scope *octostache.Variables) {
	for _, t := range want.Texts {
		result, err := octostache.Evaluate(t.Text, scope, m.options())
		if err != nil {
			m.block(step.Name, "step %q, %s: %s", step.Name, t.Path, err)
			continue
		}
		for _, token := range result.Unresolved {
			m.unresolved(step.Name, t.Path, token)
		}
		if result.Text != t.Text || len(result.Text) < 200 {
			step.Shown = append(step.Shown, Shown{Path: t.Path, Text: result.Text})
		}
	}
}

// unresolved is a finding, unless a script of an earlier step may still set it,
// or an earlier script of the same step: a step with a package has several.
func (m *maker) unresolved(step, path, token string) {
	name := strings.TrimPrefix(token, "#{")
	for i, s := range m.plan.Steps {
		own := pipelines.SameName(s.Name, step)
		if own && s.Package == nil {
			break
		}
		if s.Kind == OnHosts && m.wants[i] != nil && hasPrefixFold(name, "Octopus.Action["+s.Name+"].Output") {
			return
		}
		if own {
			break
		}
	}
	if m.plan.Step(step) >= 0 && m.plan.Steps[m.plan.Step(step)].Kind != OnHosts && m.isSecret(name) {
		m.block(step, "step %q, %s: %s is a secret, and secrets never go into mails or questions: leave it out", step, path, token)
		return
	}
	format := "step %q, %s: %s has no value here, and nothing will give it one: define the variable or correct its name"
	if m.in.Release.Project.AllowUnresolved {
		m.note(step, format, step, path, token)
		return
	}
	m.block(step, format, step, path, token)
}

// isSecret says whether an expression begins with the name of a secret variable.
func (m *maker) isSecret(expression string) bool {
	name, _, _ := strings.Cut(strings.TrimSuffix(expression, "}"), "|")
	return slices.ContainsFunc(m.in.Release.Project.Variables, func(v pipelines.Variable) bool {
		return v.Sensitive() && pipelines.SameName(v.Name, strings.TrimSpace(name))
	})
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// scope is what a step's texts can see: values known now, and names that will
// be known later.
func (m *maker) scope(step, place int) *octostache.Variables {
	v := octostache.NewVariables()
	for i, earlier := range m.wants[:step] {
		if earlier == nil {
			continue
		}
		name := m.plan.Steps[i].Name
		for _, output := range earlier.Outputs {
			v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.%s", name, output))
		}
	}
	for _, x := range m.plan.At(step, place) {
		if x.Secret != "" {
			if m.plan.Steps[step].Kind == OnHosts { // people's mails and pages never show one
				v.SetLate(x.Name)
			}
			continue
		}
		v.Set(x.Name, x.Value)
	}
	s := m.plan.Steps[step]
	for _, output := range m.wants[step].Outputs {
		v.SetLate(output)
		v.SetLate("Octopus.Action." + output)
		v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.%s", s.Name, output))
		v.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.Octopus.Action.%s", s.Name, output))
	}
	if s.Kind == Mail {
		m.lateStatuses(v, step)
	}
	return v
}

// lateStatuses names what a mail may say of the deployment itself: of the steps
// before it, since its own and later ones have no end to tell.
func (m *maker) lateStatuses(v *octostache.Variables, mail int) {
	for _, s := range m.plan.Steps[:mail] {
		for _, what := range []string{"Code", "Error", "ErrorDetail"} {
			v.SetLate(fmt.Sprintf("Octopus.Step[%s].Status.%s", s.Name, what))
		}
	}
	v.SetLate("Octopus.Deployment.Error")
	v.SetLate("Octopus.Deployment.ErrorDetail")
}
