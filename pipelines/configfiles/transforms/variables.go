package transforms

import "strings"

// FromVariables reads what the step says. get is a variable's evaluated text,
// empty for one that is not there.
func FromVariables(get func(name string) string, windows bool) Options {
	options := Options{
		Windows:     windows,
		Additional:  get("Octopus.Action.Package.AdditionalXmlConfigurationTransforms"),
		Automatic:   strings.EqualFold(strings.TrimSpace(get("Octopus.Action.Package.AutomaticallyRunConfigurationTransformationFiles")), "true"),
		Environment: get("Octopus.Environment.Name"),
		Tenant:      get("Octopus.Deployment.Tenant.Name"),
	}
	for folder := range strings.FieldsFuncSeq(get("Octopus.Action.AdditionalPaths"), isSeparator) {
		if folder = strings.TrimSpace(folder); folder != "" {
			options.AlsoBelow = append(options.AlsoBelow, folder)
		}
	}
	return options
}
