package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// spot is a place that was asked for, found.
type spot struct {
	place       variables.Place
	environment pipelines.Environment // zero: not asked for
	targets     []pipelines.Target    // all that may be seen

	environments []string // that can be asked for
}

func (s spot) asked() Asked {
	return Asked{Environment: s.place.Environment, Channel: s.place.Channel, Step: s.place.Step, Target: s.place.Target}
}

// spot finds what was asked for. The only channel of a project is known
// wherever anything is.
func (v *Views) spot(ctx context.Context, p pipelines.Principal, project pipelines.Project, at Asked) (spot, error) {
	var out spot
	environments, err := v.Environments(ctx, p)
	if err != nil {
		return out, err
	}
	if out.targets, err = v.Targets(ctx, p); err != nil {
		return out, err
	}
	environments = slices.DeleteFunc(environments, func(e pipelines.Environment) bool { return !variables.SeesAt(p, project.Name, e.Name) })
	out.environments = names(environments, func(e pipelines.Environment) string { return e.Name })
	if at.Environment != "" {
		e, ok := find(environments, at.Environment, func(e pipelines.Environment) (string, string) { return e.ID, e.Name })
		if !ok {
			return out, missing("environment", at.Environment, out.environments)
		}
		out.environment, out.place.Environment = e, e.Name
	}
	if at.Target != "" {
		t, ok := find(out.targets, at.Target, func(t pipelines.Target) (string, string) { return t.ID, t.Name })
		if !ok {
			return out, missing("target", at.Target, names(out.targets, func(t pipelines.Target) string { return t.Name }))
		}
		out.place.Target, out.place.TargetRoles = t.Name, t.Roles
	}
	if at.Step != "" {
		s, ok := find(project.Steps, at.Step, func(s pipelines.Step) (string, string) { return s.Name, s.Name })
		if !ok {
			return out, missing("step", at.Step, names(project.Steps, func(s pipelines.Step) string { return s.Name }))
		}
		out.place.Step, out.place.StepRoles = s.Name, s.Roles
	}
	channels := project.AllChannels()
	switch {
	case at.Channel != "":
		c, ok := find(channels, at.Channel, func(c pipelines.Channel) (string, string) { return c.Name, c.Name })
		if !ok {
			return out, missing("channel", at.Channel, names(channels, func(c pipelines.Channel) string { return c.Name }))
		}
		out.place.Channel = c.Name
	case len(channels) == 1 && at != Asked{}:
		out.place.Channel = channels[0].Name
	}
	return out, nil
}

func find[T any](all []T, asked string, of func(T) (id, name string)) (T, bool) {
	for _, x := range all {
		if id, name := of(x); id == asked || pipelines.SameName(name, asked) {
			return x, true
		}
	}
	var none T
	return none, false
}

func names[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = name(x)
	}
	return out
}

// missing says what there is instead, as far as a sentence holds it.
func missing(kind, asked string, there []string) error {
	const most = 20
	list := strings.Join(there[:min(len(there), most)], ", ")
	switch {
	case len(there) == 0:
		list = "none"
	case len(there) > most:
		list += fmt.Sprintf(" and %d more", len(there)-most)
	}
	return pipelines.Refuse(pipelines.NotFound, "there is no %s %q; there is: %s", kind, asked, list)
}
