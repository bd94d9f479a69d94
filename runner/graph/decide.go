package graph

import (
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/conditions"
	"slipway/pipelines/octostache"
)

// decision is about one step that could begin, or one child step in one lane.
type decision struct {
	t      *turn
	step   int
	lane   int // -1: the step as a whole
	parsed *conditions.Expression
}

// unmet is how a step ends whose condition says no.
func unmet(text string) (pipelines.Status, string) {
	return pipelines.Skipped, "its condition was not met: " + text
}

// undecided is how a step ends whose condition nobody can tell.
func undecided(text string, err error) (pipelines.Status, string) {
	return pipelines.Failed, fmt.Sprintf("its condition %s cannot be decided: %s", text, err)
}

// means applies Octopus's variable condition: a text with `#{…}`.
func (d *decision) means(text string) (pipelines.Status, string) {
	s := d.scope(text)
	value, resolved, err := s.evaluate(text)
	switch {
	case err != nil:
		return undecided(text, err)
	case !resolved || !conditions.Truthy(value):
		return unmet(text)
	}
	return "", ""
}

// asksStatus says whether the step's `if:` looks at how steps ended, and so does
// not imply that they succeeded.
func (d *decision) asksStatus() bool {
	text := d.t.plan.Steps[d.step].If
	if text == "" {
		return false
	}
	e, err := d.expression(text)
	return err != nil || e.AsksStatus()
}

// holds applies `if:`.
func (d *decision) holds() (pipelines.Status, string) {
	text := d.t.plan.Steps[d.step].If
	e, err := d.expression(text)
	if err != nil {
		return undecided(text, err)
	}
	facts, err := d.facts(e)
	if err != nil {
		return undecided(text, err)
	}
	yes, err := e.Decide(facts)
	switch {
	case err != nil:
		return undecided(text, err)
	case !yes:
		return unmet(text)
	}
	return "", ""
}

func (d *decision) expression(text string) (*conditions.Expression, error) {
	if d.parsed != nil {
		return d.parsed, nil
	}
	e, err := compiled.expression(text, d.t.plan)
	d.parsed = e
	return e, err
}

// facts are what an expression may ask about. Outputs are gathered for those
// steps alone whose outputs it asks about.
func (d *decision) facts(e *conditions.Expression) (conditions.Facts, error) {
	p := d.t.plan
	f := conditions.Facts{
		Environment: p.Environment, Release: p.Release, Channel: p.Channel, Project: p.Project,
		Steps: make([]conditions.Step, len(p.Steps)),
	}
	if f.Channel == "" {
		f.Channel = pipelines.DefaultChannelName
	}
	v := d.view()
	for i := range p.Steps {
		status, message := v.of(i)
		f.Steps[i] = conditions.Step{Name: p.Steps[i].Name, Status: string(status), Message: message}
	}
	for _, o := range e.Outputs() {
		i := p.Step(o.Step)
		if i < 0 {
			continue
		}
		if v.tooLong(i, o.Name) {
			return f, longOutput(o.Name, p.Steps[i].Name)
		}
		if f.Steps[i].Outputs == nil {
			f.Steps[i].Outputs = v.outputsOf(i)
		}
	}
	if names := e.Variables(); len(names) > 0 {
		s := d.scope("#{" + strings.Join(names, "}#{") + "}")
		f.Var = s.value
	}
	return f, nil
}

// view is the deployment as the condition sees it.
func (d *decision) view() *view {
	s := &d.t.plan.Steps[d.step]
	v := view{plan: d.t.plan, state: &d.t.state, Reader: Reader{Step: d.step, Place: -1}, asked: d.t.plan.MayAsk(d.step)}
	if d.lane >= 0 {
		v.Place = placeIn(s, &d.t.plan.Steps[s.Within-1], d.lane)
	}
	return &v
}

// scope is what a condition's texts may read.
type scope struct {
	values  *octostache.Variables
	secret  map[string]bool // names of sensitive variables, folded
	options octostache.Options
}

// evaluate gives a text's value, and whether all it reads has one.
func (s *scope) evaluate(text string) (value string, resolved bool, err error) {
	result, err := octostache.Evaluate(text, s.values, s.options)
	if err != nil {
		return "", false, err
	}
	if len(result.Late) > 0 {
		return "", false, s.hidden(result.Late[0])
	}
	return result.Text, len(result.Unresolved) == 0 && !result.Null, nil
}

// hidden says why nobody tells a value here.
func (s *scope) hidden(name string) error {
	if s.secret[strings.ToLower(name)] {
		return fmt.Errorf("it reads %s, which is sensitive", name)
	}
	return fmt.Errorf("it reads %s, which is longer than a condition can read (1 KB)", name)
}

// value is that of a variable, by its name or by what would stand between `#{`
// and `}`.
func (s *scope) value(name string) (string, bool, error) {
	text, there := s.values.Get(name)
	if s.secret[strings.ToLower(name)] {
		return "", true, errors.New("it is sensitive")
	}
	if !there {
		text = "#{" + name + "}"
	}
	value, resolved, err := s.evaluate(text)
	return value, there || resolved, err
}
