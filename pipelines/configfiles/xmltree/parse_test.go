package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/xmltree"
)

var wellFormed = []string{
	`<a/>`, `<a />`, `<a></a >`, "<a\r\n  b = 'x'\n\tc=\"&lt;y&#x41;\"\r\n/>",
	"\uFEFF<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\" ?>\r\n<!-- c -->\r\n<a>\r\n</a>\r\n<?pi x?>\n",
	`<!DOCTYPE html PUBLIC "-//W3C//DTD" "x.dtd"><html>&nbsp;</html>`,
	`<!DOCTYPE a [ <!-- > ] --> <?x ]?> <!ELEMENT a ANY> <!ENTITY e "t>]"> %p; ]><a>&e;</a>`,
	`<a><![CDATA[ <b> & ]] > ]]>]] ></a>`,
	`<p:a xmlns:p="u" p:x="1" x="1"><p:b xmlns:p="v"/><c xmlns=""/></p:a>`,
	`<ä ö="ü">日本</ä>`, `<a>&#128512;&apos;</a>`, `<?xml-stylesheet href="a"?><a/>`, `<a xml:space="preserve"> </a>`,
}

func TestGivesBackWhatItRead(t *testing.T) {
	t.Parallel()
	for _, text := range wellFormed {
		d, err := xmltree.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := d.String(); got != text {
			t.Errorf("got\n%q\nwant\n%q", got, text)
		}
		if got := d.Element().Clone().String(); got != d.Element().String() {
			t.Errorf("clone of %s is %s", d.Element(), got)
		}
	}
}

func TestRefusesWhatIsNotWellFormed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                 "1:1 there is no element",
		"hello":            "1:1 text outside",
		"<a>":              "1:4 the file ends before <a> is closed",
		"<a>\n  <b>\n</a>": "3:3 </a> does not close <b> of line 2",
		"</a>":             "1:3 </a> closes nothing",
		"<a/><b/>":         "1:6 there is a second",
		"<a b='1' b='2'/>": "1:10 attribute b stands twice",
		"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>": "1:36 attribute q:b stands twice",
		"<a b=1/>":                         "1:6 the value of attribute b needs quotes",
		"<a b/>":                           "1:5 attribute b needs =",
		"<a b='<'/>":                       "1:7 in the value",
		"<a b='1'c='2'/>":                  "1:9 in tag <a> white space",
		"<a b='1":                          "1:8 the file ends inside the value",
		"<a":                               "1:3 the file ends inside tag",
		"<":                                "1:2 the file ends inside a tag",
		"<a>é&nbsp;</a>":                   "1:6 entity &nbsp; is not declared",
		"<a>a & b</a>":                     "1:7 a single & is written &amp;",
		"<a>&#0;</a>":                      "1:5 &#0; is no character",
		"<a>&#xD800;</a>":                  "1:5 &#xD800; is no character",
		"<a>\x01</a>":                      "1:4 character U+0001",
		"<a>\xff</a>":                      "1:4 this is no text",
		"<a>]]></a>":                       "1:4 ]]> is not allowed",
		"<a><!-- a -- b --></a>":           "1:11 -- is not allowed",
		"<a><!-- a ---></a>":               "1:11 -- is not allowed",
		"<a><!-- ":                         "1:9 the file ends inside a comment",
		"<a><![CDATA[":                     "1:13 the file ends inside a CDATA",
		"<![CDATA[x]]><a/>":                "1:1 text outside",
		"<a><?xml version='1.0'?></a>":     "1:4 <?xml",
		" <?xml version='1.0'?><a/>":       "1:2 <?xml",
		"<?xml encoding='utf-8'?><a/>":     "1:1 the XML declaration holds",
		"<?xml version='1.0' x?><a/>":      "1:21 the XML declaration is malformed",
		"<?xml ?><a/>":                     "1:1 the XML declaration lacks",
		"<a><!DOCTYPE a></a>":              "1:4 <!DOCTYPE> may only",
		"<!DOCTYPE a><!DOCTYPE a><a/>":     "1:13 there is a second",
		"<!DOCTYPE a [<!ENTITY x 'y'><a/>": "1:29 this is no declaration",
		"<!DOCTYPE a [<!ENTITY x 'y'>":     "1:29 the file ends inside <!DOCTYPE>",
		"<!x><a/>":                         "1:3 after <! comes",
		"<p:a/>":                           "1:2 prefix p is not declared",
		"<a p:b=''/>":                      "1:4 prefix p is not declared",
		"<a><p:b xmlns:p='u'/><p:c/></a>":  "1:23 prefix p is not declared",
		"<a:b:c/>":                         "1:2 after < comes a name",
		"<1/>":                             "1:2 after < comes a name",
		strings.Repeat("<a>", 1001):        "nested deeper than 1000",
	} {
		_, err := xmltree.Parse(text)
		problem, ok := errors.AsType[*fill.SyntaxError](err)
		if !ok {
			t.Errorf("%.60q: got %v, want a syntax error", text, err)
			continue
		}
		got := strings.NewReplacer("no XML: line ", "", ", column ", ":", ": ", " ").Replace(problem.Error())
		if !strings.Contains(got, want) {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
	}
}

