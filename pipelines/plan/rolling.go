package plan

// rolling makes a step that has child steps: it has their targets and the
// window, and no tasks of its own.
func (m *maker) rolling(s source, out Step, at int) Step {
	out.Kind, out.Children = Rolling, len(s.Steps)
	if out.Skip = m.leftOut(s); out.Skip != "" {
		return out
	}
	if m.targets(&out, s); out.Skip != "" {
		return out
	}
	out.Variables = m.narrowVariables(s, out, at)
	return out
}

// join puts a child step into the step it belongs to; false: it takes no part.
func (m *maker) join(out *Step, s source) bool {
	parent := m.plan.Steps[out.Within-1]
	switch {
	case out.Kind != OnHosts:
		m.block(s.Name, "step %q runs on no target, so it cannot be a child step of %q: make it a step of its own", s.Name, parent.Name)
		out.Kind, out.Question, out.Message = OnHosts, nil, nil
		out.Skip = "it runs on no target"
	case parent.Skip != "":
		out.Skip = "step " + parent.Name + " takes no part: " + parent.Skip
	case len(parent.Targets) == 0:
		out.Skip = "step " + parent.Name + " has no target" // a finding already
	}
	return out.Skip == ""
}

// lastRolling is the rolling step that was made last.
func (m *maker) lastRolling() int {
	at := len(m.plan.Steps) - 1
	for m.plan.Steps[at].Kind != Rolling {
		at--
	}
	return at
}

// closeRolling leaves a rolling step out if none of its child steps takes part.
func (m *maker) closeRolling(at int) {
	s := &m.plan.Steps[at]
	if s.Kind != Rolling || s.Skip != "" || len(s.Targets) == 0 {
		return
	}
	for _, child := range m.plan.Steps[at+1 : at+1+s.Children] {
		if child.Skip == "" {
			return
		}
	}
	s.Skip = "none of its child steps runs here"
}

// settleBlocks says which questions keep the deployment's place, where no person
// has said it: those before the first change on a host do.
func (m *maker) settleBlocks() {
	for i := range m.plan.Steps {
		s := &m.plan.Steps[i]
		if s.Question == nil {
			continue
		}
		question := *s.Question
		question.Blocks = !m.changedBefore(i)
		if want := m.wants[i]; want != nil && want.Blocks != nil {
			question.Blocks = *want.Blocks
		}
		s.Question = &question
	}
}

// changedBefore says whether a step on hosts takes part that ends before this
// one begins.
func (m *maker) changedBefore(step int) bool {
	for before := range m.before(step) {
		if s := m.plan.Steps[before]; s.Skip == "" && (s.Kind == OnHosts || s.Kind == Rolling) {
			return true
		}
	}
	return false
}
