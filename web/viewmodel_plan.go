package web

import (
	"cmp"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
	"slipway/web/pages"
	"slipway/web/rest"
)

// button says what pressing it does.
func button(d pipelines.Deployment, pl plan.Plan) string {
	text := "Deploy " + d.Release + " to " + d.Environment
	if n := len(allHosts(pl)); n > 0 {
		text += " on " + plural(n, "host")
	}
	return text
}

// allHosts are the names of the hosts that take part, each once.
func allHosts(pl plan.Plan) []string {
	var out []string
	for _, s := range pl.Steps {
		if s.Skip != "" {
			continue
		}
		for _, name := range hostsOf(s) {
			if !pipelines.HasName(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func hostsOf(s plan.Step) []string {
	var out []string
	for _, t := range s.Targets {
		out = append(out, t.Name)
	}
	return out
}

func plannedSteps(pl plan.Plan) []pages.PlannedStep {
	out := make([]pages.PlannedStep, len(pl.Steps))
	for i, s := range pl.Steps {
		out[i] = pages.PlannedStep{Name: s.Name, Type: typeWord(s.Type), Hosts: hostsOf(s), Child: s.Within > 0}
		switch {
		case s.Skip != "":
		case s.Question != nil:
			out[i].Does = "asks " + askedOf(s)
		case s.Message != nil:
			out[i].Does = "sends a mail to " + resolve(s.Message.To, pl.Variables, s.Variables)
		}
		if s.Package != nil {
			out[i].Package = s.Package.ID + " " + s.Package.Version
		}
		if s.Kind == plan.Rolling {
			out[i].Type = "Rolling"
		}
		if s.Skip != "" {
			out[i].WhyNot = strings.TrimSuffix(s.Skip, ".") + "."
		}
	}
	return out
}

// plannedValues are the project's variables as this deployment sees them, those
// of one name together. Values that are asked for stand in the form instead.
// frozen are all values of the release; nil where nobody may know them.
func plannedValues(pl plan.Plan, asked []plan.Prompted, frozen *variables.Values) []pages.PlannedValue {
	var out []pages.PlannedValue
	at := variables.Place{Environment: pl.Environment, Channel: cmp.Or(pl.Channel, pipelines.DefaultChannelName)}
	for _, v := range ownVariables(pl) {
		isAsked := slices.ContainsFunc(asked, func(a plan.Prompted) bool { return pipelines.SameName(a.Name, v.Name) })
		if !isAsked {
			shown := v.shown()
			shown.Why = v.why(pl, frozen, at)
			out = append(out, shown)
		}
	}
	slices.SortStableFunc(out, func(a, b pages.PlannedValue) int {
		return strings.Compare(pipelines.NameKey(a.Name), pipelines.NameKey(b.Name))
	})
	return out
}

// why says by which scope the value holds, and who defines it, where that is
// known; else for what it holds.
func (v ownVariable) why(pl plan.Plan, frozen *variables.Values, at variables.Place) string {
	if frozen == nil || v.Narrow {
		return v.For
	}
	found, ok := frozen.ExplainOne(v.Name, at)
	if !ok || found.Winner == nil {
		return v.For
	}
	from := "project " + pl.Project
	if set, ok := strings.CutPrefix(found.Winner.From, "set "); ok {
		from = "variable set " + set
	}
	return rest.ScopeWords(found.Winner.Scope) + ", " + from
}

// plannedTexts are the texts of the steps as they will be: scripts too, which stay
// folded.
func plannedTexts(pl plan.Plan) []pages.PlannedValue {
	var out []pages.PlannedValue
	for _, s := range pl.Steps {
		if s.Skip != "" {
			continue
		}
		for _, shown := range s.Shown {
			one := pages.PlannedValue{Name: shown.Path, Value: shown.Text, Why: s.Name}
			if lines := strings.Split(strings.TrimRight(shown.Text, "\n"), "\n"); len(lines) > 1 || len(shown.Text) >= longestLine {
				one.Long = plural(len(lines), "line")
			}
			if len(one.Value) > longestShown {
				one.Value = strings.ToValidUTF8(one.Value[:longestShown], "") + "\n…"
				one.Long += ", of which the first are shown"
			}
			out = append(out, one)
		}
	}
	return out
}

const (
	longestLine  = 200      // beside others in a table
	longestShown = 64 << 10 // of one text, on a page that people wait for
)

// ownVariable is a variable of the project (or secret of it) with the place
// its value holds for.
type ownVariable struct {
	plan.Variable
	For    string
	Narrow bool // for a step, or for a target of it
}

func (v ownVariable) shown() pages.PlannedValue {
	return pages.PlannedValue{Name: v.Name, Value: v.Value, Secret: v.Secret != "", Why: v.For}
}

// ownVariables leaves out what the system defines.
func ownVariables(pl plan.Plan) []ownVariable {
	var out []ownVariable
	add := func(all []plan.Variable, why string, narrow bool, around ...[]plan.Variable) {
		for _, v := range all {
			if !strings.HasPrefix(strings.ToLower(v.Name), "octopus.") {
				v.Value = resolve(v.Value, append(around, all)...)
				out = append(out, ownVariable{v, why, narrow})
			}
		}
	}
	add(pl.Variables, "holds in "+pl.Environment, false)
	for _, s := range pl.Steps {
		add(s.Variables, "step "+s.Name, true, pl.Variables)
		for _, t := range s.Targets {
			add(t.Variables, "step "+s.Name+" on "+t.Name, true, pl.Variables, s.Variables)
		}
	}
	return out
}

// resolve puts the values that are known in place of what a text reads, if all of
// them are: people want to see what will be, not how it is written. Later lists
// go before earlier ones; secrets are never looked at.
func resolve(text string, known ...[]plan.Variable) string {
	if !strings.Contains(text, "#{") {
		return text
	}
	values := octostache.NewVariables()
	for _, all := range known {
		for _, v := range all {
			if v.Secret != "" {
				values.SetLate(v.Name)
				continue
			}
			values.Set(v.Name, v.Value)
		}
	}
	result, err := octostache.Evaluate(text, values, octostache.Options{})
	if err != nil || result.Null || len(result.Unresolved) > 0 || len(result.Late) > 0 {
		return text
	}
	return result.Text
}
