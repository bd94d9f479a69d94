package jsonfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// writer lays a tree out, with the replacements in their places.
type writer struct {
	out      []byte
	newline  string
	replaced map[int32]replacement
	count    int
	full     bool
}

// node writes a value. What is inside a replaced object goes with it.
func (w *writer) node(t *tree, i int32, depth int) {
	n := t.nodes[i]
	switch {
	case n.filled:
		w.count++
		w.replacement(w.replaced[i], depth)
	case n.kind == object:
		w.children(t, n, depth, '{', '}')
	case n.kind == array:
		w.children(t, n, depth, '[', ']')
	default:
		w.scalar(t.raw(n.value))
	}
}

func (w *writer) replacement(r replacement, depth int) {
	if r.tree == nil {
		w.out = append(w.out, r.literal...)
		return
	}
	w.node(r.tree, root, depth)
}

func (w *writer) children(t *tree, n node, depth int, open, end byte) {
	w.out = append(w.out, open)
	for i := n.first; i != 0 && !w.full; i = t.nodes[i].next {
		if i != n.first {
			w.out = append(w.out, ',')
		}
		w.line(depth + 1)
		if n.kind == object {
			w.text(t.raw(t.nodes[i].key))
			w.out = append(w.out, ':', ' ')
		}
		w.node(t, i, depth+1)
	}
	if n.first != 0 {
		w.line(depth)
	}
	w.out = append(w.out, end)
}

// scalar keeps the spelling of the file.
func (w *writer) scalar(raw string) {
	if raw[0] == '"' || raw[0] == '\'' {
		w.text(raw)
		return
	}
	w.out = append(w.out, raw...)
}

// text keeps the spelling of the file where it is JSON.
func (w *writer) text(raw string) {
	if isPlain(raw) {
		w.out = append(w.out, raw...)
		return
	}
	w.out = appendQuoted(w.out, decode(raw))
}

func (w *writer) line(depth int) {
	w.full = w.full || len(w.out) > fill.MaxBytes
	w.out = append(w.out, w.newline...)
	for range depth {
		w.out = append(w.out, ' ', ' ')
	}
}

// lineEnding is the one that most lines have; of two equals the first. As in
// Octopus, a text of one line is taken to come from Windows.
func lineEnding(s string) string {
	dos := strings.Count(s, "\r\n")
	unix := strings.Count(s, "\n") - dos
	first := strings.IndexByte(s, '\n')
	if unix > dos || unix == dos && first >= 0 && (first == 0 || s[first-1] != '\r') {
		return "\n"
	}
	return "\r\n"
}
