package variables

import (
	"slipway/pipelines"
)

// The weights of what a value may be scoped to, and of where it comes from.
const (
	rankPrompted    = 100_000_000
	rankStep        = 10_000_000
	rankWithin      = 5_000_000
	rankTarget      = 1_000_000
	rankStepRole    = 100_000
	rankTargetRole  = 10_000
	rankEnvironment = 100
	rankChannel     = 10
	rankProject     = 1
	rankSystem      = -1 // any value of a person is stronger
)

// Kind is a kind of scope, in words.
type Kind string

// The kinds of scope, and what else has a weight.
const (
	ByPrompt      Kind = "asked for at the deployment"
	ByStep        Kind = "step"
	ByWithin      Kind = "step that the child step belongs to"
	ByTarget      Kind = "target"
	ByStepRole    Kind = "role the step targets"
	ByTargetRole  Kind = "another role of the target"
	ByEnvironment Kind = "environment"
	ByChannel     Kind = "channel"
	ByProject     Kind = "the project's own"
)

// Weight is one reason why a value is as strong as it is.
type Weight struct {
	Kind   Kind   `json:"kind"`
	Name   string `json:"name,omitempty"` // what fitted
	Weight int    `json:"weight"`
}

// rank is the weight of a value at a place, or false where it does not fit.
func (d *Defined) rank(at *Place) (int, bool) {
	if d.System {
		return rankSystem, true
	}
	rank := d.base
	if d.plain {
		return rank, true
	}
	s := &d.Scope
	for _, kind := range [...]struct {
		names  []string
		name   string
		weight int
	}{
		{s.Environments, at.Environment, rankEnvironment}, {s.Channels, at.Channel, rankChannel},
		{s.Targets, at.Target, rankTarget},
	} {
		if len(kind.names) == 0 {
			continue
		}
		if kind.name == "" || !pipelines.HasName(kind.names, kind.name) {
			return 0, false
		}
		rank += kind.weight
	}
	if len(s.Steps) > 0 {
		_, weight := stepOf(s.Steps, at)
		if weight == 0 {
			return 0, false
		}
		rank += weight
	}
	if len(s.Roles) == 0 {
		return rank, true
	}
	_, weight := roleOf(s.Roles, at)
	return rank + weight, weight > 0
}

// stepOf finds the step by which a value fits a place: best the step itself,
// else the one that it is a child step of.
func stepOf(steps []string, at *Place) (step string, weight int) {
	switch {
	case at.Step != "" && pipelines.HasName(steps, at.Step):
		return at.Step, rankStep
	case at.Within != "" && pipelines.HasName(steps, at.Within):
		return at.Within, rankWithin
	}
	return "", 0
}

// roleOf finds the role by which a value fits a place: best one that the step
// targets, else any that the target has.
func roleOf(roles []string, at *Place) (role string, weight int) {
	for _, r := range roles {
		if !pipelines.HasName(at.TargetRoles, r) {
			continue
		}
		if pipelines.HasName(at.StepRoles, r) {
			return r, rankStepRole
		}
		if role == "" {
			role, weight = r, rankTargetRole
		}
	}
	return role, weight
}

// weights are the reasons for the rank of a value that fits, strongest first.
func (d *Defined) weights(at *Place) []Weight {
	var out []Weight
	add := func(kind Kind, name string, weight int) { out = append(out, Weight{kind, name, weight}) }
	s := d.Scope
	if d.Prompt != nil {
		add(ByPrompt, "", rankPrompted)
	}
	switch step, weight := stepOf(s.Steps, at); {
	case len(s.Steps) == 0:
	case weight == rankStep:
		add(ByStep, step, weight)
	default:
		add(ByWithin, step, weight)
	}
	if len(s.Targets) > 0 {
		add(ByTarget, at.Target, rankTarget)
	}
	switch role, weight := roleOf(s.Roles, at); {
	case len(s.Roles) == 0:
	case weight == rankStepRole:
		add(ByStepRole, role, weight)
	default:
		add(ByTargetRole, role, weight)
	}
	if len(s.Environments) > 0 {
		add(ByEnvironment, at.Environment, rankEnvironment)
	}
	if len(s.Channels) > 0 {
		add(ByChannel, at.Channel, rankChannel)
	}
	if d.Set == "" && !d.System {
		add(ByProject, "", rankProject)
	}
	return out
}
