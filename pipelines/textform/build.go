package textform

import (
	"github.com/goccy/go-yaml/ast"
)

// node turns a part of the library's tree into ours: anchors and aliases are
// resolved (to the same node, so that they cost nothing yet), tags looked at.
func (s *source) node(n ast.Node) *node {
	out := s.bare(n)
	if out.at == (Place{}) {
		out.at = s.place(n.GetToken())
	}
	if out.size == 0 {
		out.size = 1
	}
	return out
}

func (s *source) bare(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.StringNode:
		return &node{kind: text, text: n.Value}
	case *ast.LiteralNode:
		return &node{kind: text, text: n.Value.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return &node{kind: number, text: n.GetToken().Value}
	case *ast.BoolNode:
		return &node{kind: truth, text: n.Token.Value}
	case *ast.NullNode:
		return &node{}
	case *ast.MappingNode:
		return s.mapping(n.Values)
	case *ast.MappingValueNode:
		return s.mapping([]*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return s.list(n.Values)
	case *ast.AnchorNode:
		return s.anchor(n)
	case *ast.AliasNode:
		return s.alias(n)
	case *ast.TagNode:
		return s.tagged(n)
	}
	s.problem(s.place(n.GetToken()), "this kind of YAML has no meaning here: write texts, numbers, lists and mappings")
	return &node{}
}

func (s *source) list(values []ast.Node) *node {
	out := &node{kind: list, size: 1}
	for _, v := range values {
		item := s.node(v)
		out.items = append(out.items, item)
		out.grow(item)
	}
	return out
}

// grow adds the size of a part, and stops counting far above the limit, since
// doubled often enough any number overflows.
func (n *node) grow(part *node) { n.size = min(n.size+part.size, 2*maxSize) }

func (s *source) mapping(values []*ast.MappingValueNode) *node {
	out := &node{kind: mapping, size: 1}
	first := map[string]int{} // key → line
	var merged []*node
	for _, v := range values {
		value := s.node(v.Value)
		out.grow(value)
		if v.Key.IsMergeKey() {
			merged = append(merged, s.merged(value)...)
			continue
		}
		key, at, ok := s.key(v)
		if !ok {
			continue
		}
		if line, twice := first[key]; twice {
			s.problem(at, "the key %s stands here twice; the first is in line %d: remove one", quote(key), line)
			continue
		}
		first[key] = at.Line
		out.entries = append(out.entries, entry{key, at, value})
	}
	if len(out.entries) > 0 {
		out.at = out.entries[0].at
	}
	for _, m := range merged {
		s.merge(out, m, first)
	}
	return out
}

func (s *source) key(v *ast.MappingValueNode) (string, Place, bool) {
	var n ast.Node = v.Key
	if explicit, ok := n.(*ast.MappingKeyNode); ok && explicit.Value != nil {
		n = explicit.Value
	}
	key := s.node(n)
	if !key.scalar() || key.kind == null {
		s.problem(key.at, "a key is a word here, not %s", key.found())
		return "", Place{}, false
	}
	return key.text, key.at, true
}

// merged is what `<<: *a` or `<<: [*a, *b]` brings in.
func (s *source) merged(value *node) []*node {
	switch value.kind {
	case mapping:
		return []*node{value}
	case list:
		var out []*node
		for _, item := range value.items {
			if item.kind == mapping {
				out = append(out, item)
			}
		}
		return out
	}
	s.problem(value.at, "`<<` merges a mapping, like `<<: *name`; this is %s", value.found())
	return nil
}

// merge adds the keys that are not there yet: what is written wins. Merging
// copies, so it ends where the file stands for too much.
func (s *source) merge(n, from *node, first map[string]int) {
	for _, e := range from.entries {
		if _, there := first[e.key]; there || s.copied > maxSize {
			continue
		}
		s.copied++
		first[e.key] = e.at.Line
		n.entries = append(n.entries, e)
	}
}

func (n *node) entry(key string) *entry {
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// anchor remembers a value once it is complete, so that no value is part of
// itself.
func (s *source) anchor(n *ast.AnchorNode) *node {
	out := s.node(n.Value)
	s.anchors[n.Name.GetToken().Value] = out
	return out
}

func (s *source) alias(n *ast.AliasNode) *node {
	name := n.Value.GetToken().Value
	out, ok := s.anchors[name]
	if !ok {
		s.problem(s.place(n.GetToken()), "there is no anchor &%s above this: an alias repeats what was named before", name)
		return &node{}
	}
	return out
}

// tagged obeys `!!str`, lets the other standard tags say what is so anyway,
// and refuses all others: nothing here makes objects by tag.
func (s *source) tagged(n *ast.TagNode) *node {
	if n.Value == nil {
		return &node{}
	}
	out := s.node(n.Value)
	switch tag := n.Start.Value; tag {
	case "!!str":
		if out.scalar() {
			return &node{kind: text, text: out.text, at: out.at, size: 1}
		}
	case "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
	default:
		s.problem(s.place(n.Start), "the tag %s has no meaning here: remove it", tag)
	}
	return out
}
