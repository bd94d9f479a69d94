package replay

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/spelling"
	"slipway/runner/graph"
)

// lookup finds values as one step sees them.
type lookup struct {
	plan    plan.Plan
	state   graph.State
	of      int // the step
	place   int // of the target; -1: none
	outputs map[string]map[string]string
	when    map[int]Past // by task
	given   map[string]string
	by      string
}

// find is the value that counts, with those it goes before.
func (l lookup) find(name string) (Value, bool) {
	var found []Value
	for _, v := range l.all() {
		if pipelines.SameName(v.Name, name) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return Value{}, false
	}
	v := found[len(found)-1]
	for i := len(found) - 2; i >= 0; i-- {
		v.Hidden = append(v.Hidden, found[i])
	}
	l.evaluate(&v)
	return v, true
}

// all are the values in the order in which later ones count.
func (l lookup) all() []Value {
	var out []Value
	names, stands := graph.Progress(l.plan, l.state, graph.Reader{Step: l.of, Place: l.place, People: l.plan.Steps[l.of].Kind != plan.OnHosts})
	for _, v := range names {
		out = append(out, Value{Name: v.Name, Value: v.Value, From: "the plan: Slipway provides it"})
	}
	for _, v := range stands {
		out = append(out, Value{Name: v.Name, Value: v.Value, From: "how the steps stood then"})
	}
	out = append(out, l.earlier()...)
	add := func(all []plan.Variable, from string) {
		for _, v := range all {
			x := Value{Name: v.Name, Value: v.Value, Secret: v.Secret, From: "the plan: " + from}
			for name := range l.given {
				if pipelines.SameName(name, v.Name) {
					x.From = "given by " + called(l.by) + " for this deployment"
				}
			}
			out = append(out, x)
		}
	}
	s := l.plan.Steps[l.of]
	add(l.plan.Variables, "for every step")
	add(s.Variables, "for the step "+s.Name)
	if l.place >= 0 && l.place < len(s.Targets) {
		add(s.Targets[l.place].Variables, "for "+s.Targets[l.place].Name+" in the step "+s.Name)
	}
	return out
}

// earlier are what other steps have left: outputs and answers.
func (l lookup) earlier() []Value {
	var out []Value
	for i, s := range l.plan.Steps {
		now := l.state.Head.Steps[i]
		switch {
		case i == l.of || s.Skip != "":
		case s.Kind == plan.Ask && now.Answer != nil:
			out = append(out, l.answered(s, *now.Answer)...)
		case s.Kind == plan.OnHosts:
			out = append(out, l.outputsOf(s)...)
		}
	}
	return out
}

func (l lookup) answered(s plan.Step, a graph.Answered) []Value {
	var out []Value
	for _, x := range []struct{ name, value string }{
		{"Notes", a.Note}, {"ResponsibleUser.Id", a.UserID}, {"ResponsibleUser.DisplayName", a.Called}, {"ResponsibleUser.EmailAddress", a.Mail},
	} {
		out = append(out, l.brought(s.First, Value{Name: fmt.Sprintf("Octopus.Action[%s].Output.Manual.%s", s.Name, x.name), Value: x.value, From: "the answer of " + called(a.Called) + " to " + s.Name}))
	}
	return out
}

// outputsOf are those of a step under both of their names. That without a
// machine is the own one's where it has set one, else the last machine's.
func (l lookup) outputsOf(s plan.Step) []Value {
	own := ""
	if mine := l.plan.Steps[l.of]; l.place >= 0 && l.place < len(mine.Targets) {
		own = mine.Targets[l.place].Name
	}
	var out, mine []Value
	for place, t := range s.Targets {
		x := l.state.Task(s.First + place)
		values, elsewhere := x.Outputs, ""
		if x.Blob != "" {
			if values = l.outputs[x.Blob]; values == nil {
				elsewhere = "kept outside of the journal, in " + x.Blob
			}
		}
		if elsewhere != "" {
			out = append(out, l.brought(s.First+place, Value{Name: elsewhereName(s.Name), From: "set by " + s.Name + " on " + t.Name, Elsewhere: elsewhere}))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			v := l.brought(s.First+place, Value{Value: values[name], From: "set by " + s.Name + " on " + t.Name})
			short, long := v, v
			short.Name = fmt.Sprintf("Octopus.Action[%s].Output.%s", s.Name, name)
			long.Name = fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", s.Name, t.Name, name)
			out = append(out, long)
			if t.Name == own {
				mine = append(mine, short)
				continue
			}
			out = append(out, short)
		}
	}
	return append(out, mine...)
}

// elsewhereName stands for outputs whose names are not known here.
func elsewhereName(step string) string { return "Octopus.Action[" + step + "].Output" }

func (l lookup) brought(task int, v Value) Value {
	v.Revision, v.At = l.when[task].Revision, l.when[task].At
	return v
}

// evaluate says what a text comes to. What is set by scripts is taken as it is.
func (l lookup) evaluate(v *Value) {
	if v.Secret != "" || v.Revision != 0 || !strings.Contains(v.Value, "#{") {
		return
	}
	all := octostache.NewVariables()
	for _, x := range l.all() {
		switch {
		case x.Elsewhere != "":
		case x.Secret != "":
			all.SetLate(x.Name)
		case x.Revision != 0:
			all.Set(x.Name, octostache.Escape(x.Value))
		default:
			all.Set(x.Name, x.Value)
		}
	}
	result, err := octostache.Evaluate(v.Value, all, octostache.Options{Now: l.plan.Created})
	switch {
	case err != nil:
		v.Open = err.Error()
	case len(result.Unresolved) > 0:
		v.Open = "not known here, perhaps on the host: " + several(result.Unresolved)
	case len(result.Late) > 0:
		v.Open = "it holds what is secret here, or known later: " + several(result.Late)
	default:
		v.Comes = result.Text
	}
}

// unknown says that there is no such value.
func (l lookup) unknown(name string) error {
	where := "step " + l.plan.Steps[l.of].Name
	if l.place >= 0 {
		where += " on " + l.plan.Steps[l.of].Targets[l.place].Name
	}
	for _, v := range l.all() {
		if v.Elsewhere != "" && strings.HasPrefix(pipelines.NameKey(name), pipelines.NameKey(v.Name)) {
			return pipelines.Refuse(pipelines.NotFound, "%q is not in this journal: what %s is %s", name, v.From, v.Elsewhere)
		}
	}
	names := l.names()
	if l.place < 0 {
		for place, t := range l.plan.Steps[l.of].Targets {
			l.place = place
			if _, known := l.find(name); known {
				return pipelines.Refuse(pipelines.NotFound, "%s knows no value of %q for all of its targets, and on %s there is one: add --target %q", where, name, t.Name, t.Name)
			}
			names = append(names, l.names()...)
		}
	}
	if meant := spelling.Nearest(name, names); meant != "" {
		return pipelines.Refuse(pipelines.NotFound, "%s knows no value of %q: did you mean %q?", where, name, meant)
	}
	return pipelines.Refuse(pipelines.NotFound, "%s knows no value of %q, nor any name like it: `slipway values %s --system` lists those it was planned with", where, name, l.plan.Deployment)
}

// names are those that have a value.
func (l lookup) names() []string {
	var out []string
	for _, v := range l.all() {
		if v.Elsewhere == "" {
			out = append(out, v.Name)
		}
	}
	return out
}
