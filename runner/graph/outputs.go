package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Differs is an output variable that was given without a machine's name while
// its machines have set different values, and none of them is the reader's.
type Differs struct {
	Step          int
	Name, Machine string // Octopus.Action[web].Output.Port; whose value was given
	Output        string // Port
}

// Outputs are what other steps have set, under the names that steps use: that of
// each machine, and one without a machine. The latter is the target's own value
// where it has set one, else that of the last machine in the order of the step's
// targets. Octopus does not say which it is then; where the machines differ, it
// is told in differs. values gives what a task has set.
func Outputs(p *plan.Plan, s *State, r Reader, values func(number int) (map[string]string, error)) (out []task.Variable, differs []Differs, err error) {
	v := view{plan: p, state: s, Reader: r}
	return v.outputs(nil, values)
}

func (v *view) outputs(only func(step int) bool, values func(number int) (map[string]string, error)) (out []task.Variable, differs []Differs, err error) {
	for i := range v.plan.Steps {
		step := &v.plan.Steps[i]
		if i == v.Step || v.asked != nil && !v.asked[i] || only != nil && !only(i) {
			continue
		}
		if step.Kind == plan.Ask {
			out = append(out, answers(step.Name, v.state.Head.Steps[i].Answer)...)
		}
		if step.Kind != plan.OnHosts || step.Skip != "" {
			continue
		}
		all := outputs{target: v.target()}
		for place := range step.Targets {
			if !v.sees(i, place) || v.state.at(step.First+place).setNothing() {
				continue
			}
			of, err := values(step.First + place)
			if err != nil {
				return nil, nil, err
			}
			if len(of) == 0 {
				continue
			}
			machine := step.Targets[place].Name
			for _, name := range sorted(of) {
				value := octostache.Escape(of[name])
				out = append(out, task.Variable{Name: fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", step.Name, machine, name), Value: value})
				all.add(name, machine, value)
			}
		}
		if all.of == nil {
			continue
		}
		for _, name := range sorted(all.of) {
			full := fmt.Sprintf("Octopus.Action[%s].Output.%s", step.Name, name)
			x := all.of[name]
			out = append(out, task.Variable{Name: full, Value: x.value})
			if x.differs && !x.own {
				differs = append(differs, Differs{Step: i, Name: full, Machine: x.machine, Output: name})
			}
		}
	}
	return out, differs, nil
}

// sees: a condition in a lane does not look at other lanes, which may be further
// or less far today than another time.
func (v *view) sees(i, place int) bool {
	step := &v.plan.Steps[i]
	if v.asked == nil || v.Place < 0 || step.Within == 0 || step.Within != v.plan.Steps[v.Step].Within {
		return true
	}
	return step.Targets[place].ID == v.plan.Steps[v.Step].Targets[v.Place].ID
}

// target is the name of the reader's target, "" for none.
func (v *view) target() string {
	if step := &v.plan.Steps[v.Step]; v.Place >= 0 && v.Place < len(step.Targets) {
		return step.Targets[v.Place].Name
	}
	return ""
}

// answers is what a sign-off leaves to later steps, in Octopus's names: who
// answered, and with which words.
func answers(step string, a *Answered) []task.Variable {
	if a == nil {
		return nil
	}
	prefix := "Octopus.Action[" + step + "].Output.Manual."
	return []task.Variable{
		{Name: prefix + "Notes", Value: octostache.Escape(a.Note)},
		{Name: prefix + "ResponsibleUser.Id", Value: octostache.Escape(a.UserID)},
		{Name: prefix + "ResponsibleUser.DisplayName", Value: octostache.Escape(a.Called)},
		{Name: prefix + "ResponsibleUser.EmailAddress", Value: octostache.Escape(a.Mail)},
	}
}

// output is one name that a step has set on its targets.
type output struct {
	value, machine string
	own, differs   bool
}

// outputs are those of one step, seen from a target.
type outputs struct {
	of     map[string]*output
	target string
}

func (o *outputs) add(name, machine, value string) {
	x, there := o.of[name]
	if !there {
		if o.of == nil {
			o.of = map[string]*output{}
		}
		x = &output{}
		o.of[name] = x
	}
	x.differs = x.differs || there && x.value != value
	if own := machine == o.target; own || !x.own {
		x.value, x.machine, x.own = value, machine, own
	}
}

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// outputsOf are a step's outputs by their own names, as the reader is given them.
func (v *view) outputsOf(i int) map[string]string {
	step, out := &v.plan.Steps[i], map[string]string{}
	if step.Kind == plan.Ask {
		prefix := "Octopus.Action[" + step.Name + "].Output."
		for _, x := range answers(step.Name, v.state.Head.Steps[i].Answer) {
			out[strings.TrimPrefix(x.Name, prefix)] = x.Value
		}
		return out
	}
	if step.Kind != plan.OnHosts || step.Skip != "" {
		return out
	}
	all := outputs{target: v.target()}
	for place := range step.Targets {
		if !v.sees(i, place) {
			continue
		}
		for name, value := range v.state.at(step.First + place).Outputs {
			all.add(name, step.Targets[place].Name, value)
		}
	}
	for name, x := range all.of {
		out[name] = x.value
	}
	return out
}

// tooLong says whether a task's output of that name, or one that has it as a
// member, was too long to be kept where conditions can read it.
func (v *view) tooLong(i int, name string) bool {
	step := &v.plan.Steps[i]
	if step.Kind != plan.OnHosts || step.Skip != "" {
		return false
	}
	for place := range step.Targets {
		if !v.sees(i, place) {
			continue
		}
		for _, long := range v.state.at(step.First + place).Long {
			if holds(long, name) {
				return true
			}
		}
	}
	return false
}

// holds says whether a name is that of an output, or leads into it.
func holds(output, name string) bool {
	return len(name) >= len(output) && pipelines.SameName(name[:len(output)], output) &&
		(len(name) == len(output) || name[len(output)] == '.' || name[len(output)] == '[')
}

func longOutput(name, step string) error {
	return fmt.Errorf("the output %s of step %s is longer than a condition can read (1 KB): set a short one for it", name, step)
}
