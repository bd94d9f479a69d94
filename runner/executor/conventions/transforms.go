package conventions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/transforms"
	"slipway/pipelines/configfiles/xdt"
	"slipway/pipelines/task"
)

const packageVariables = "Octopus.Action.Package."

// usedFiles are the full paths of transform files that were applied.
type usedFiles map[string]bool

// transformConfigurations applies XDT transforms: those the step lists, then
// Release, environment and tenant beside each `.config` file. The engine's
// warnings fail the step unless it is lenient, because a transform that did
// nothing usually left a secret or a debug switch where it was.
func (d *deployment) transformConfigurations(ctx context.Context) error {
	options, err := d.transformOptions()
	if err != nil || !options.Automatic && options.Additional == "" {
		return err
	}
	files, err := d.filesFor(options)
	if err != nil {
		return err
	}
	found, err := transforms.Find(files, d.dir, options)
	if err != nil {
		return err
	}
	for _, item := range found.Unmatched {
		d.say(task.Warning, "the configuration transform "+item+" means no file in "+d.dir)
	}
	d.used = usedFiles{}
	for _, pair := range found.Pairs {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		d.used[pair.Transform] = true
		if err := d.transform(pair); err != nil {
			return fmt.Errorf("%s, transformed by %s: %w", pair.Source, pair.Transform, err)
		}
	}
	return nil
}

func (d *deployment) transformOptions() (transforms.Options, error) {
	options := transforms.FromVariables(d.values.setting, runtime.GOOS == "windows")
	options.AlsoBelow = d.additionalPaths()
	if d.wanted.Transforms == nil {
		return options, nil
	}
	options.Automatic = d.values.flag(packageVariables+"AutomaticallyRunConfigurationTransformationFiles", d.wanted.Transforms.Automatic)
	listed, err := d.lines("config-transforms", d.wanted.Transforms.Files, "")
	options.Additional = strings.Join(append(listed, options.Additional), "\n")
	return options, err
}

func (d *deployment) transformPolicy() xdt.Policy {
	var wanted task.Transforms
	if d.wanted.Transforms != nil {
		wanted = *d.wanted.Transforms
	}
	return xdt.Policy{
		WarningsAreErrors: d.values.flag(packageVariables+"TreatConfigTransformationWarningsAsErrors", !wanted.LenientWarnings),
		IgnoreErrors:      d.values.flag(packageVariables+"IgnoreConfigTransformationErrors", wanted.IgnoreErrors),
	}
}

// filesFor lists, by full path, what transforms may change or be.
func (d *deployment) filesFor(options transforms.Options) ([]string, error) {
	folders, err := d.folders()
	if err != nil {
		return nil, err
	}
	defer closeAll(folders)
	var all []string
	for _, f := range folders {
		names, err := d.filesIn(f)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, f.full(name))
		}
	}
	elsewhere, err := transforms.Folders(options)
	if err != nil {
		return nil, err
	}
	for _, dir := range elsewhere {
		found, _ := os.ReadDir(dir) // a folder that is not there has no transforms, and Find says so
		for _, f := range found {
			all = append(all, filepath.Join(dir, f.Name()))
		}
	}
	return all, nil
}

func (d *deployment) transform(pair transforms.Pair) error {
	source, err := d.folderOf(pair.Source)
	if err != nil {
		return err
	}
	defer source.close()
	name := source.nameOf(pair.Source)
	content, was, err := source.read(name, fill.MaxBytes)
	if err != nil {
		return err
	}
	by, err := d.folderOf(pair.Transform)
	if err != nil {
		return err
	}
	defer by.close()
	instructions, _, err := by.read(by.nameOf(pair.Transform), fill.MaxBytes)
	if err != nil {
		return err
	}
	policy := d.transformPolicy()
	out, report, err := xdt.Apply(content, instructions)
	if err != nil && policy.IgnoreErrors {
		d.say(task.Warning, fmt.Sprintf("%s is not transformed by %s: %v", pair.Source, pair.Transform, err))
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.tellTransform(pair, policy, report); err != nil {
		return err
	}
	d.note("%s: transformed by %s", pair.Source, pair.Transform)
	d.changed = true
	return source.replace(name, out, was)
}

// folderOf opens the folder that the file may lie in: one whose files are ours
// to change, or, of a transform from elsewhere, its own.
func (d *deployment) folderOf(path string) (*folder, error) {
	for _, dir := range append([]string{d.dir}, d.additionalPaths()...) {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			return openFolder(dir)
		}
	}
	return openFolder(filepath.Dir(path))
}

// nameOf is a full path as the folder names it.
func (f *folder) nameOf(path string) string {
	rel, err := filepath.Rel(f.path, path)
	if err != nil {
		return filepath.Base(path)
	}
	return filepath.ToSlash(rel)
}

// tellTransform passes on what the engine says; the error is the first thing
// that counts as one.
func (d *deployment) tellTransform(pair transforms.Pair, policy xdt.Policy, report xdt.Report) error {
	quiet := d.values.flag(packageVariables+"SuppressConfigTransformationLogging", false)
	all := d.values.flag(packageVariables+"EnableDiagnosticsConfigTransformationLogging", false)
	var first string
	for _, m := range policy.Judge(report).Messages {
		text := m.Text
		if m.Line > 0 {
			text = fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.Text)
		}
		switch {
		case m.Level == xdt.Error:
			if first == "" {
				first = text
			}
			d.say(task.Warning, pair.Transform+": "+text)
		case m.Level == xdt.Warning && !quiet:
			d.say(task.Warning, pair.Transform+": "+text)
		case all:
			d.note("%s: %s", pair.Transform, text)
		}
	}
	if first != "" {
		return errors.New(first + ". Mend the transform, or say `warnings-as-errors: false` or `ignore-errors: true` below config-transforms")
	}
	return nil
}
