package variables

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
)

// Ties finds values of one variable between which certainly nothing decides:
// two different values, scoped by the same kinds, whose environments and
// channels overlap and whose roles, targets and steps are the same, where no
// third value is stronger wherever both apply. It looks at the project's own
// values and at those of its sets together; a tie within one set is that set's
// own (TiesWithin). Ties that depend on targets are found when a deployment is
// planned.
//
// The path of a problem leads to the second of the two: a variable of the
// project, or the name of the set in its list.
func Ties(project pipelines.Project, sets []pipelines.VariableSet) []pipelines.Problem {
	v := New(project, sets, nil)
	return v.certain(func(a, b *Defined) string {
		switch {
		case b.Set == "":
			return fmt.Sprintf("variables[%d]", b.Index)
		case a.Set == b.Set:
			return ""
		}
		at := slices.IndexFunc(project.VariableSets, func(name string) bool { return pipelines.SameName(name, b.Set) })
		return fmt.Sprintf("variable-sets[%d]", at)
	})
}

// TiesWithin finds the certain ties within one set, whoever includes it.
func TiesWithin(set pipelines.VariableSet) []pipelines.Problem {
	v := New(pipelines.Project{VariableSets: []string{set.Name}}, []pipelines.VariableSet{set}, nil)
	return v.certain(func(_, b *Defined) string { return fmt.Sprintf("variables[%d]", b.Index) })
}

// certain finds the certain ties; path gives each its place, "" where it is
// somebody else's.
func (v *Values) certain(path func(a, b *Defined) string) []pipelines.Problem {
	members := v.members()
	alike := map[string][]*Defined{} // of one name, origin and kinds of scope that must be equal
	var found []pipelines.Problem
	for i := range v.list {
		b := &v.list[i]
		key := b.narrowKey()
		for _, a := range alike[key] {
			at := path(a, b)
			if at == "" || a.SameValue(b.Variable) {
				continue
			}
			if where, ok := tieOf(a, b, members[b.group]); ok {
				found = append(found, pipelines.Problem{Path: at, Message: tieMessage(a, b, where)})
				break
			}
		}
		alike[key] = append(alike[key], b) // the later of two tells
	}
	return found
}

// narrowKey is equal for values of one name between which neither their origin
// nor their roles, targets and steps decide.
func (d *Defined) narrowKey() string {
	return fmt.Sprintf("%d\x00%d\x00%s\x00%s\x00%s", d.group, d.base, namesKey(d.Roles), namesKey(d.Targets), namesKey(d.Steps))
}

// tieOf says where two values of one narrowKey certainly tie.
func tieOf(a, b *Defined, all []*Defined) (where string, ok bool) {
	for _, environment := range common(a.Environments, b.Environments) {
		for _, channel := range common(a.Channels, b.Channels) {
			cell := pipelines.Scope{Roles: a.Roles, Targets: a.Targets, Steps: a.Steps}
			var where []string
			if environment != "" {
				cell.Environments, where = []string{environment}, append(where, "environment "+environment)
			}
			if channel != "" {
				cell.Channels, where = []string{channel}, append(where, "channel "+channel)
			}
			if !slices.ContainsFunc(all, func(c *Defined) bool { return c.covers(cell) && c.atLeast() > a.atLeast() }) {
				return orEverywhere(where), true
			}
		}
	}
	return "", false
}

func orEverywhere(where []string) string {
	if len(where) == 0 {
		return "everywhere they apply"
	}
	return strings.Join(where, ", ")
}

// common are the names in both lists. Two empty lists have "", for any name, in
// common; one that is empty and one that is not make different kinds of scope.
func common(a, b []string) []string {
	if len(a) == 0 && len(b) == 0 {
		return []string{""}
	}
	var out []string
	for _, n := range a {
		if pipelines.HasName(b, n) {
			out = append(out, n)
		}
	}
	return out
}

// covers says whether a value applies wherever a scope does.
func (d *Defined) covers(cell pipelines.Scope) bool {
	return within(cell.Environments, d.Environments) && within(cell.Channels, d.Channels) &&
		within(cell.Roles, d.Roles) && within(cell.Targets, d.Targets) && within(cell.Steps, d.Steps)
}

func within(names, wider []string) bool {
	if len(wider) == 0 {
		return true
	}
	for _, n := range names {
		if !pipelines.HasName(wider, n) {
			return false
		}
	}
	return len(names) > 0
}

// atLeast is the rank of a value wherever it applies.
func (d *Defined) atLeast() int {
	rank := d.base
	for _, kind := range []struct {
		names  []string
		weight int
	}{
		{d.Environments, rankEnvironment}, {d.Channels, rankChannel}, {d.Targets, rankTarget}, {d.Steps, rankStep}, {d.Roles, rankTargetRole},
	} {
		if len(kind.names) > 0 {
			rank += kind.weight
		}
	}
	return rank
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
