package conventions

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/pipelines/configfiles/globs"
)

// purge empties the directory, which itself stays. Links are removed, never
// followed; what an exclusion means stays with everything below it.
func (d *deployment) purge(to *folder) error {
	if !d.values.flag(customIn+"ShouldBePurgedBeforeDeployment", d.wanted.Purge) {
		return nil
	}
	if within(d.unpacked, to.path) || within(d.Applications, to.path) {
		return errors.New("it holds the installations themselves: choose a directory of its own")
	}
	list, err := d.lines("purge-except", d.wanted.KeepOnPurge, customIn+"PurgeExclusions")
	if err != nil {
		return err
	}
	var keep []globs.Pattern
	for _, text := range list {
		pattern, err := globs.Compile(text, foldCase)
		if err != nil {
			return err
		}
		keep = append(keep, pattern)
	}
	d.note("emptying %s", to.path)
	_, err = purgeFolder(to.root, ".", keep)
	return err
}

// purgeFolder says whether the folder is empty now.
func purgeFolder(root *os.Root, dir string, keep []globs.Pattern) (empty bool, err error) {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return false, err
	}
	empty = true
	for _, e := range entries {
		name := filepath.ToSlash(filepath.Join(dir, e.Name()))
		if covered(name, keep) {
			empty = false
			continue
		}
		if e.IsDir() {
			gone, err := purgeFolder(root, name, keep)
			if err != nil {
				return false, err
			}
			if !gone {
				empty = false
				continue
			}
		}
		if err := root.Remove(name); err != nil {
			return false, err
		}
	}
	return empty, nil
}

func covered(name string, by []globs.Pattern) bool {
	for _, pattern := range by {
		if pattern.Match(name) {
			return true
		}
	}
	return false
}
