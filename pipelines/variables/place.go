package variables

import "strings"

// Place is where values are asked for. Empty fields are not known there: a
// value scoped to a target, say, does not hold for a step without one.
type Place struct {
	Environment string   `json:"environment,omitempty"`
	Channel     string   `json:"channel,omitempty"`
	Step        string   `json:"step,omitempty"`
	Within      string   `json:"within,omitempty"`    // of a child step: the step it belongs to
	StepRoles   []string `json:"stepRoles,omitempty"` // roles the step targets
	Target      string   `json:"target,omitempty"`
	TargetRoles []string `json:"targetRoles,omitempty"`
}

// String names the place for people. The channel is told where it is all there
// is to tell: most projects have one.
func (p Place) String() string {
	var parts []string
	if p.Environment != "" {
		parts = append(parts, "environment "+p.Environment)
	}
	if p.Step != "" {
		parts = append(parts, "step "+p.Step)
	}
	if p.Target != "" {
		parts = append(parts, "target "+p.Target)
	}
	if len(parts) == 0 && p.Channel != "" {
		return "channel " + p.Channel
	}
	return strings.Join(parts, ", ")
}
