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
	if pipelines.HasName(m.in.Deployment.Skip, s.Name) && requires(s.Step) == "" {
		return "left out by " + m.in.CreatedBy.Called()
	}
	return ""
}

// checkLeftOut judges which steps whoever deploys leaves out.
func (m *maker) checkLeftOut() {
	for _, name := range m.in.Deployment.Skip {
		s, ok := m.in.Release.Project.StepNamed(name)
		switch required := requires(s); {
		case !ok:
			m.block("", "there is no step %q to leave out; release %s has %s", name, m.plan.Release, strings.Join(m.names(), ", "))
		case required == s.Name:
			m.block(s.Name, "step %q is required and cannot be left out: deploy with it", s.Name)
		case required != "":
			m.block(s.Name, "step %q cannot be left out, since its child step %q is required: deploy with it", s.Name, required)
		}
	}
}

// requires is the name of the step, or of the child step, that is required; "" if
// none is.
func requires(s pipelines.Step) string {
	if s.Required {
		return s.Name
	}
	for _, child := range s.Steps {
		if child.Required {
			return child.Name
		}
	}
	return ""
}

func (m *maker) names() []string {
	var out []string
	for _, s := range m.in.Release.Project.AllSteps() {
		out = append(out, fmt.Sprintf("%q", s.Name))
	}
	return out
}
