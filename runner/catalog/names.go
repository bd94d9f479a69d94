package catalog

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// checkNames finds nouns of one kind that share a name, and projects or
// environments whose names differ but would share a folder on a host.
func checkNames(wanted, all textform.Nouns) []pipelines.Problem {
	var found []pipelines.Problem
	found = append(found, twice(environments, wanted.Environments)...)
	found = append(found, twice(lifecycles, wanted.Lifecycles)...)
	found = append(found, twice(users, wanted.Users)...)
	found = append(found, twice(userRoles, wanted.UserRoles)...)
	found = append(found, twice(teams, wanted.Teams)...)
	found = append(found, twice(targets, wanted.Targets)...)
	found = append(found, twice(feeds, wanted.Feeds)...)
	found = append(found, twice(variableSets, wanted.VariableSets)...)
	found = append(found, twice(projects, wanted.Projects)...)
	found = append(found, meeting(environments, wanted.Environments, all.Environments)...)
	return append(found, meeting(projects, wanted.Projects, all.Projects)...)
}

func twice[T any](k kind[T], wanted []T) []pipelines.Problem {
	var found []pipelines.Problem
	first := map[string]int{}
	for i, n := range wanted {
		key := pipelines.NameKey(k.name(n))
		if j, ok := first[key]; ok {
			found = append(found, pipelines.Problem{Path: path(k.word, i), Message: fmt.Sprintf(
				"there are two %ss named %q, here and as number %d: names are unique without regard to case", k.word, k.name(n), j+1)})
			continue
		}
		first[key] = i
	}
	return found
}

func meeting[T any](k kind[T], wanted, all []T) []pipelines.Problem {
	var found []pipelines.Problem
	for i, n := range wanted {
		for _, other := range all {
			name, others := k.name(n), k.name(other)
			if name == "" || pipelines.SameName(name, others) {
				continue
			}
			if safe := pipelines.SafeName(name); pipelines.SameName(safe, pipelines.SafeName(others)) {
				found = append(found, pipelines.Problem{Path: path(k.word, i) + ".name", Message: fmt.Sprintf(
					"the %ss %q and %q would both be %s in the folders and files of a host: give one another name", k.word, name, others, safe)})
			}
		}
	}
	return found
}
