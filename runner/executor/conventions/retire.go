package conventions

import (
	"os"
	"path/filepath"
	"strings"

	"slipway/pipelines/task"
)

// retire removes the installations that the order lets go. It comes after
// success and never makes a failure of it. The order has been thought over
// where the journal is kept; here only what lies below the applications folder
// goes, and nothing that is, or holds, what is in use.
func (d *deployment) retire() {
	if len(d.Order.Retire) == 0 {
		return
	}
	applications := d.applications()
	root, err := os.OpenRoot(applications)
	if err != nil {
		d.say(task.Warning, "old installations stay: "+err.Error())
		return
	}
	defer root.Close()
	for _, dir := range d.Order.Retire {
		name, err := filepath.Rel(applications, filepath.Clean(dir))
		switch {
		case err != nil || !filepath.IsLocal(name) || name == "." || !strings.ContainsRune(name, filepath.Separator):
			d.say(task.Warning, "the old installation "+dir+" stays: it is no installation below "+applications)
		case d.inUse(dir):
			d.say(task.Warning, "the old installation "+dir+" stays: it is in use")
		default:
			if err := root.RemoveAll(name); err != nil {
				d.say(task.Warning, "the old installation "+dir+" stays: "+err.Error())
				continue
			}
			d.note("removed the old installation %s", dir)
			d.done.Retired = append(d.done.Retired, dir)
		}
	}
}

// inUse says whether a folder is, holds, or lies in what this step serves now
// or went back to if it had to.
func (d *deployment) inUse(dir string) bool {
	used := []string{d.unpacked, d.dir}
	for _, p := range d.Order.Previous {
		used = append(used, p.Directory, p.Custom)
	}
	for _, u := range used {
		if u != "" && (within(u, dir) || within(dir, u)) {
			return true
		}
	}
	return false
}

// within says whether a path is a folder or lies in it, wherever links lead.
func within(path, folder string) bool {
	rel, err := filepath.Rel(resolved(folder), resolved(path))
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// resolved follows the links of a path as far as it exists.
func resolved(path string) string {
	path = filepath.Clean(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolved(parent), filepath.Base(path))
}
