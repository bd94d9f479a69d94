package graph

import (
	"fmt"
	"strings"

	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
)

// scope gathers what a text may read, in the order in which a step on a host or
// a mail is told of it.
func (d *decision) scope(text string) *scope {
	v := d.view()
	own := v.plan.At(v.Step, v.Place)
	s := &scope{values: octostache.NewVariables(), secret: map[string]bool{}, options: octostache.Options{Now: d.t.at}}
	reads := whatReads(text, own)
	var names, stands []task.Variable
	var only func(int) bool
	if reads.process {
		only = reads.narrow(v.plan, v.asked)
		names, stands = v.progress(only)
	}
	for _, x := range names {
		s.values.Set(x.Name, x.Value)
	}
	for _, x := range own {
		if x.Secret != "" {
			s.values.SetLate(x.Name)
			s.secret[strings.ToLower(x.Name)] = true
			continue
		}
		s.values.Set(x.Name, x.Value)
	}
	for _, x := range stands {
		s.values.Set(x.Name, x.Value)
	}
	if reads.process {
		d.addOutputs(s, v, only)
	}
	return s
}

func (d *decision) addOutputs(s *scope, v *view, only func(int) bool) {
	inline := func(number int) (map[string]string, error) { return v.state.at(number).Outputs, nil }
	earlier, _, _ := v.outputs(only, inline)
	for _, x := range earlier {
		s.values.Set(x.Name, x.Value)
	}
	for i := range v.plan.Steps {
		step := &v.plan.Steps[i]
		if step.Kind != plan.OnHosts || step.Skip != "" || only != nil && !only(i) {
			continue
		}
		for place := range step.Targets {
			if !v.asked[i] || !v.sees(i, place) {
				continue
			}
			for _, name := range v.state.at(step.First + place).Long {
				s.values.SetLate(fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", step.Name, step.Targets[place].Name, name))
				s.values.SetLate(fmt.Sprintf("Octopus.Action[%s].Output.%s", step.Name, name))
			}
		}
	}
}

// readings is what a text reads of the process, itself or by way of variables.
type readings struct {
	process bool // steps, or how the deployment stands
	all     bool // any of the steps
	words   string
}

func whatReads(text string, own []plan.Variable) readings {
	var r readings
	told := map[string]bool{}
	var words strings.Builder
	for texts := []string{text}; len(texts) > 0; texts = texts[1:] {
		words.WriteString(strings.ToLower(texts[0]))
		words.WriteByte('\n')
		for _, ref := range variables.References(texts[0]) {
			step, ofSteps := ref.OfStep()
			r.process = r.process || ref.OfProcess()
			r.all = r.all || ofSteps && (step == "" || strings.Contains(ref.Name, "[*]") || strings.Contains(ref.Name, "#{"))
			for i := range own {
				if v := &own[i]; !told[v.Name] && strings.Contains(v.Value, "#{") && ref.Reads(v.Name) {
					told[v.Name] = true
					texts = append(texts, v.Value)
				}
			}
		}
	}
	r.words = words.String()
	return r
}

// narrow leaves of the steps that a condition may look at those that the text can
// mean: telling of all costs in long processes.
func (r readings) narrow(p *plan.Plan, asked []bool) func(int) bool {
	if r.all {
		return nil
	}
	meant := make([]bool, len(asked))
	for i := range asked {
		meant[i] = asked[i] && strings.Contains(r.words, strings.ToLower(p.Steps[i].Name))
	}
	return func(i int) bool { return meant[i] }
}
