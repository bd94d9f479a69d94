package textform

import (
	"strings"

	"slipway/pipelines"
)

// Change is one difference between what is configured and what was written.
type Change struct {
	Do    string   `json:"do"`   // "add", "change"
	Kind  string   `json:"kind"` // "environment", "project", …
	Name  string   `json:"name"`
	Lines []string `json:"lines,omitempty"` // "- port: 8081", "+ port: 8082"
	Taken string   `json:"taken,omitempty"` // from which owner it is taken over
}

// The words of Change.Do.
const (
	Add    = "add"
	Modify = "change"
)

// Compare says what must happen to what is configured now so that it becomes
// what is wanted. Nouns that wanted does not name are left alone. A noun is
// compared by its canonical text; the lines are those that go (`- `) and come
// (`+ `), with the lines they stand below.
func Compare(now, wanted Nouns, types StepTypes) []Change {
	var out []Change
	out = append(out, compare("environment", now.Environments, wanted.Environments, func(n pipelines.Environment) string { return n.Name }, types)...)
	out = append(out, compare("lifecycle", now.Lifecycles, wanted.Lifecycles, func(n pipelines.Lifecycle) string { return n.Name }, types)...)
	out = append(out, compare("user", now.Users, wanted.Users, func(n pipelines.User) string { return n.Username }, types)...)
	out = append(out, compare("user-role", now.UserRoles, wanted.UserRoles, func(n pipelines.UserRole) string { return n.Name }, types)...)
	out = append(out, compare("team", now.Teams, wanted.Teams, func(n pipelines.Team) string { return n.Name }, types)...)
	out = append(out, compare("target", now.Targets, wanted.Targets, func(n pipelines.Target) string { return n.Name }, types)...)
	out = append(out, compare("feed", now.Feeds, wanted.Feeds, func(n pipelines.Feed) string { return n.Name }, types)...)
	out = append(out, compare("variable-set", now.VariableSets, wanted.VariableSets, func(n pipelines.VariableSet) string { return n.Name }, types)...)
	out = append(out, compare("project", now.Projects, wanted.Projects, func(n pipelines.Project) string { return n.Name }, types)...)
	return out
}

func compare[T any](kind string, now, wanted []T, name func(T) string, types StepTypes) []Change {
	before := map[string][]string{}
	for _, n := range now {
		before[pipelines.NameKey(name(n))] = lines(printNoun(n, types))
	}
	var out []Change
	for _, n := range wanted {
		after := lines(printNoun(n, types))
		old, ok := before[pipelines.NameKey(name(n))]
		do := Modify
		if !ok {
			do = Add
		}
		if changed := diff(old, after); len(changed) > 0 {
			out = append(out, Change{Do: do, Kind: kind, Name: name(n), Lines: changed})
		}
	}
	return out
}

func lines(b []byte) []string { return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") }
