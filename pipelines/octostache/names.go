package octostache

import "strings"

// node is one place that a path can lead to: `Octopus.Action[web].Name` makes
// the nodes Octopus, Action, [web] and Name below each other.
type node struct {
	key     string
	def     *definition // nil: no variable has exactly this name
	indexed bool        // reached by [key]: without a variable of its own it has its key as value
	names   children
	indexes children
}

// children keeps the order of creation, which is the order of a loop.
type children struct {
	list  []*node
	byKey map[string]*node // once the list is long; by key as written and folded
}

// crowd is the number of children from which a map beats looking through.
const crowd = 12

func (c *children) find(key string) *node {
	if c.byKey != nil {
		if n := c.byKey[key]; n != nil {
			return n
		}
		var room [64]byte
		return c.byKey[string(appendFolded(room[:0], key))]
	}
	for _, n := range c.list {
		if n.key == key || strings.EqualFold(n.key, key) {
			return n
		}
	}
	return nil
}

func (c *children) add(n *node) {
	c.list = append(c.list, n)
	if len(c.list) < crowd {
		return
	}
	if c.byKey == nil {
		c.byKey = make(map[string]*node, 4*crowd)
		for _, old := range c.list {
			c.byKey[old.key], c.byKey[fold(old.key)] = old, old
		}
	}
	c.byKey[n.key], c.byKey[fold(n.key)] = n, n
}

// bind hangs a definition below the root. Octopus reads as much of the name as
// parses as a path and ignores the rest; a name that does not begin like a
// path, or holds an index that would have to be evaluated, cannot be
// referenced.
func (root *node) bind(d *definition) {
	p := parser{src: d.name}
	path, end, ok := p.path(p.space(0))
	if !ok || path.dynamic {
		return
	}
	at := root
	for _, s := range path.steps {
		at = at.descend(s)
	}
	at.def = d
	if end == len(d.name) {
		d.node = at
	}
}

func (n *node) descend(s step) *node {
	level := &n.names
	if s.indexed {
		level = &n.indexes
	}
	if child := level.find(s.text); child != nil {
		return child
	}
	child := &node{key: s.text, indexed: s.indexed}
	level.add(child)
	return child
}

// child is where a step leads from n by the names alone.
func (n *node) child(s *step) *node {
	if !s.indexed {
		return n.names.find(s.text)
	}
	if s.text == "*" && len(n.indexes.list) > 0 {
		return n.indexes.list[0]
	}
	return n.indexes.find(s.text)
}

// textNode is a node that is not a variable: an item of a loop.
func textNode(text string) *node {
	return &node{def: &definition{text: text}}
}
