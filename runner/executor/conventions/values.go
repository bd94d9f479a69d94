package conventions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/octostache"
)

// Values are the order's variables and what the host adds to them.
type Values struct {
	vars           *octostache.Variables
	options        octostache.Options
	step           string
	machines       []string        // names under which this host's outputs are known
	secret         map[string]bool // names in small letters: of values that no log shows
	tooShortToMask []string
}

// newValues joins plain and opened variables, and teaches the mask the secrets.
func newValues(j Job) (*Values, error) {
	v := &Values{
		vars: octostache.NewVariables(), options: octostache.Options{Now: j.Now()},
		step: j.Order.Step, machines: []string{j.Order.Target}, secret: map[string]bool{},
	}
	for _, pair := range j.Environ {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			v.vars.Set("env:"+name, escaped(value))
		}
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
		v.vars.Set(variable.Name, escaped(value)) // a secret is a value, never a template
		delete(left, variable.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		v.vars.Set(name, escaped(left[name]))
	}
	if name, ok := v.vars.Get("Octopus.Machine.Name"); ok && name != j.Order.Target {
		v.machines = append(v.machines, name)
	}
	for _, name := range slices.Sorted(maps.Keys(j.Secrets)) {
		v.secret[strings.ToLower(name)] = true
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

// usesSecret says whether a text would come out otherwise if secrets had other
// values.
func (v *Values) usesSecret(text, evaluated string) bool {
	others := v.vars.Clone()
	for name := range v.vars.All() {
		if v.secret[strings.ToLower(name)] {
			others.Set(name, "another value")
		}
	}
	result, err := octostache.Evaluate(text, others, v.options)
	return err != nil || result.Text != evaluated
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

// setting is what a variable says that people set to steer a convention,
// without the white space around it; "" where there is none. What cannot be
// resolved stays in the text, and whoever reads the setting says so.
func (v *Values) setting(name string) string {
	text, ok := v.vars.Get(name)
	if !ok {
		return ""
	}
	options := v.options
	options.Continue = true
	result, err := octostache.Evaluate(text, v.vars, options)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(result.Text)
}

// flag is a setting that is true or false, and otherwise where it is neither.
func (v *Values) flag(name string, otherwise bool) bool {
	switch strings.ToLower(v.setting(name)) {
	case "true":
		return true
	case "false":
		return false
	}
	return otherwise
}

// filling are the values as they are now, for files.
func (v *Values) filling() *fill.Values { return fill.New(v.vars, v.options) }

// setOutput gives an output variable the names under which this very step can
// use it: alone, with the step, and with the step and the machine.
func (v *Values) setOutput(name, text string) {
	for _, full := range v.namesOf(name) {
		v.vars.Set(full, text)
	}
}

// setSensitive does the same for a value that no log shows.
func (v *Values) setSensitive(name, value string) {
	for _, full := range v.namesOf(name) {
		v.secret[strings.ToLower(full)] = true
		v.vars.Set(full, escaped(value))
	}
}

func (v *Values) namesOf(output string) []string {
	names := []string{output, "Octopus.Action[" + v.step + "].Output." + output}
	for _, machine := range v.machines {
		names = append(names, "Octopus.Action["+v.step+"].Output["+machine+"]."+output)
	}
	return names
}

// escaped is a value that is no template, whatever it looks like.
func escaped(value string) string { return octostache.Escape(value) }
