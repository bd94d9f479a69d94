package conventions

import (
	"context"
	"fmt"

	"slipway/pipelines/configfiles/dotnetconfig"
	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/structured"
	"slipway/pipelines/task"
)

// fillConfigurations puts values into the .NET settings of every `.config`
// file, except those that were transforms for others.
func (d *deployment) fillConfigurations(ctx context.Context) error {
	if !d.values.flag(packageVariables+"AutomaticallyUpdateAppSettingsAndConnectionStrings", d.wanted.ConfigVariables) {
		return nil
	}
	lenient := d.values.flag(packageVariables+"IgnoreVariableReplacementErrors", false)
	values := d.values.filling()
	return d.eachTarget([]string{"**/*.config"}, false, func(f *folder, name string) error {
		if d.used[f.full(name)] {
			return nil
		}
		err := d.fillFile(ctx, f, name, func(content []byte) ([]byte, fill.Report, error) { return dotnetconfig.Replace(content, values) })
		if err != nil && lenient && context.Cause(ctx) == nil {
			d.say(task.Warning, fmt.Sprintf("%s is left as it is: %v", f.full(name), err))
			return nil
		}
		return err
	})
}

const structuredTargets = packageVariables + "JsonConfigurationVariablesTargets"

// fillStructured puts values into JSON, YAML, XML and properties files: every
// place whose path is a variable's name.
func (d *deployment) fillStructured(ctx context.Context) error {
	list, err := d.lines("structured-variables", d.wanted.StructuredIn, structuredTargets)
	if err != nil {
		return err
	}
	options := structured.Options{FallbackJSONOnly: d.values.flag("Octopus.Action.StructuredConfigurationFallbackFlag", false)}
	values := d.values.filling()
	return d.eachTarget(list, true, func(f *folder, name string) error {
		return d.fillFile(ctx, f, name, func(content []byte) ([]byte, fill.Report, error) {
			out, _, report, err := structured.Replace(name, content, values, options)
			return out, report, err
		})
	})
}

// fillFile changes one file and tells how much, never what: values may be
// secrets.
func (d *deployment) fillFile(ctx context.Context, f *folder, name string, with func([]byte) ([]byte, fill.Report, error)) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	content, was, err := f.read(name, fill.MaxBytes)
	if err != nil {
		return err
	}
	out, report, err := with(content)
	if err != nil {
		return err
	}
	for _, text := range report.Warnings {
		d.say(task.Warning, f.full(name)+": "+text)
	}
	if string(out) == string(content) {
		return nil
	}
	d.note("%s: %s set", f.full(name), counted(report.Replaced))
	d.changed = true
	return f.replace(name, out, was)
}

func counted(values int) string {
	if values == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d values", values)
}
