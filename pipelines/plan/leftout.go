package plan

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// leftOut says why a step takes no part whatever its targets: "" if it does.
func (m *maker) leftOut(s source) string {
	if runs, why := s.Runs(m.plan.Environment, m.channel); !runs {
		return why
	}
	if pipelines.HasName(m.in.Deployment.Skip, s.Name) && s.Requires(m.in.Types.Asks) == "" {
		return "left out by " + m.in.CreatedBy.Called()
	}
	return ""
}

// checkLeftOut judges which steps whoever deploys leaves out.
func (m *maker) checkLeftOut() {
	for _, name := range m.in.Deployment.Skip {
		s, ok := m.in.Release.Project.StepNamed(name)
		if !ok {
			m.block("", "there is no step %q to leave out; release %s has %s", name, m.plan.Release, strings.Join(m.names(), ", "))
			continue
		}
		if why := s.Requires(m.in.Types.Asks); why != "" {
			m.block(s.Name, "%s: deploy with it", why)
		}
	}
}

// Asks says whether the step is a sign-off.
func (t Types) Asks(s pipelines.Step) bool {
	kind, known := t[s.Action.Type]
	if !known {
		return false
	}
	want, err := kind.Want(Context{Step: s.Name}, s.Action.Settings)
	return err == nil && want.Kind == Ask
}

func (m *maker) names() []string {
	var out []string
	for _, s := range m.in.Release.Project.AllSteps() {
		out = append(out, fmt.Sprintf("%q", s.Name))
	}
	return out
}
