package plan

import (
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// checkGiven judges what whoever deploys gave for prompted variables, and finds
// what is still to be given.
func (m *maker) checkGiven() {
	asked := Prompts(m.values, m.place())
	var names []string
	for _, p := range asked {
		names = append(names, p.Name)
		value := string(p.Value)
		switch {
		case p.Required && strings.TrimSpace(value) == "":
			m.block("", "variable %q has to be given at each deployment%s: deploy with `--variable %q`", p.Name, hint(p), p.Name+"=…")
		case p.Given && len(p.Options) > 0 && value != "" && !slices.Contains(p.Options, value):
			m.block("", "variable %q is one of %s: none of them was given", p.Name, strings.Join(p.Options, ", "))
		}
	}
	var unknown []string
	for name := range m.in.Deployment.Values {
		if !pipelines.HasName(names, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		there := "no variable is asked for here"
		if len(names) > 0 {
			there = "asked for are " + strings.Join(names, ", ")
		}
		m.block("", "a value was given for %q, and %s: leave it out", name, there)
	}
}

func hint(p Prompted) string {
	switch {
	case len(p.Options) > 0:
		return " (one of " + strings.Join(p.Options, ", ") + ")"
	case p.Label != "" && p.Label != p.Name:
		return " (" + p.Label + ")"
	}
	return ""
}

// Prompted is a variable whose value is asked for at a deployment. Value is
// what was given, or the proposal.
type Prompted struct {
	Name  string
	Value pipelines.Text
	Given bool
	pipelines.Prompt
}

// Prompts are the variables that whoever deploys to a place is asked for, in the
// order of definition.
func Prompts(values *variables.Values, at variables.Place) []Prompted {
	choices, _ := values.Choose(at)
	var out []Prompted
	for _, c := range choices {
		if w := c.Winner; w.Prompt != nil {
			out = append(out, Prompted{Name: w.Name, Value: w.Value, Given: w.Given, Prompt: *w.Prompt})
		}
	}
	return out
}

// mostChanges are told of one by one.
const mostChanges = 20

// tellChanged notes which values are not any more what the release froze.
func (m *maker) tellChanged() {
	if m.in.Now == nil {
		return
	}
	frozen := variables.New(m.in.Release.Project, m.in.Release.Sets, nil)
	today := variables.New(m.in.Now.Project, m.in.Now.Sets, nil)
	told := 0
	for _, d := range variables.Changed(frozen, today) {
		if !d.Concerns(m.plan.Environment, m.channel) {
			continue
		}
		if told++; told > mostChanges {
			continue
		}
		const way = "update the release's variables or make a new release"
		switch d.What {
		case variables.Added:
			m.note("", "%s; release %s was made before and does not have it: %s", d, m.plan.Release, way)
		case variables.Removed:
			m.note("", "%s; this deployment still uses it: %s", d, way)
		case variables.ScopeChanged:
			m.note("", "%s; this deployment uses it as it was: %s", d, way)
		default:
			m.note("", "%s; this deployment uses the release's %s: %s", d, d.Was.Spelled(), way)
		}
	}
	if told > mostChanges {
		m.note("", "%d more values have changed since release %s was made", told-mostChanges, m.plan.Release)
	}
}
