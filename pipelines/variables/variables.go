// Package variables chooses the one value of each variable that holds for a
// place (environment, target, step), and says why it won.
//
// It evaluates no `#{…}`: what it hands on are the texts as written. The
// weights are Octopus's: a stronger kind of scope beats any number of weaker
// ones, and how many names a scope lists does not matter. Where Octopus leaves
// a tie undefined, we refuse it and name both values.
package variables

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// Place is where values are asked for. Empty fields are not known there: a
// value scoped to a target, say, does not hold for a step without one.
type Place struct {
	Environment string
	Step        string
	StepRoles   []string // roles the step targets
	Target      string
	TargetRoles []string
}

// Choice is a variable's value at a place, and the others that would have
// fitted.
type Choice struct {
	Winner pipelines.Variable
	Rank   int
	Losers []pipelines.Variable
}

const (
	rankStep        = 10_000_000
	rankTarget      = 1_000_000
	rankStepRole    = 100_000
	rankTargetRole  = 10_000
	rankEnvironment = 100
	rankProject     = 1
)

// Choose gives one choice for each name that has a value at the place, in the
// order in which names were first defined. A tie between different texts is a
// problem; the first one defined then stands in the result.
func Choose(all []pipelines.Variable, at Place) ([]Choice, []pipelines.Problem) {
	var out []Choice
	var found []pipelines.Problem
	position := map[string]int{}
	tied := map[string]pipelines.Variable{}
	for _, v := range all {
		key := pipelines.NameKey(v.Name)
		rank, ok := rankOf(v.Scope, at)
		if !ok {
			continue
		}
		i, seen := position[key]
		switch {
		case !seen:
			position[key] = len(out)
			out = append(out, Choice{Winner: v, Rank: rank})
		case rank > out[i].Rank:
			delete(tied, key)
			out[i] = Choice{Winner: v, Rank: rank, Losers: append(out[i].Losers, out[i].Winner)}
		default:
			if rank == out[i].Rank && !v.SameValue(out[i].Winner) {
				tied[key] = v
			}
			out[i].Losers = append(out[i].Losers, v)
		}
	}
	for _, c := range out {
		if other, ok := tied[pipelines.NameKey(c.Winner.Name)]; ok {
			found = append(found, tie(c.Winner, other, at))
		}
	}
	return out, found
}

func tie(a, b pipelines.Variable, at Place) pipelines.Problem {
	return pipelines.Problem{
		Path: "variables." + pipelines.NameKey(a.Name),
		Message: fmt.Sprintf("variable %q has two values that fit %s equally well: %s and %s; narrow the scope of one, or remove it",
			a.Name, at, describe(a), describe(b)),
	}
}

// describe shows a value with its scope, and of a secret only its name.
func describe(v pipelines.Variable) string {
	value := fmt.Sprintf("%q", v.Value)
	switch {
	case v.Secret != "":
		value = "the secret " + v.Secret
	case v.Parameter != "":
		value = "the parameter " + v.Parameter
	case v.SecretsManager != "":
		value = "the secret " + v.SecretsManager + " of Secrets Manager"
	}
	return value + " (" + scope(v.Scope) + ")"
}

func scope(s pipelines.Scope) string {
	var parts []string
	for _, kind := range []struct {
		name  string
		names []string
	}{{"environments", s.Environments}, {"roles", s.Roles}, {"targets", s.Targets}, {"steps", s.Steps}} {
		if len(kind.names) > 0 {
			parts = append(parts, kind.name+": "+strings.Join(kind.names, ", "))
		}
	}
	if len(parts) == 0 {
		return "unscoped"
	}
	return strings.Join(parts, "; ")
}

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
	return strings.Join(parts, ", ")
}

// rankOf is the weight of a scope at the place, or false where it does not fit.
func rankOf(s pipelines.Scope, at Place) (int, bool) {
	rank := rankProject
	ok := true
	one := func(names []string, name string, weight int) {
		if len(names) == 0 {
			return
		}
		rank += weight
		ok = ok && name != "" && pipelines.HasName(names, name)
	}
	one(s.Environments, at.Environment, rankEnvironment)
	one(s.Targets, at.Target, rankTarget)
	one(s.Steps, at.Step, rankStep)
	if len(s.Roles) == 0 {
		return rank, ok
	}
	switch {
	case overlap(s.Roles, at.StepRoles, at.TargetRoles):
		rank += rankStepRole
	case overlap(s.Roles, at.TargetRoles, at.TargetRoles):
		rank += rankTargetRole
	default:
		ok = false
	}
	return rank, ok
}

// overlap: some name stands in all three lists.
func overlap(a, b, c []string) bool {
	for _, n := range a {
		if pipelines.HasName(b, n) && pipelines.HasName(c, n) {
			return true
		}
	}
	return false
}
