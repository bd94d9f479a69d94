package jsonfile

import (
	"strconv"
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// target is a value in the tree that a variable goes to.
type target struct {
	node  int32
	depth int
}

// matcher looks for the paths that are names of variables.
type matcher struct {
	*tree
	wanted map[string]bool // in lower case: names, and false for what leads to one
	found  map[string]target
}

// match finds the value that each variable's name leads to. Where two paths
// read the same, like a key with a colon in it and a nested key, the later
// value in the file is meant.
func match(t *tree, values *fill.Values) map[string]target {
	m := matcher{tree: t, wanted: map[string]bool{}, found: map[string]target{}}
	for name := range values.Names() {
		if path := strings.ToLower(name); mayReplace(path) {
			m.want(path)
		}
	}
	if len(m.wanted) > 0 {
		m.visit(root, nil, 0)
	}
	return m.found
}

// mayReplace leaves out the variables that the deployment itself brings along.
// A section called Octopus can still be reached, by its path.
func mayReplace(path string) bool {
	return !strings.HasPrefix(path, "octopus") || strings.HasPrefix(path, "octopus:")
}

func (m *matcher) want(path string) {
	for i := range len(path) {
		if path[i] == ':' && !m.wanted[path[:i]] {
			m.wanted[path[:i]] = false
		}
	}
	m.wanted[path] = true
}

// visit goes through the values in node i, as far as they lead to a name.
func (m *matcher) visit(i int32, path []byte, depth int) {
	if depth > 0 {
		path = append(path, ':')
	}
	isArray, position := m.nodes[i].kind == array, int64(0)
	for child := m.nodes[i].first; child != 0; child = m.nodes[child].next {
		longer := path
		if isArray {
			longer = strconv.AppendInt(longer, position, 10)
			position++
		} else {
			longer = append(longer, strings.ToLower(m.name(child))...)
		}
		isName, leads := m.wanted[string(longer)]
		if !leads {
			continue
		}
		if isName {
			m.found[string(longer)] = target{child, depth + 1}
		}
		m.visit(child, longer, depth+1)
	}
}
