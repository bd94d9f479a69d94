package requests

import (
	"maps"
	"slices"
	"strings"

	"slipway/pipelines"
)

// mostGiven bounds the values that are given at one deployment, in bytes: they
// stand in its record, which is one small item.
const mostGiven = 16 << 10

// checkGiven looks at what was given with a request for a deployment by itself.
// Which names are asked for, and what fits them, the plan decides.
func checkGiven(in DeployRequest) error {
	if len(in.Comment) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a comment has at most %d bytes, this one %d", maxNote, len(in.Comment))
	}
	size := 0
	names := map[string]bool{}
	for name, value := range in.Values {
		key := pipelines.NameKey(name)
		if names[key] {
			return pipelines.Refuse(pipelines.Invalid, "two values were given for %q, whose names differ in case only: give one", name)
		}
		names[key] = true
		size += len(name) + len(value)
	}
	if size > mostGiven {
		return pipelines.Refuse(pipelines.Invalid, "the values given at a deployment have at most %d bytes together, these %d: put what is longer into a variable of the project", mostGiven, size)
	}
	return nil
}

// givenLines are the values by name, one a line.
func givenLines(values map[string]string) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out.WriteString(name + " = " + values[name] + "\n")
	}
	return out.String()
}

// asDefined gives values the names of the variables that they are for, however
// they were typed.
func asDefined(values map[string]string, release pipelines.Release) map[string]string {
	if len(values) == 0 {
		return values
	}
	out := map[string]string{}
	for name, value := range values {
		out[definedName(name, release)] = value
	}
	return out
}

func definedName(name string, release pipelines.Release) string {
	lists := [][]pipelines.Variable{release.Project.Variables}
	for _, set := range release.Sets {
		lists = append(lists, set.Variables)
	}
	for _, list := range lists {
		for _, v := range list {
			if v.Prompt != nil && pipelines.SameName(v.Name, name) {
				return v.Name
			}
		}
	}
	return name
}
