package pretendhosts

import (
	"cmp"
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
	vars *octostache.Variables
	now  time.Time
	err  error // why the secrets could not be opened
}

// valuesOf are the order's variables and secrets, and what hides the latter.
func valuesOf(target string, o task.Order, now time.Time) (values, *strings.Replacer) {
	secrets, err := open(target, o)
	v := values{vars: octostache.NewVariables(), now: now, err: err}
	for _, variable := range o.Variables {
		if !variable.Secret {
			v.vars.Set(variable.Name, variable.Value)
		} else if _, brought := secrets[variable.Name]; !brought && v.err == nil {
			v.err = fmt.Errorf("the order names the secret %s but does not bring it", variable.Name)
		}
	}
	var hidden []string
	longestFirst := func(a, b string) int {
		return cmp.Or(cmp.Compare(len(secrets[b]), len(secrets[a])), cmp.Compare(a, b)) // one may be the beginning of another
	}
	for _, name := range slices.SortedFunc(maps.Keys(secrets), longestFirst) {
		v.vars.Set(name, octostache.Escape(secrets[name])) // a secret is text, whatever it looks like
		if secrets[name] != "" {
			hidden = append(hidden, secrets[name], "********")
		}
	}
	return v, strings.NewReplacer(hidden...)
}

// installed sets what only the host knows, under all the names it goes by.
func (v *values) installed(step, dir string) {
	const name = "Package.InstallationDirectoryPath"
	v.vars.Set("Octopus.Action."+name, dir)
	for _, output := range []string{name, "Octopus.Action." + name} {
		v.vars.Set(fmt.Sprintf("Octopus.Action[%s].Output.%s", step, output), dir)
	}
}

// evaluate gives the text and the expressions in it that mean nothing.
func (v *values) evaluate(text string) (string, []string, error) {
	if v.err != nil {
		return "", nil, v.err
	}
	result, err := octostache.Evaluate(text, v.vars, octostache.Options{Now: v.now})
	return result.Text, result.Unresolved, err
}
