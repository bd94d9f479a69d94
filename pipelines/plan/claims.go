package plan

import (
	"slices"

	"slipway/pipelines"
)

func (m *maker) checkClaims() {
	for i, want := range m.wants {
		if want == nil {
			continue
		}
		for _, c := range want.Claims {
			for _, claim := range m.claimsOf(i, c) {
				m.clash(claim)
				m.plan.Claims = append(m.plan.Claims, claim)
			}
		}
	}
}

// claimsOf evaluates one claim for every target of a step, and puts targets with
// the same value together. What is only known on the host is claimed nowhere.
func (m *maker) claimsOf(step int, c pipelines.Claim) []pipelines.Claim {
	var out []pipelines.Claim
	targets := m.plan.Steps[step].Targets
	first, firstKnown := m.claimValue(step, 0, c.Value)
	aboutMachine := len(targets) > 1 && m.readsMachine(step, c.Value)
	for place, t := range targets {
		value, known := first, firstKnown
		if place > 0 && (aboutMachine || differs(t, targets[0])) {
			value, known = m.claimValue(step, place, c.Value)
		}
		if !known {
			continue
		}
		at := slices.IndexFunc(out, func(o pipelines.Claim) bool { return o.Value == value })
		if at < 0 {
			at = len(out)
			out = append(out, pipelines.Claim{Kind: c.Kind, Value: value, Step: m.plan.Steps[step].Name})
		}
		out[at].Targets = append(out[at].Targets, t.ID)
	}
	return out
}

func (m *maker) claimValue(step, place int, text string) (string, bool) {
	result, err := m.evaluate(step, place, text)
	return result.Text, err == nil && len(result.Late) == 0 && len(result.Unresolved) == 0
}

func (m *maker) clash(claim pipelines.Claim) {
	holder, target, clash := claim.Clash(m.plan.ProjectID, m.plan.EnvironmentID, m.in.Holders)
	if clash {
		m.block(claim.Step, "%s %s on target %s is held by %s/%s: give one of them another value", claim.Kind, claim.Value, m.targetName(target), holder.Project, holder.Environment)
	}
	for _, other := range m.plan.Claims {
		if other.Kind == claim.Kind && other.Value == claim.Value && other.Step != claim.Step && anyCommon(other.Targets, claim.Targets) {
			m.block(claim.Step, "%s %s is claimed by the steps %q and %q: give one of them another value", claim.Kind, claim.Value, other.Step, claim.Step)
		}
	}
}

func (m *maker) targetName(id string) string {
	for _, t := range m.in.Targets {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

func anyCommon(a, b []string) bool {
	for _, n := range a {
		if pipelines.HasName(b, n) {
			return true
		}
	}
	return false
}
