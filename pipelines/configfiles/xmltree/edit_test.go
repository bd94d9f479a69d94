package xmltree_test

import (
	"testing"

	"slipway/pipelines/configfiles/xmltree"
)

func TestEditing(t *testing.T) {
	t.Parallel()
	const before = "<a  x='1' >\n  <b/>\n  <c y=\"2\"\n     z='3'>text</c>\n</a >"
	for name, test := range map[string]struct {
		edit func(a, b, c *xmltree.Node)
		want string
	}{
		"attribute set": {func(a, _, _ *xmltree.Node) { a.SetAttribute("x", `it's "<2>"`) },
			"<a  x='it&apos;s \"&lt;2&gt;\"' >\n  <b/>\n  <c y=\"2\"\n     z='3'>text</c>\n</a >"},
		"attribute added": {func(_, b, c *xmltree.Node) { b.SetAttribute("n", "1"); c.AddAttribute("\n     ", "p:n", "a\nb") },
			"<a  x='1' >\n  <b n=\"1\"/>\n  <c y=\"2\"\n     z='3'\n     p:n=\"a&#xA;b\">text</c>\n</a >"},
		"attributes removed": {func(a, _, c *xmltree.Node) { a.Attribute("x").Remove(); c.RemoveAttribute("z") },
			"<a >\n  <b/>\n  <c y=\"2\">text</c>\n</a >"},
		"appended to an empty element": {func(_, b, _ *xmltree.Node) { b.Append(xmltree.NewElement("n")) },
			"<a  x='1' >\n  <b><n /></b>\n  <c y=\"2\"\n     z='3'>text</c>\n</a >"},
		"inserted before and after": {func(_, b, c *xmltree.Node) {
			b.InsertBefore(xmltree.NewComment("a--"))
			c.InsertAfter(xmltree.NewText("<>"))
			c.InsertBefore(xmltree.NewSpace("\t"))
		}, "<a  x='1' >\n  <!--a- - --><b/>\n  \t<c y=\"2\"\n     z='3'>text</c>&lt;&gt;\n</a >"},
		"moved": {func(a, b, c *xmltree.Node) { c.InsertAfter(b); a.Append(c) },
			"<a  x='1' >\n  \n  <b/>\n<c y=\"2\"\n     z='3'>text</c></a >"},
		"moved to where it is": {func(_, b, _ *xmltree.Node) { b.InsertAfter(b); b.InsertBefore(b); b.Replace(b) }, before},
		"removed":              {func(_, b, c *xmltree.Node) { b.Remove(); c.Remove(); c.Remove() }, "<a  x='1' >\n  \n  \n</a >"},
		"replaced by a copy": {func(_, b, c *xmltree.Node) { b.Replace(c.Clone()) },
			"<a  x='1' >\n  <c y=\"2\"\n     z='3'>text</c>\n  <c y=\"2\"\n     z='3'>text</c>\n</a >"},
		"a copy is its own": {func(_, b, c *xmltree.Node) {
			copied := c.Clone()
			copied.SetAttribute("y", "9")
			copied.SetText("other")
			b.Append(copied)
		}, "<a  x='1' >\n  <b><c y=\"9\"\n     z='3'>other</c></b>\n  <c y=\"2\"\n     z='3'>text</c>\n</a >"},
		"text set": {func(_, b, c *xmltree.Node) { b.SetText("1 < 2"); c.SetText("") },
			"<a  x='1' >\n  <b>1 &lt; 2</b>\n  <c y=\"2\"\n     z='3'></c>\n</a >"},
		"cleared": {func(a, _, _ *xmltree.Node) { a.Clear() }, "<a  x='1' ></a >"},
	} {
		d, err := xmltree.Parse(before)
		if err != nil {
			t.Fatal(err)
		}
		a := d.Element()
		b := a.FirstElement()
		test.edit(a, b, b.NextElement())
		if got := d.String(); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
		for n := d.Root(); n != nil; n = n.Following(d.Root()) {
			if first, last := n.First(), n.Last(); first != nil && (first.Previous() != nil || last.Next() != nil || first.Parent() != n) {
				t.Errorf("%s: children of %s are linked wrongly", name, n)
			}
		}
	}
}

func TestSetTextOfEveryKind(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse("<a>t<![CDATA[c]]><!--n--><?go x?></a>")
	if err != nil {
		t.Fatal(err)
	}
	for n := d.Element().First(); n != nil; n = n.Next() {
		n.SetText("]]>&--?>\r\n")
	}
	want := "<a>]]&gt;&amp;--?&gt;\n<![CDATA[]]]]><![CDATA[>&--?>\r\n]]><!--]]>&- -?>\r\n--><?go ]]>&--? >\r\n?></a>"
	if got := d.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := xmltree.Parse(d.String()); err != nil {
		t.Error(err)
	}
}
