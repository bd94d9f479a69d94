package conventions

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"slipway/pipelines/configfiles/globs"
	"slipway/pipelines/task"
)

// folders are where files are looked for: the working directory, and those that
// Octopus.Action.AdditionalPaths names.
func (d *deployment) folders() ([]*folder, error) {
	var all []*folder
	for _, dir := range append([]string{d.dir}, d.additionalPaths()...) {
		f, err := openFolder(dir)
		if err != nil {
			closeAll(all)
			return nil, fmt.Errorf("files in %s cannot be changed: %w", dir, err)
		}
		all = append(all, f)
	}
	return all, nil
}

// filesIn lists a folder once for all file conventions: they change files and
// neither add nor remove any, and no script runs between them.
func (d *deployment) filesIn(f *folder) ([]string, error) {
	if names, ok := d.listed[f.path]; ok {
		return names, nil
	}
	names, err := f.files()
	if err != nil {
		return nil, err
	}
	if d.listed == nil {
		d.listed = map[string][]string{}
	}
	d.listed[f.path] = names
	return names, nil
}

func closeAll(all []*folder) {
	for _, f := range all {
		f.close()
	}
}

func (d *deployment) additionalPaths() []string {
	var dirs []string
	for dir := range strings.FieldsFuncSeq(d.values.setting("Octopus.Action.AdditionalPaths"), func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if dir = strings.TrimSpace(dir); dir != "" {
			dirs = append(dirs, filepath.Join(absoluteIn(d.dir, dir)))
		}
	}
	return dirs
}

func absoluteIn(base, dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(base, dir)
}

// lines joins a list of the step with the one that a variable holds, all
// evaluated: a value may itself be a list, one entry a line.
func (d *deployment) lines(field string, list []string, variable string) ([]string, error) {
	var all []string
	for i, text := range list {
		text, err := d.values.Text(fmt.Sprintf("%s, entry %d,", field, i+1), text)
		if err != nil {
			return nil, err
		}
		all = append(all, globs.Lines(text)...)
	}
	return append(all, globs.Lines(d.values.setting(variable))...), nil
}

// foldCase is whether file names that differ by case alone are the same.
const foldCase = runtime.GOOS == "windows"

// eachTarget calls do once for every file that the list means, in the order of
// folders and names.
func (d *deployment) eachTarget(list []string, warn bool, do func(f *folder, name string) error) error {
	if len(list) == 0 {
		return nil
	}
	patterns := make([]globs.Pattern, len(list))
	for i, text := range list {
		if filepath.Clean(text) == "." {
			continue // the folder is no file in it: like a pattern that matches none
		}
		pattern, err := globs.Compile(text, foldCase)
		if err != nil {
			return err
		}
		patterns[i] = pattern
	}
	folders, err := d.folders()
	if err != nil {
		return err
	}
	defer closeAll(folders)
	matched := make([]bool, len(list))
	for _, f := range folders {
		names, err := d.filesIn(f)
		if err != nil {
			return err
		}
		for _, name := range names {
			hit := false
			for i, pattern := range patterns {
				if pattern.Match(name) || pattern.Match(filepath.ToSlash(f.full(name))) {
					matched[i], hit = true, true
				}
			}
			if !hit {
				continue
			}
			if err := do(f, name); err != nil {
				return fmt.Errorf("%s: %w", f.full(name), err)
			}
		}
	}
	for i, text := range list {
		if !matched[i] && warn {
			d.say(task.Warning, "no file is like "+text+" in "+d.dir)
		}
	}
	return nil
}
