package xmltree

import (
	"math"
	"strings"
)

func count(at *focus, a []operand) value { return ofNumber(float64(len(a[0].eval(at).nodes))) }

func sum(at *focus, a []operand) value {
	total := 0.0
	for _, f := range a[0].eval(at).nodes {
		total += readNumber(at.search.textOf(f))
	}
	return ofNumber(total)
}

// ofNode makes a function of a node, which is the context node unless another
// is given.
func ofNode(text func(Found) string) func(*focus, []operand) value {
	return func(at *focus, a []operand) value {
		node := at.node
		if len(a) > 0 {
			nodes := a[0].eval(at).nodes
			if len(nodes) == 0 {
				return ofText("")
			}
			node = at.search.first(nodes)
		}
		return ofText(text(node))
	}
}

func localName(f Found) string {
	if f.Attribute != nil {
		return f.Attribute.Local()
	}
	return f.Node.Local()
}

func fullName(f Found) string {
	if f.Attribute != nil {
		return f.Attribute.Name()
	}
	return f.Node.Name()
}

func namespaceURI(f Found) string {
	if f.Attribute != nil {
		return f.Attribute.URI()
	}
	return f.Node.URI()
}

// textOr is the first argument as text, or that of the context node.
func textOr(at *focus, a []operand) string {
	if len(a) == 0 {
		return at.search.textOf(at.node)
	}
	return a[0].eval(at).asText(at.search)
}

func text(at *focus, e operand) string { return e.eval(at).asText(at.search) }

func number(at *focus, a []operand) value {
	if len(a) == 0 {
		return ofNumber(readNumber(at.search.textOf(at.node)))
	}
	return ofNumber(a[0].eval(at).asNumber(at.search))
}

func lang(at *focus, a []operand) value {
	want := text(at, a[0])
	for n := at.node.Node; n != nil; n = n.parent {
		if x := n.Attribute("xml:lang"); x != nil {
			got := x.Value()
			return ofBoolean(strings.EqualFold(got, want) ||
				len(got) > len(want) && got[len(want)] == '-' && strings.EqualFold(got[:len(want)], want))
		}
	}
	return ofBoolean(false)
}

func rounded(how func(float64) float64) func(*focus, []operand) value {
	return func(at *focus, a []operand) value { return ofNumber(how(a[0].eval(at).asNumber(at.search))) }
}

func floor(n float64) float64   { return math.Floor(n) }
func ceiling(n float64) float64 { return math.Ceil(n) }
func round(n float64) float64   { return math.Floor(n + 0.5) }

func concat(at *focus, a []operand) value {
	var b strings.Builder
	for _, e := range a {
		b.WriteString(text(at, e))
		at.search.spend(1 + b.Len()/64)
	}
	return ofText(b.String())
}

func stringLength(at *focus, a []operand) value {
	return ofNumber(float64(len([]rune(textOr(at, a)))))
}

func normalizeSpace(at *focus, a []operand) value {
	return ofText(strings.Join(strings.FieldsFunc(textOr(at, a), func(r rune) bool { return strings.ContainsRune(spaces, r) }), " "))
}

func translate(at *focus, a []operand) value {
	from, to := []rune(text(at, a[1])), []rune(text(at, a[2]))
	becomes := map[rune]rune{}
	for i, r := range from {
		if _, ok := becomes[r]; ok {
			continue
		}
		becomes[r] = -1
		if i < len(to) {
			becomes[r] = to[i]
		}
	}
	return ofText(strings.Map(func(r rune) rune {
		if other, ok := becomes[r]; ok {
			return other
		}
		return r
	}, text(at, a[0])))
}

// substring takes the characters whose places, counted from 1, are within the
// rounded bounds.
func substring(at *focus, a []operand) value {
	s := []rune(text(at, a[0]))
	from := round(a[1].eval(at).asNumber(at.search))
	to := math.Inf(1)
	if len(a) > 2 {
		to = from + round(a[2].eval(at).asNumber(at.search))
	}
	var b strings.Builder
	for i, r := range s {
		if place := float64(i + 1); place >= from && place < to {
			b.WriteRune(r)
		}
	}
	return ofText(b.String())
}
