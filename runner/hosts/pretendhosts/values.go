package pretendhosts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
)

// values resolve the `#{…}` of an order.
type values struct {
	of   []task.Variable // in the order in which they are set
	vars *octostache.Variables
	now  time.Time
	err  error // why the secrets could not be opened
}

// reads says whether a text may name a variable.
func reads[T string | []byte | json.RawMessage](text T) bool {
	return strings.Contains(string(text), "#{")
}

// valuesOf are the order's variables and secrets, and what hides the latter.
func valuesOf(target string, o *task.Order, now time.Time) (values, *strings.Replacer) {
	secrets, err := open(target, o)
	v := values{now: now, err: err}
	for _, variable := range o.Variables {
		if !variable.Secret {
			v.set(variable.Name, variable.Value)
		} else if _, brought := secrets[variable.Name]; !brought && v.err == nil {
			v.err = fmt.Errorf("the order names the secret %s but does not bring it", variable.Name)
		}
	}
	var hidden []string
	longestFirst := func(a, b string) int {
		return cmp.Or(cmp.Compare(len(secrets[b]), len(secrets[a])), cmp.Compare(a, b)) // one may be the beginning of another
	}
	for _, name := range slices.SortedFunc(maps.Keys(secrets), longestFirst) {
		v.set(name, octostache.Escape(secrets[name])) // a secret is text, whatever it looks like
		if secrets[name] != "" {
			hidden = append(hidden, secrets[name], "********")
		}
	}
	return v, strings.NewReplacer(hidden...)
}

func (v *values) set(name, text string) { v.of = append(v.of, task.Variable{Name: name, Value: text}) }

// installed sets what only the host knows, under all the names it goes by.
func (v *values) installed(step, dir string) {
	const name = "Package.InstallationDirectoryPath"
	v.set("Octopus.Action."+name, dir)
	for _, output := range []string{name, "Octopus.Action." + name} {
		v.set(fmt.Sprintf("Octopus.Action[%s].Output.%s", step, output), dir)
	}
}

// evaluate gives the text and the expressions in it that mean nothing.
func (v *values) evaluate(text string) (string, []string, error) {
	if v.err != nil {
		return "", nil, v.err
	}
	if !reads(text) {
		return text, nil, nil
	}
	if v.vars == nil {
		v.vars = octostache.NewVariables()
	}
	for _, variable := range v.of {
		v.vars.Set(variable.Name, variable.Value)
	}
	v.of = nil
	result, err := octostache.Evaluate(text, v.vars, octostache.Options{Now: v.now})
	return result.Text, result.Unresolved, err
}
