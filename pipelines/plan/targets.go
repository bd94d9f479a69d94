package plan

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// targets finds the targets of a step; of a child step, those of the step it
// belongs to that have its role.
func (m *maker) targets(out *Step, s source) {
	roles, within := s.AnyRoles(), ""
	if s.parent != nil {
		roles, within = s.parent.RolesOf(s.Step), fmt.Sprintf(" among those of step %q", s.parent.Name)
	}
	disabled := 0
	for _, t := range m.in.Targets {
		if !t.In(m.plan.Environment) || !t.HasRole(roles) || s.parent != nil && !t.HasRole(s.parent.AnyRoles()) {
			continue
		}
		if t.Disabled {
			disabled++
			continue
		}
		out.Targets = append(out.Targets, Target{ID: t.ID, Name: t.Name})
	}
	if s.parent == nil {
		out.Window, _ = s.WindowOf(len(out.Targets))
	}
	if len(out.Targets) > 0 {
		return
	}
	why := fmt.Sprintf("step %q finds no target with role %s in environment %s%s", s.Name, strings.Join(roles, " or "), m.plan.Environment, within)
	if disabled > 0 {
		why += fmt.Sprintf(" (%d disabled)", disabled)
	}
	if s.NoTargets == pipelines.NoTargetsSkip {
		out.Skip = "no target has its role here"
		m.note(s.Name, "%s: it will be skipped", why)
		return
	}
	m.block(s.Name, "%s: add one with `slipway target add`, or say `no-targets: skip`", why)
}
