package pipelines

import (
	"fmt"
	"strconv"
	"strings"
)

// checkRolling finds what is wrong with a step that has child steps.
func (s Step) checkRolling() []Problem {
	var found []Problem
	if s.Action.Type != "" {
		found = append(found, Problem{Path: s.Action.Type, Message: "step " + quote(s.Name) + " has child steps and does nothing itself: make `" + s.Action.Type + "` one of its `steps`"})
	}
	if len(s.AnyRoles()) == 0 {
		found = append(found, Problem{Path: "", Message: "step " + quote(s.Name) + " and its child steps name no role: say `roles: [web]`, with the role its targets have"})
	}
	for _, of := range []struct {
		key string
		set bool
	}{{"retries", s.Retries != 0}, {"timeout", s.Timeout != 0}} {
		if of.set {
			found = append(found, Problem{Path: of.key, Message: "what is tried are the child steps of " + quote(s.Name) + ": say `" + of.key + "` at each of them"})
		}
	}
	return found
}

// checkChild finds what a child step may not have.
func (s Step) checkChild() []Problem {
	var found []Problem
	for _, of := range []struct {
		key, why string
		set      bool
	}{
		{"needs", "they run in the order in which they stand", s.Needs != nil},
		{"start", "they run in the order in which they stand", s.Start != ""},
		{"window", "how many targets at a time is said at the step they belong to", s.Window != ""},
		{"steps", "child steps have none of their own", len(s.Steps) > 0},
	} {
		if of.set {
			found = append(found, Problem{Path: of.key, Message: fmt.Sprintf("child steps have no `%s`: %s; remove it from step %q", of.key, of.why, s.Name)})
		}
	}
	return found
}

// AnyRoles are the roles of the step; of one with child steps that names none,
// those of its child steps.
func (s Step) AnyRoles() []string {
	if len(s.Roles) > 0 {
		return s.Roles
	}
	var out []string
	for _, child := range s.Steps {
		for _, r := range child.Roles {
			if !HasName(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// RolesOf are the roles to which one of the step's child steps goes: its own, or
// those of the step.
func (s Step) RolesOf(child Step) []string {
	if len(child.Roles) > 0 {
		return child.Roles
	}
	return s.AnyRoles()
}

// defaultWindow is how many targets a step works on at a time when it does not
// say: Octopus's number.
const defaultWindow = 10

// WindowOf says how many of n targets the step works on at a time, at least 1.
func (s Step) WindowOf(n int) (int, error) {
	if s.Window == "" {
		return defaultWindow, nil
	}
	text, percent := strings.CutSuffix(s.Window, "%")
	v, err := strconv.Atoi(text)
	switch {
	case err == nil && v == 0:
		return 0, fmt.Errorf("with a window of %q no target would ever begin: a window is a number of targets, like 3, or a part of them, like 20%%", s.Window)
	case err != nil || v < 0 || percent && v > 100:
		return 0, fmt.Errorf("a window is a number of targets, like 3, or a part of them, like 20%%; got %q", s.Window)
	case percent:
		v = max(1, n*v/100)
	}
	return v, nil
}
