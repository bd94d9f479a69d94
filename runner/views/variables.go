package views

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// Surroundings are what has to be known of the server to say what variables are.
type Surroundings struct {
	Types   plan.Types
	BaseURL string
}

// Asked is where variables are asked for, by name or id; what is empty is not
// known there.
type Asked struct{ Environment, Channel, Step, Target string }

// Value is one value of a variable, with where it was defined. Of a secret it
// holds the reference, as the configuration does.
type Value struct {
	pipelines.Variable
	Set    string // the variable set; "" is the project's own, or ours
	Index  int    // its number in that list, from 0
	System bool   // ours
	Rank   int    // of one that fits
	Why    string // of one that does not win: why not
}

// Explanation says which value of a variable holds at a place, and why.
type Explanation struct {
	Name      string
	Winner    *Value // nil: no value applies, or nothing decides
	Rule      string
	Tie       string
	Evaluated string // the winner with its `#{…}` put in as far as known; "" where it is the same
	Trouble   string // why it cannot be evaluated
	Losers    []Value
	Others    []Value // do not apply here
}

// Explained are a project's variables at a place: those people have defined, in
// their order, then ours.
type Explained struct {
	Project   pipelines.Project
	Revision  int64
	At        Asked // in the spelling of the configuration
	Variables []Explanation
	Hidden    int // values for environments that the principal may not see
	// Environments can be asked for: those that the principal may see the project in.
	Environments []string
}

// Explain says what a project's variables are at a place, and why. What only a
// release or a deployment decides is not known, and stays as it is written.
func (v *Views) Explain(ctx context.Context, p pipelines.Principal, s Surroundings, idOrName string, at Asked) (Explained, error) {
	found, err := v.Project(ctx, p, idOrName)
	if err != nil {
		return Explained{}, err
	}
	stored, err := v.Records.Project(ctx, found.ID)
	if err != nil {
		return Explained{}, err
	}
	out := Explained{Revision: stored.Revision}
	out.Project, out.Hidden = seenProject(p, stored.Noun)
	here, err := v.spot(ctx, p, out.Project, at)
	if err != nil {
		return out, err
	}
	out.At, out.Environments = here.asked(), here.environments
	sets, err := v.Records.VariableSets(ctx)
	if err != nil {
		return out, err
	}
	sets, hidden := seenSets(p, out.Project, sets)
	out.Hidden += hidden
	values := variables.New(out.Project, sets, nil)
	system := s.system(out.Project, here)
	var ours []Explanation
	scope := octostache.NewVariables()
	for _, e := range values.WithSystem(system).Explain(here.place) {
		one := explanationOf(e, from{out.Project, sets, system})
		if w := one.Winner; w != nil {
			define(scope, w.Variable)
		}
		if one.isOurs() {
			ours = append(ours, one)
			continue
		}
		out.Variables = append(out.Variables, one)
	}
	out.Variables = append(out.Variables, ours...)
	for i := range out.Variables {
		out.Variables[i].evaluate(scope, octostache.Options{Now: v.Env.Now().UTC()})
	}
	return out, nil
}

// Named are the explanations of one name, none where it is not defined.
func (e Explained) Named(name string) []Explanation {
	for _, x := range e.Variables {
		if pipelines.SameName(x.Name, name) {
			return []Explanation{x}
		}
	}
	return nil
}

// define sets a variable for people: a secret is known elsewhere.
func define(scope *octostache.Variables, x pipelines.Variable) {
	if x.Sensitive() {
		scope.SetLate(x.Name)
		return
	}
	scope.Set(x.Name, string(x.Value))
}

func (e *Explanation) evaluate(scope *octostache.Variables, o octostache.Options) {
	if e.Winner == nil || e.Winner.Sensitive() || !strings.Contains(string(e.Winner.Value), "#{") {
		return
	}
	result, err := octostache.Evaluate(string(e.Winner.Value), scope, o)
	switch {
	case err != nil:
		e.Trouble = err.Error()
	case result.Text != string(e.Winner.Value):
		e.Evaluated = result.Text
	}
}

// isOurs says whether nobody has defined a value of the name.
func (e *Explanation) isOurs() bool {
	for _, some := range [][]Value{e.Losers, e.Others} {
		for _, x := range some {
			if !x.System {
				return false
			}
		}
	}
	return e.Winner == nil || e.Winner.System
}

// from is where explained values were defined.
type from struct {
	project pipelines.Project
	sets    []pipelines.VariableSet
	system  []pipelines.Variable
}

func (f from) value(s variables.Shown) Value {
	if s.From == "system" {
		return Value{Variable: f.system[s.Index], System: true}
	}
	if name, ok := strings.CutPrefix(s.From, "set "); ok {
		if set, ok := pipelines.VariableSetNamed(f.sets, name); ok {
			return Value{Variable: set.Variables[s.Index], Set: set.Name, Index: s.Index}
		}
	}
	return Value{Variable: f.project.Variables[s.Index], Index: s.Index}
}

func explanationOf(e variables.Explanation, f from) Explanation {
	out := Explanation{Name: e.Name, Rule: e.Rule, Tie: e.Tie}
	fits := func(x variables.Fit) Value {
		v := f.value(x.Shown)
		v.Rank = x.Rank
		return v
	}
	var best Value
	if e.Winner != nil {
		best = fits(*e.Winner)
		out.Winner = &best
	}
	for i, l := range e.Losers {
		x := fits(l)
		if e.Winner == nil && i == 0 {
			best = x
		}
		x.Why = whyNot(x, best, e.Winner == nil)
		out.Losers = append(out.Losers, x)
	}
	for _, o := range e.Others {
		x := f.value(o.Shown)
		x.Why = o.Why
		out.Others = append(out.Others, x)
	}
	return out
}

// Weight is the rank without the point that the project's own values have before
// those of its sets.
func (v Value) Weight() int {
	if v.Set == "" && !v.System {
		return v.Rank - 1
	}
	return max(v.Rank, 0)
}

// whyNot says why a value that fits is not the one.
func whyNot(x, best Value, tied bool) string {
	switch {
	case x.System:
		return "a value of yours is stronger than ours"
	case x.Rank == best.Rank && tied:
		return "ties with the others of this weight"
	case x.Rank == best.Rank:
		return "says the same, with the same weight"
	case x.Weight() == best.Weight():
		return "the project's own value is stronger than one of a set"
	}
	return fmt.Sprintf("is weaker: it weighs %d against %d", x.Weight(), best.Weight())
}
