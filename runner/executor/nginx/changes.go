package nginx

import (
	"maps"
	"slices"

	"slipway/pipelines/nginxconf"
)

// changes are the files that differ, with their bytes before and after. A path
// that is missing on one side does not exist then.
type changes struct{ before, after map[string]string }

func compare(there map[string]string, wanted []nginxconf.File) changes {
	c := changes{before: maps.Clone(there), after: map[string]string{}}
	for _, file := range wanted {
		if text, ok := there[file.Path]; ok && text == file.Text {
			delete(c.before, file.Path)
			continue
		}
		c.after[file.Path] = file.Text
	}
	return c
}

func (c changes) empty() bool { return len(c.before) == 0 && len(c.after) == 0 }

// paths are all that change, sorted.
func (c changes) paths() []string {
	all := maps.Clone(c.before)
	maps.Copy(all, c.after)
	return slices.Sorted(maps.Keys(all))
}
