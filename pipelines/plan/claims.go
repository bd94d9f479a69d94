package plan

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
)

func (m *maker) checkClaims() {
	for i, want := range m.wants {
		if want == nil {
			continue
		}
		for _, c := range want.Claims {
			for _, claim := range m.claimsOf(i, c) {
				claim.Allowed = pipelines.HasName(m.sources[i].Allow, claim.Kind)
				m.plan.Claims = append(m.plan.Claims, m.clash(claim))
			}
		}
	}
}

// claimsOf evaluates one claim for every target of a step, and puts targets with
// the same value together. What is only known on the host is claimed nowhere.
func (m *maker) claimsOf(step int, c pipelines.Claim) []pipelines.Claim {
	var out []pipelines.Claim
	targets := m.plan.Steps[step].Targets
	first, firstClaimed := m.claimValue(step, 0, c)
	aboutMachine := len(targets) > 1 && m.readsMachine(step, c.Value, c.When)
	for place, t := range targets {
		value, claimed := first, firstClaimed
		if place > 0 && (aboutMachine || differs(t, targets[0])) {
			value, claimed = m.claimValue(step, place, c)
		}
		if !claimed || m.claimed(step, c.Kind, value, t.ID) {
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

// claimed says whether the step claims the same at a target already: written
// otherwise, two texts may come to one value.
func (m *maker) claimed(step int, kind, value, target string) bool {
	return slices.ContainsFunc(m.plan.Claims, func(c pipelines.Claim) bool {
		return c.Step == m.plan.Steps[step].Name && c.Same(pipelines.Claim{Kind: kind, Value: value}) && slices.Contains(c.Targets, target)
	})
}

// claimValue is what is claimed at one place of a step, if that is known. Whether it
// is may be known later: then it is.
func (m *maker) claimValue(step, place int, c pipelines.Claim) (string, bool) {
	if when, known := m.knownText(step, place, c.When); known && strings.EqualFold(strings.TrimSpace(when), "false") {
		return "", false
	}
	value, known := m.knownText(step, place, c.Value)
	c.Value = value
	return c.Canonical(), known
}

func (m *maker) knownText(step, place int, text string) (string, bool) {
	result, err := m.evaluate(step, place, text)
	return result.Text, err == nil && len(result.Late) == 0 && len(result.Unresolved) == 0
}

// clash finds who else has what is claimed, and gives the claim back with that.
func (m *maker) clash(claim pipelines.Claim) pipelines.Claim {
	if holder, target, clash := claim.Clash(m.plan.ProjectID, m.plan.EnvironmentID, m.in.Holders); clash {
		claim.Holder = holder.Project + "/" + holder.Environment
		m.taken(claim, fmt.Sprintf("%s %s on target %s is held by %s", claim.Kind, claim.Value, m.targetName(target), claim.Holder))
	}
	for _, other := range m.plan.Claims {
		if other.Same(claim) && other.Step != claim.Step && anyCommon(other.Targets, claim.Targets) {
			claim.Holder = "step " + other.Step
			m.taken(claim, fmt.Sprintf("%s %s is claimed by the steps %q and %q", claim.Kind, claim.Value, other.Step, claim.Step))
		}
	}
	return claim
}

// taken finds that somebody else has what a step claims. It stops the deployment
// unless the step allows it.
func (m *maker) taken(claim pipelines.Claim, what string) {
	if claim.Allowed {
		m.put(Finding{Step: claim.Step, Message: what + ", and the step allows that: it takes it over", Allowed: true})
		return
	}
	m.block(claim.Step, "%s: give one of them another value, or say `allow: [%s]` on the step to take it over knowingly", what, claim.Kind)
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
