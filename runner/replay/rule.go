package replay

import (
	"cmp"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/conditions"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// rule says by what a step begins.
func rule(p plan.Plan, i int) string {
	s := p.Steps[i]
	if s.Skip != "" {
		return "none: the plan leaves it out"
	}
	before := "the steps before it succeeded"
	if s.Within > 0 {
		before = "the steps before it, and those before it on the same target, succeeded"
	}
	if s.If != "" {
		text := "it runs if `" + s.If + "` holds"
		if e, err := conditions.Parse(s.If, stepNames(p)); err != nil || !e.AsksStatus() {
			text += " and " + before
		}
		return text
	}
	switch {
	case s.Run == pipelines.RunAlways:
		return "it runs always"
	case s.Run == pipelines.RunFailure:
		return "it runs if a step before it failed; one that was skipped does not count"
	case s.Run.IsText():
		return "it runs if `" + string(s.Run) + "` comes to a yes, whatever became of the steps before it"
	}
	return "it runs if " + before
}

// facts are what the rule saw, or sees as long as nothing is decided.
func (q *inquiry) facts() []Fact {
	state := q.state
	if q.decided != nil {
		state = q.decided.After
	}
	var out []Fact
	told := map[int]bool{}
	var tell func(n int)
	tell = func(n int) {
		if told[n] {
			return
		}
		told[n] = true
		s := state.Head.Steps[n]
		f := Fact{Of: "step " + q.plan.Steps[n].Name, Is: standsWord(s.Status)}
		skip := q.plan.Steps[n].Skip
		switch {
		case skip != "":
			f.Is = "takes no part: " + skip
		case s.Status.Ended():
			f.Revision, f.At = q.ends[n].Revision, q.ends[n].At
			f.Is += noted(s.Message)
		}
		out = append(out, f)
		if skip != "" || s.Status == pipelines.Skipped { // then those before it count
			for _, before := range needsOf(q.plan, n) {
				tell(before)
			}
		}
	}
	for _, n := range q.needs() {
		tell(n)
	}
	if q.decided != nil {
		if n := q.failedBefore(); n >= 0 {
			tell(n)
		}
	}
	e := q.expression()
	if e == nil {
		return append(out, q.conditionFacts()...)
	}
	for _, name := range e.Steps() {
		tell(q.plan.Step(name))
	}
	return append(append(out, placeFacts(q.plan, e)...), q.conditionFacts()...)
}

// expression is the step's `if:`, nil if there is none that can be read.
func (q *inquiry) expression() *conditions.Expression {
	text := q.plan.Steps[q.at].If
	if text == "" {
		return nil
	}
	e, err := conditions.Parse(text, stepNames(q.plan))
	if err != nil {
		return nil
	}
	return e
}

// placeFacts are what an expression asks about the place and the release. The
// plan says them, and nothing changes them.
func placeFacts(p plan.Plan, e *conditions.Expression) []Fact {
	known := conditions.Facts{Environment: p.Environment, Release: p.Release, Channel: cmp.Or(p.Channel, pipelines.DefaultChannelName), Project: p.Project}
	var out []Fact
	for _, name := range e.Fields() {
		out = append(out, Fact{Of: name, Is: strconv.Quote(known.Field(name))})
	}
	return out
}

// conditionFacts are the values that a condition names, as they were when it was
// decided.
func (q *inquiry) conditionFacts() []Fact {
	s := q.plan.Steps[q.at]
	view := lookup{plan: q.plan, outputs: q.journal.Outputs, of: q.at, place: -1}
	view.state, view.when = q.state, whens(q.journal, q.decided)
	if q.decided != nil {
		view.state = q.decided.Before // with the event, but before what it began
	}
	var out []Fact
	for _, name := range q.named(s, view) {
		if v, ok := view.find(name); ok {
			f := Fact{Of: name, Is: v.text()}
			f.Revision, f.At = v.Revision, v.At
			out = append(out, f)
		}
	}
	return out
}

// named are the names that a step's condition reads.
func (q *inquiry) named(s plan.Step, view lookup) []string {
	var out []string
	if s.Run.IsText() {
		for _, r := range variables.References(string(s.Run)) {
			for _, v := range view.all() {
				if r.Reads(v.Name) && !pipelines.HasName(out, v.Name) {
					out = append(out, v.Name)
				}
			}
		}
	}
	e := q.expression()
	if e == nil {
		return out
	}
	out = append(out, e.Variables()...)
	for _, o := range e.Outputs() {
		out = append(out, "Octopus.Action["+o.Step+"].Output."+o.Name)
	}
	return out
}

func stepNames(p plan.Plan) []string {
	out := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		out[i] = s.Name
	}
	return out
}
