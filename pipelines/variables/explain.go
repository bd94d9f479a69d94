package variables

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
)

// Explanation says which value of a variable holds at a place, and why.
type Explanation struct {
	Name   string  `json:"name"`
	Winner *Fit    `json:"winner,omitempty"` // nil: no value applies here, or nothing decides
	Losers []Fit   `json:"losers,omitempty"` // apply too, and are weaker; strongest first
	Others []Unfit `json:"others,omitempty"` // do not apply here
	Rule   string  `json:"rule"`             // "Test (environment, 100) beats unscoped (0)"
	Tie    string  `json:"tie,omitempty"`    // why there is no winner
	// Evaluated is the winner's text with its `#{…}` resolved as far as it is
	// known; only whoever knows the whole deployment fills it in.
	Evaluated string `json:"evaluated,omitempty"`
}

// Shown is one value as people may see it.
type Shown struct {
	Value  string          `json:"value"`            // of a secret only where it lies
	Secret bool            `json:"secret,omitempty"` // Value does not stand for itself
	From   string          `json:"from"`             // "project", "set Shared", "given at the deployment", "system"
	Scope  pipelines.Scope `json:"scope,omitzero"`
	Index  int             `json:"index"` // its number in the list it comes from, from 0
}

// Fit is a value that applies, with its strength.
type Fit struct {
	Shown
	Rank    int      `json:"rank"`
	Weights []Weight `json:"weights,omitempty"` // what Rank is the sum of
}

// Unfit is a value that does not apply.
type Unfit struct {
	Shown
	Why string `json:"why"` // "it is for Prod, and this is Test"
}

// Explain explains every name that is defined, in the order of definition.
func (v *Values) Explain(at Place) []Explanation {
	out := make([]Explanation, len(v.keys))
	members := v.members()
	for g := range members {
		out[g] = explain(members[g], at)
	}
	return out
}

// ExplainOne explains one name, or says that it is not defined.
func (v *Values) ExplainOne(name string, at Place) (Explanation, bool) {
	g, ok := v.groups[pipelines.NameKey(name)]
	if !ok {
		return Explanation{Name: name}, false
	}
	return explain(v.members()[g], at), true
}

// members are the values of each name.
func (v *Values) members() [][]*Defined {
	out := make([][]*Defined, len(v.keys))
	for i := range v.list {
		g := v.list[i].group
		out[g] = append(out[g], &v.list[i])
	}
	return out
}

func explain(all []*Defined, at Place) Explanation {
	out := Explanation{Name: all[0].Name}
	type ranked struct {
		*Defined
		rank int
	}
	var fits []ranked
	for _, d := range all {
		if rank, ok := d.rank(&at); ok {
			fits = append(fits, ranked{d, rank})
			continue
		}
		out.Others = append(out.Others, Unfit{d.show(), d.whyNot(at)})
	}
	if len(fits) == 0 {
		out.Rule = "no value applies here: a step that reads it is refused when it is planned, and a file keeps the name as it is written"
		return out
	}
	slices.SortStableFunc(fits, func(a, b ranked) int { return b.rank - a.rank })
	for _, f := range fits {
		out.Losers = append(out.Losers, Fit{f.show(), f.rank, f.weights(&at)})
	}
	first := fits[0]
	for _, f := range fits[1:] {
		if f.rank == first.rank && !f.SameValue(first.Variable) {
			out.Rule = "nothing decides"
			out.Tie = tieMessage(first.Defined, f.Defined, at.String())
			return out
		}
	}
	winner := out.Losers[0]
	out.Winner, out.Losers = &winner, out.Losers[1:]
	out.Rule = "the only value that applies here"
	if len(fits) > 1 {
		out.Rule = rule(first.Defined, fits[1].Defined, winner, out.Losers[0])
	}
	return out
}

// rule says why the first is stronger than the second: by what one of them has
// and the other has not.
func rule(a, b *Defined, strong, weak Fit) string {
	if strong.Rank == weak.Rank {
		return "both say the same, with the same weight"
	}
	if b.System {
		return "a value of yours beats the system's"
	}
	mine, theirs := reasons(strong.Weights), reasons(weak.Weights)
	if mine != theirs {
		return mine + " beats " + theirs
	}
	return fmt.Sprintf("a value of the %s (%d) beats one of the %s (0)", a.From(), rankProject, b.From())
}

// reasons are the kinds of scope that a value is for here, but for the point
// that the project has before its sets.
func reasons(weights []Weight) string {
	var parts []string
	for _, w := range weights {
		switch {
		case w.Kind == ByProject:
		case w.Name == "":
			parts = append(parts, fmt.Sprintf("%s (%d)", w.Kind, w.Weight))
		default:
			parts = append(parts, fmt.Sprintf("%s (%s, %d)", w.Name, w.Kind, w.Weight))
		}
	}
	if len(parts) == 0 {
		return unscoped + " (0)"
	}
	return strings.Join(parts, " + ")
}

func (d *Defined) show() Shown {
	out := Shown{Value: string(d.Value), From: d.From(), Scope: d.Scope, Index: d.Index}
	if d.Sensitive() {
		out.Value, out.Secret = masked(d.Variable), true
	}
	return out
}

// whyNot names the kinds of scope that do not fit.
func (d *Defined) whyNot(at Place) string {
	var parts []string
	for _, kind := range []struct {
		what  string
		names []string
		name  string
	}{
		{"environment", d.Environments, at.Environment}, {"channel", d.Channels, at.Channel},
		{"target", d.Targets, at.Target}, {"step", d.Steps, at.Step},
	} {
		switch {
		case len(kind.names) == 0 || kind.name != "" && pipelines.HasName(kind.names, kind.name):
		case kind.what == "step" && at.Within != "" && pipelines.HasName(kind.names, at.Within):
		case kind.name == "":
			parts = append(parts, fmt.Sprintf("it is for the %s %s, and no %s is known here", kind.what, either(kind.names), kind.what))
		default:
			parts = append(parts, fmt.Sprintf("it is for %s, and this is %s", either(kind.names), kind.name))
		}
	}
	if _, weight := roleOf(d.Roles, &at); len(d.Roles) > 0 && weight == 0 {
		if at.Target == "" {
			parts = append(parts, "it is for targets with the role "+either(d.Roles)+", and no target is known here")
		} else {
			parts = append(parts, "it is for targets with the role "+either(d.Roles)+", which "+at.Target+" has not")
		}
	}
	return strings.Join(parts, "; ")
}

func either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// String is the explanation as the command line shows it.
func (e Explanation) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch {
	case e.Winner != nil:
		line("%s = %s", e.Name, e.Winner.Spelled())
		if e.Evaluated != "" && e.Evaluated != e.Winner.Value {
			line("  comes out as %s", strconv.Quote(e.Evaluated))
		}
		line("  wins    %s", e.Winner.told())
	case e.Tie != "":
		line("%s: %s", e.Name, e.Tie)
	default:
		line("%s has no value here", e.Name)
	}
	for _, f := range e.Losers {
		line("  loses   %s", f.told())
	}
	for _, f := range e.Others {
		line("  not     %s: %s", f.told(), f.Why)
	}
	line("  because %s", e.Rule)
	return b.String()
}

// Spelled is the value between quotation marks, or where a secret lies.
func (s Shown) Spelled() string {
	if s.Secret {
		return s.Value
	}
	return strconv.Quote(s.Value)
}

func (s Shown) told() string {
	return s.Spelled() + ", " + s.From + " (" + scopeOf(s.Scope) + ")"
}