func TestMeaningOfText(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse("<!DOCTYPE a [<!ENTITY one '1&#50;'><!ENTITY two 'x&one;x'><!ENTITY loop '&loop;'><!ENTITY tag '<b/>'>]>" +
		"<a b='1\r\n2&#10;&two;'>x\r\ny\r&lt;&two;&loop;&tag;<c><![CDATA[&lt;]]></c></a>")
	if err != nil {
		t.Fatal(err)
	}
	a := d.Element()
	if got, want := a.Attribute("b").Value(), "1 2\nx12x"; got != want {
		t.Errorf("attribute is %q, want %q", got, want)
	}
	if got, want := a.Value(), "x\ny\n<x12x&loop;&tag;&lt;"; got != want {
		t.Errorf("text is %q, want %q", got, want)
	}
}

func TestEntitiesDoNotExplode(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("<!DOCTYPE a [<!ENTITY e0 'lol'>")
	for i := 1; i < 10; i++ {
		name := string(rune('0' + i))
		text.WriteString("<!ENTITY e" + name + " '" + strings.Repeat("&e"+string(rune('0'+i-1))+";", 10) + "'>")
	}
	text.WriteString("]><a>&e9;</a>")
	d, err := xmltree.Parse(text.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Element().Value(); got != "&e9;" {
		t.Errorf("the text is %d bytes long", len(got))
	}
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse(`<a xmlns="u" xmlns:p="v" x="1" p:y="2" xml:lang="en"><p:b/><c xmlns=""/><d/></a>`)
	if err != nil {
		t.Fatal(err)
	}
	a := d.Element()
	var got []string
	for n := a; n != nil; n = n.Following(a) {
		got = append(got, n.Local()+"="+n.URI())
	}
	for _, x := range a.Attributes() {
		got = append(got, x.Name()+"="+x.URI())
	}
	want := "a=u b=v c= d=u xmlns=http://www.w3.org/2000/xmlns/ xmlns:p=http://www.w3.org/2000/xmlns/ x= p:y=v " +
		"xml:lang=http://www.w3.org/XML/1998/namespace"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if a.AttributeNS("v", "y").Value() != "2" || a.AttributeNS("", "y") != nil {
		t.Error("an attribute is found by its namespace")
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse("<a>\r\n <b/>\n<!--ü--><c\n x='1'/></a>")
	if err != nil {
		t.Fatal(err)
	}
	c := d.Element().Last()
	if line, column := c.Place(); line != 3 || column != 9 {
		t.Errorf("<c> is at %d:%d", line, column)
	}
	if line, column := c.Attribute("x").Place(); line != 4 || column != 2 {
		t.Errorf("x is at %d:%d", line, column)
	}
	if line, column := xmltree.NewElement("n").Place(); line != 0 || column != 0 {
		t.Errorf("a new element is at %d:%d", line, column)
	}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse(`<a xmlns:p="u"><b/></a>`)
	if err != nil {
		t.Fatal(err)
	}
	b := d.Element().First()
	nodes, err := xmltree.ParseFragment("x <p:c/>\n", b)
	if err != nil || len(nodes) != 3 {
		t.Fatalf("%d nodes, %v", len(nodes), err)
	}
	for _, n := range nodes {
		b.Append(n)
	}
	if got, want := d.String(), "<a xmlns:p=\"u\"><b>x <p:c/>\n</b></a>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := b.FirstElement().URI(); got != "u" {
		t.Errorf("namespace is %q", got)
	}
	for _, bad := range []string{"<q:c/>", "</b>", "<c>", "<!DOCTYPE a>", "&x;"} {
		if _, err := xmltree.ParseFragment(bad, b); err == nil {
			t.Errorf("%s is no fragment", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range wellFormed {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := xmltree.Parse(text)
		if err != nil {
			return
		}
		if got := d.String(); got != text {
			t.Errorf("got %q of %q", got, text)
		}
		for n := d.Root(); n != nil; n = n.Following(d.Root()) {
			n.Value()
			n.URI()
		}
		if _, err := xmltree.Parse(d.Root().Clone().First().Document().String()); err != nil {
			t.Errorf("not read again: %v", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := "<configuration>\r\n" + strings.Repeat("    <add key=\"Setting.Number.One\" value=\"some value &amp; more\" />\r\n", 75_000) + "</configuration>"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xmltree.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
