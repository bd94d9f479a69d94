package conventions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines/octostache"
)

// Values are the order's variables and what the host adds to them.
type Values struct {
	vars           *octostache.Variables
	options        octostache.Options
	step           string
	machines       []string // names under which this host's outputs are known
	tooShortToMask []string
}

// newValues joins plain and opened variables, and teaches the mask the secrets.
func newValues(j Job) (*Values, error) {
	v := &Values{
		vars: octostache.NewVariables(), options: octostache.Options{Now: j.Now()},
		step: j.Order.Step, machines: []string{j.Order.Target},
	}
	left := maps.Clone(j.Secrets)
	for _, variable := range j.Order.Variables {
		if !variable.Secret {
			v.vars.Set(variable.Name, variable.Value)
			continue
		}
		value, ok := j.Secrets[variable.Name]
		if !ok {
			return nil, fmt.Errorf("the order names the secret %s but does not bring it", variable.Name)
		}
		v.vars.Set(variable.Name, octostache.Escape(value)) // a secret is a value, never a template
		delete(left, variable.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		v.vars.Set(name, octostache.Escape(left[name]))
	}
	if name, ok := v.vars.Get("Octopus.Machine.Name"); ok && name != j.Order.Target {
		v.machines = append(v.machines, name)
	}
	for _, name := range slices.Sorted(maps.Keys(j.Secrets)) {
		if !j.Mask.Add(j.Secrets[name]) {
			v.tooShortToMask = append(v.tooShortToMask, name)
		}
		// A secret may itself hold #{…}; what comes out of it is as secret.
		if value, err := v.Text(name, j.Secrets[name]); err == nil && value != j.Secrets[name] {
			j.Mask.Add(value)
		}
	}
	return v, nil
}

// Text resolves a text. What stands for nothing is an error that names it, and
// field says where it stands.
func (v *Values) Text(field, text string) (string, error) {
	result, err := octostache.Evaluate(text, v.vars, v.options)
	if err != nil {
		return "", fmt.Errorf("%s cannot be evaluated: %w", field, err)
	}
	if len(result.Unresolved) > 0 {
		return "", fmt.Errorf("%s uses %s, which has no value here: define it for this environment or correct the name. Nothing of it was run",
			field, strings.Join(result.Unresolved, ", "))
	}
	return result.Text, nil
}

// Known are all variables with their resolved texts, for scripts that ask by
// name. One that cannot be resolved keeps its text: it may never be asked for.
func (v *Values) Known() map[string]string {
	known := map[string]string{}
	for name, text := range v.vars.All() {
		if result, err := octostache.Evaluate(text, v.vars, v.options); err == nil && len(result.Unresolved) == 0 {
			text = result.Text
		}
		known[name] = text
	}
	return known
}

// setOutputs gives output variables the names under which this very step can
// use them: alone, with the step, and with the step and the machine.
func (v *Values) setOutputs(outputs map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		v.vars.Set(name, outputs[name])
		v.vars.Set("Octopus.Action["+v.step+"].Output."+name, outputs[name])
		for _, machine := range v.machines {
			v.vars.Set("Octopus.Action["+v.step+"].Output["+machine+"]."+name, outputs[name])
		}
	}
}
