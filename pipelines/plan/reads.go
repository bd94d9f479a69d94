package plan

import (
	"slices"
	"strings"

	"slipway/pipelines/variables"
)

// readings follows what texts read: names, and the names that their values read.
type readings struct {
	all    []Variable
	names  []string
	lookup *variables.Lookup
}

// readings are those at one place of a step.
func (m *maker) readings(step, place int) *readings {
	r := &readings{all: m.plan.At(step, place)}
	r.names = make([]string, len(r.all))
	for i, v := range r.all {
		r.names[i] = v.Name
	}
	r.lookup = variables.NewLookup(r.names)
	return r
}

// find looks for the first reference, in a text or in the values it reads, that
// is wanted.
func (r *readings) find(text string, wanted func(variables.Reference) bool) (variables.Found, bool) {
	if !strings.Contains(text, "#{") {
		return variables.Found{}, false
	}
	return variables.Way(text, r.lookup,
		func(i int) string { return r.all[i].Value }, // a secret's is none
		func(ref variables.Reference, _ []int) bool { return wanted(ref) })
}

// findIn looks through several texts.
func (r *readings) findIn(texts []string, wanted func(variables.Reference) bool) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		_, found := r.find(text, wanted)
		return found
	})
}

// What differs between machines.
var (
	machine = variables.PathOf("Octopus.Machine")
	byRole  = variables.PathOf(targetedRoles)
)

// readsMachine says whether a text may come out differently on each machine.
func (m *maker) readsMachine(step int, texts ...string) bool {
	return m.readings(step, 0).findIn(texts, func(ref variables.Reference) bool {
		return ref.Below(machine) || ref.Below(byRole)
	})
}
