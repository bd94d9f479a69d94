package catalog

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
)

// ties finds two values of one variable that certainly fit some place equally
// well: their scopes say the same, but for environments, and those overlap.
// Ties that depend on targets are found when a deployment is planned.
func ties(all []pipelines.Variable) []pipelines.Problem {
	var found []pipelines.Problem
	for i, v := range all {
		for j, earlier := range all[:i] {
			if !pipelines.SameName(v.Name, earlier.Name) || v.SameValue(earlier) {
				continue
			}
			if where, ok := overlap(v.Scope, earlier.Scope); ok {
				found = append(found, pipelines.Problem{Path: fmt.Sprintf("variables[%d]", i), Message: fmt.Sprintf(
					"variable %q has another value that fits %s equally well, number %d of the list: narrow the scope of one, or remove it", v.Name, where, j+1)})
			}
		}
	}
	return found
}

func overlap(a, b pipelines.Scope) (where string, ok bool) {
	if !sameNames(a.Roles, b.Roles) || !sameNames(a.Targets, b.Targets) || !sameNames(a.Steps, b.Steps) {
		return "", false
	}
	if len(a.Environments) == 0 && len(b.Environments) == 0 {
		return "everywhere it applies", true
	}
	for _, e := range a.Environments {
		if pipelines.HasName(b.Environments, e) {
			return e, true
		}
	}
	return "", false
}

func sameNames(a, b []string) bool { return namesKey(a) == namesKey(b) }

func namesKey(names []string) string {
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = pipelines.NameKey(n)
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), "\n")
}
