package dotnetconfig

import (
	"path"
	"slices"
	"strings"
)

// Step is what a deployment step says about its configuration files.
type Step struct {
	Wanted       bool // the feature is on, with replacing in all files
	IgnoreErrors bool // a file that cannot be read is no failure
}

// FromVariables reads the step's variables. get gives the text of a variable, "" for
// one that is not there.
func FromVariables(get func(name string) string) Step {
	flag := func(name string) bool { return strings.EqualFold(strings.TrimSpace(get(name)), "true") }
	features := strings.Split(get("Octopus.Action.EnabledFeatures"), ",")
	on := slices.ContainsFunc(features, func(feature string) bool {
		return strings.EqualFold(strings.TrimSpace(feature), "Octopus.Features.ConfigurationVariables")
	})
	return Step{
		Wanted:       on && flag("Octopus.Action.Package.AutomaticallyUpdateAppSettingsAndConnectionStrings"),
		IgnoreErrors: flag("Octopus.Action.Package.IgnoreVariableReplacementErrors"),
	}
}

// Files picks those of the paths, slashes between their parts, whose settings
// the step replaces: every *.config in any folder, but for what served as a
// transform of another file.
func (s Step) Files(paths []string, transforms ...string) []string {
	files := []string{}
	for _, p := range paths {
		if s.Wanted && strings.EqualFold(path.Ext(p), ".config") && !slices.Contains(transforms, p) {
			files = append(files, p)
		}
	}
	return files
}
