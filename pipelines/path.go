package pipelines

import (
	"strconv"
	"strings"
)

// Helpers to write the Path of a Problem and the names in its Message.

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func under(prefix string, found []Problem) []Problem {
	for i := range found {
		found[i].Path = Join(prefix, found[i].Path)
	}
	return found
}

// Join puts two parts of a Problem's path together.
func Join(prefix, path string) string {
	switch {
	case prefix == "":
		return path
	case path == "":
		return prefix
	case strings.HasPrefix(path, "["):
		return prefix + path
	}
	return prefix + "." + path
}

func quote(s string) string { return strconv.Quote(s) }

// list writes names as people do: `Dev, Test and Prod`.
func list(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
