package textform

import (
	"bytes"
	"strings"
)

// width is how long a line may get before a value is laid out in several.
const width = 110

// printer lays a tree out: small values in one line, `{ port: 8081 }`, bigger
// ones a line a key; long texts keep their lines.
type printer struct{ bytes.Buffer }

func (p *printer) line(s string) { p.WriteString(s + "\n") }

// block writes a mapping with nothing in front of it.
func (p *printer) block(n *node, indent int) {
	for _, e := range n.entries {
		p.value(strings.Repeat(" ", indent)+key(e.key)+":", e.value, indent)
	}
}

// value writes a value behind its lead: `key:` or the dash of a list, which
// stand at indent.
func (p *printer) value(lead string, n *node, indent int) {
	if one, ok := n.oneLine(); ok && len(lead)+1+len(one) <= width {
		p.line(lead + " " + one)
		return
	}
	switch n.kind {
	case mapping:
		p.line(lead)
		p.block(n, indent+2)
	case list:
		p.line(lead)
		for _, item := range n.items {
			p.item(item, indent+2)
		}
	default:
		p.scalar(lead, n, indent)
	}
}

// item writes one entry of a list; a mapping begins behind the dash.
func (p *printer) item(n *node, indent int) {
	dash := strings.Repeat(" ", indent) + "-"
	one, ok := n.oneLine()
	if n.kind != mapping || ok && len(dash)+1+len(one) <= width {
		p.value(dash, n, indent)
		return
	}
	var inner printer
	inner.block(n, indent+2)
	p.WriteString(dash + " ")
	p.Write(inner.Bytes()[indent+2:])
}

func (p *printer) scalar(lead string, n *node, indent int) {
	if n.kind != text {
		p.line(lead + " " + n.text)
		return
	}
	switch {
	case plain(n.text, false):
		p.line(lead + " " + n.text)
	case literal(n.text):
		sign := " |"
		if !strings.HasSuffix(n.text, "\n") {
			sign = " |-"
		}
		p.line(lead + sign)
		for l := range strings.SplitSeq(strings.TrimSuffix(n.text, "\n"), "\n") {
			if l != "" {
				l = strings.Repeat(" ", indent+2) + l
			}
			p.line(l)
		}
	default:
		p.line(lead + " " + quoted(n.text))
	}
}

// oneLine is a value in one line, if it may be: not what must be seen at a
// glance (a project, a step), not a text of several lines, and a list or a
// mapping only with brackets.
func (n *node) oneLine() (string, bool) {
	switch n.kind {
	case list:
		parts, ok := oneLines(n.items)
		return "[" + strings.Join(parts, ", ") + "]", ok
	case mapping:
		var values []*node
		for _, e := range n.entries {
			values = append(values, e.value)
		}
		parts, ok := oneLines(values)
		if !ok || n.tall && len(parts) > 0 {
			return "", false
		}
		for i, e := range n.entries {
			parts[i] = key(e.key) + ": " + parts[i]
		}
		if len(parts) == 0 {
			return "{}", true
		}
		return "{ " + strings.Join(parts, ", ") + " }", true
	case text:
		return "", false
	}
	return n.text, true
}

func oneLines(values []*node) ([]string, bool) {
	out := make([]string, len(values))
	for i, v := range values {
		one, ok := v.oneLine()
		if v.kind == text {
			one, ok = inline(v.text), !strings.Contains(strings.TrimSuffix(v.text, "\n"), "\n")
		}
		if !ok {
			return nil, false
		}
		out[i] = one
	}
	return out, true
}

// inline is a text between brackets.
func inline(s string) string {
	if plain(s, true) {
		return s
	}
	return quoted(s)
}

func key(s string) string { return inline(s) }
