package xdt_test

import (
	"strings"
	"testing"

	"slipway/pipelines/configfiles/xdt"
	"slipway/pipelines/configfiles/xmltree"
)

const marked = ` xmlns:xdt="` + xdt.Namespace + `"`

func apply(t *testing.T, source, transform string) (string, xdt.Report) {
	t.Helper()
	out, report, err := xdt.Apply([]byte(source), []byte(transform))
	if err != nil {
		t.Fatal(err)
	}
	return string(out), report
}

func TestIndents(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, source, transform, want string }{
		{"as siblings", "<a>\n   <b/>\n</a>", `<a><c xdt:Transform="Insert"/></a>`, "<a>\n   <b/>\n   <c/>\n</a>"},
		{"one step more than the parent", "<a>\n <b>\n  <c/>\n </b>\n <d/>\n</a>", `<a><d><e xdt:Transform="Insert"/></d></a>`, "<a>\n <b>\n  <c/>\n </b>\n <d>\n  <e/>\n </d>\n</a>"},
		{"a tab where nothing shows it", "\n<a/>", `<a><b xdt:Transform="Insert"/></a>`, "\n<a>\n\t<b/>\n</a>"},
		{"tabs", "<a>\r\n\t<b>\r\n\t</b>\r\n</a>", `<a><b><c xdt:Transform="Insert"><d/></c></b></a>`, "<a>\r\n\t<b>\r\n\t\t<c>\r\n\t\t\t<d/>\r\n\t\t</c>\r\n\t</b>\r\n</a>"},
		{"before the first", "<a>\n  <b/>\n</a>", `<a><c xdt:Transform="InsertBefore(/a/b)"/></a>`, "<a>\n  <c/>\n  <b/>\n</a>"},
		{"empty stays empty", "<a>\n  <b/>\n</a>", `<a><b xdt:Transform="Replace"><c></c></b></a>`, "<a>\n  <b>\n    <c></c>\n  </b>\n</a>"},
		{"text is left alone", "<a>\n  <b/>\n</a>", `<a><b xdt:Transform="Replace">one <i>two</i></b></a>`, "<a>\n  <b>one <i>two</i></b>\n</a>"},
		{"kept white space", "<a>\n  <b/>\n</a>", `<a><b xml:space="preserve" xdt:Transform="Replace"> <i/> </b></a>`, "<a>\n  <b xml:space=\"preserve\"> <i/> </b>\n</a>"},
		{"removed and inserted", "<a>\n  <b/>\n  <c/>\n</a>", `<a><b xdt:Transform="Remove"/><d xdt:Transform="Insert"/></a>`, "<a>\n  <c/>\n  <d/>\n</a>"},
		{"into what was inserted", "<a>\n  <b/>\n</a>", `<a><c xdt:Transform="Insert"><d xdt:Transform="Insert"/></c></a>`, "<a>\n  <b/>\n  <c>\n    <d/>\n    <d/>\n  </c>\n</a>"},
		{"one line", "<a><b/></a>", `<a><c xdt:Transform="Insert"/></a>`, "<a><b/>\t<c/></a>"},
		{"removed beside a line break", "<a> <b/>\n</a>", `<a><b xdt:Transform="Remove"/></a>`, "<a>\n</a>"},
	}
	for _, c := range cases {
		transform := strings.Replace(c.transform, "<a", "<a"+marked, 1)
		if got, report := apply(t, c.source, transform); got != c.want || len(report.Messages) > 0 {
			t.Errorf("%s: Apply = %q %v, want %q", c.name, got, report.Messages, c.want)
		}
	}
}

func TestAttributeSpace(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 150)
	cases := []struct{ name, source, transform, want string }{
		{"a blank", `<a><b x="1"/></a>`, `<b y="2" xdt:Transform="SetAttributes"/>`, `<a><b x="1" y="2"/></a>`},
		{"first of its tag", `<a><b/></a>`, `<b y="2" xdt:Transform="SetAttributes"/>`, `<a><b y="2"/></a>`},
		{"one per line", "<a><b x='1'\n y='2'\n z='3'/></a>", `<b w="4" xdt:Transform="SetAttributes"/>`, "<a><b x='1'\n y='2'\n z='3'\n w=\"4\"/></a>"},
		{"too long for a line", "<a>\n  <b x='" + long + "'/>\n</a>", `<b y="1" xdt:Transform="SetAttributes"/>`, "<a>\n  <b x='" + long + "'\n    y=\"1\"/>\n</a>"},
		{"too long, like the sibling", "<a>\n  <c x='1'\n     y='2'/>\n  <b x='" + long + "'/>\n</a>", `<b y="1" xdt:Transform="SetAttributes"/>`, "<a>\n  <c x='1'\n     y='2'/>\n  <b x='" + long + "'\n     y=\"1\"/>\n</a>"},
		{"removed in the middle", "<a><b x='1'  y='2'   z='3'/></a>", `<b xdt:Transform="RemoveAttributes(y)"/>`, "<a><b x='1'   z='3'/></a>"},
		{"removed first", "<a><b x='1'  y='2'/></a>", `<b xdt:Transform="RemoveAttributes(x)"/>`, `<a><b y="2"/></a>`},
		{"removed and set again", "<a><b x='1'  y='2'/></a>", `<b xdt:Transform="RemoveAttributes(x)"/><b x="3" xdt:Transform="SetAttributes"/>`, `<a><b x="3"  y="2"/></a>`},
	}
	for _, c := range cases {
		if got, report := apply(t, c.source, "<a"+marked+">"+c.transform+"</a>"); got != c.want || len(report.Messages) > 0 {
			t.Errorf("%s: Apply = %q %v, want %q", c.name, got, report.Messages, c.want)
		}
	}
}

func TestMessagesNameThePlace(t *testing.T) {
	t.Parallel()
	const source = `<a><b k="1"/><b k="2"/></a>`
	cases := []struct {
		transform string
		want      xdt.Message
	}{
		{"<a" + marked + ">\n <b xdt:Transform='Remove'/>\n</a>", xdt.Message{Level: xdt.Warning, Line: 2, Column: 5, Text: "Remove changes only the first of several elements that match; name it more exactly with a locator"}},
		{"<a" + marked + ">\n <b k='s3cret' xdt:Locator='Match(k)' xdt:Transform='Remove'/>\n</a>", xdt.Message{Level: xdt.Warning, Line: 2, Column: 2, Text: "Remove: no element of the file matches /a/b[k]"}},
		{"<a" + marked + ">\n <b xdt:Locator=\"Condition(@k='s3cret)\" xdt:Transform='Remove'/>\n</a>", xdt.Message{Level: xdt.Error, Line: 2, Column: 5, Text: "this is no XPath expression we can follow: a quote is not closed"}},
		{"<a" + marked + ">\n <b xdt:Transform='Delete'/>\n</a>", xdt.Message{Level: xdt.Error, Line: 2, Column: 5, Text: `there is no transform "Delete": custom ones cannot be loaded, ours are Replace, Remove, RemoveAll, Insert, InsertIfMissing, InsertBefore, InsertAfter, SetAttributes, RemoveAttributes and CommentOut`}},
		{"<a" + marked + ">\n <c><d xdt:Transform='Insert'/></c>\n</a>", xdt.Message{Level: xdt.Error, Line: 2, Column: 2, Text: "Insert: no element of the file matches /a/c"}},
		{"<a" + marked + "><xdt:Import path='x.dll' namespace='X'/></a>", xdt.Message{Level: xdt.Error, Line: 1, Column: 68, Text: "xdt:Import names x.dll: .NET code cannot be loaded here; use the transforms that are built in"}},
		{"<a/>", xdt.Message{Level: xdt.Info, Text: "the transform file does not declare the namespace " + xdt.Namespace + " and so changes nothing"}},
		{"<a" + marked + " xdt:Transform='Insert'/>", xdt.Message{Level: xdt.Error, Line: 1, Column: 68, Text: "the outermost element cannot be inserted: put xdt:Transform on an element inside it"}},
	}
	for _, c := range cases {
		_, report := apply(t, source, c.transform)
		if len(report.Messages) != 1 || report.Messages[0] != c.want {
			t.Errorf("Apply(%s): messages %+v, want %+v", c.transform, report.Messages, c.want)
		}
	}
}

func TestWhatSelectsNoElement(t *testing.T) {
	t.Parallel()
	for _, transform := range []string{"Replace", "Remove", "RemoveAll", "CommentOut", "SetAttributes", "RemoveAttributes", "Insert", "InsertAfter(b)"} {
		out, report := apply(t, `<a><b k="1"/></a>`, "<a"+marked+"><c xdt:Locator='XPath(//@k)' xdt:Transform='"+transform+"'/></a>")
		if report.Count(xdt.Error) != 1 || out != `<a><b k="1"/></a>` {
			t.Errorf("%s of an attribute: %+v, %s", transform, report.Messages, out)
		}
	}
	out, report := apply(t, `<a><!-- x --></a>`, "<a"+marked+"><c xdt:Locator='XPath(//comment())' xdt:Transform='Remove'/></a>")
	if out != "<a></a>" || len(report.Messages) > 0 {
		t.Errorf("Remove of a comment: %s %+v", out, report.Messages)
	}
}

func TestNamespacesOfWhatIsPutIn(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, source, transform, want string }{
		{"declared there", `<a xmlns:q="u"><l/></a>`, `<l><p:x p:y="1" xmlns:p="u" xdt:Transform="Insert"/></l>`, `<a xmlns:q="u"><l><q:x q:y="1"/></l></a>`},
		{"declared nowhere", `<a><l/></a>`, `<l><p:x xmlns:p="u" xdt:Transform="Insert"/></l>`, `<a><l><p:x xmlns:p="u"/></l></a>`},
		{"prefix means something else", `<a xmlns:p="v"><l/></a>`, `<l><p:x xmlns:p="u" xdt:Transform="Insert"/></l>`, `<a xmlns:p="v"><l><p_:x xmlns:p_="u"/></l></a>`},
		{"out of a default namespace", `<a><l xmlns="u"/></a>`, `<u:l xmlns:u="u"><x xdt:Transform="Insert"/></u:l>`, `<a><l xmlns="u"><x xmlns=""/></l></a>`},
		{"set attribute", `<a xmlns:q="u"><l/></a>`, `<l p:y="1" xmlns:p="u" xdt:Transform="SetAttributes"/>`, `<a xmlns:q="u"><l q:y="1"/></a>`},
		{"set attribute declares", `<a xmlns:p="v"><l/></a>`, `<l p:y="1" xmlns:p="u" xdt:Transform="SetAttributes"/>`, `<a xmlns:p="v"><l xmlns:p_="u" p_:y="1"/></a>`},
		{"set attribute that is there", `<a xmlns:q="u"><l q:y="0"/></a>`, `<l p:y="1" xmlns:p="u" xdt:Transform="SetAttributes(p:y)"/>`, `<a xmlns:q="u"><l q:y="1"/></a>`},
	}
	for _, c := range cases {
		got, report := apply(t, c.source, "<a"+marked+">"+c.transform+"</a>")
		if got = strings.NewReplacer("\n", "", "\t", "").Replace(got); got != c.want || len(report.Messages) > 0 {
			t.Errorf("%s: Apply = %s %v, want %s", c.name, got, report.Messages, c.want)
		}
	}
}

func TestCommentOutKeepsTheFileWellFormed(t *testing.T) {
	t.Parallel()
	out, _ := apply(t, `<a><b><!-- old -->--</b></a>`, "<a"+marked+"><b xdt:Transform='CommentOut'/></a>")
	if _, err := xmltree.Parse(out); err != nil {
		t.Errorf("CommentOut of a comment: %v in %s", err, out)
	}
}

func TestEncodingStays(t *testing.T) {
	t.Parallel()
	source := "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a v=\"\xe4\"/>"
	out, _ := apply(t, source, "<a"+marked+" v='ö' xdt:Transform='SetAttributes'/>")
	if want := "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a v=\"\xf6\"/>"; out != want {
		t.Errorf("Apply = %q, want %q", out, want)
	}
	out, _ = apply(t, source, "<a"+marked+" v='你' xdt:Transform='SetAttributes'/>")
	if want := "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a v=\"&#x4F60;\"/>"; out != want {
		t.Errorf("Apply = %q, want %q", out, want)
	}
}

func TestNoXML(t *testing.T) {
	t.Parallel()
	if _, _, err := xdt.Apply([]byte("<a>"), []byte("<a/>")); err == nil || !strings.HasPrefix(err.Error(), "the file to change is no XML: line 1") {
		t.Errorf("Apply to no XML: %v", err)
	}
	if _, _, err := xdt.Apply([]byte("<a/>"), []byte("<a>\n<b>")); err == nil || !strings.HasPrefix(err.Error(), "the transform file is no XML: line 2") {
		t.Errorf("Apply of no XML: %v", err)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	report := xdt.Report{Messages: []xdt.Message{{Level: xdt.Info}, {Level: xdt.Warning}}}
	worse := xdt.Report{Messages: append(report.Messages, xdt.Message{Level: xdt.Error})}
	cases := []struct {
		treat, ignore     string
		warns, fails, bad bool
	}{
		{"", "", false, true, true},
		{"False", "", true, false, true},
		{"no", "", false, true, true},
		{"", "True", false, false, false},
		{"true", "true", false, false, false},
	}
	for _, c := range cases {
		p := xdt.PolicyFromVariables(func(name string) string {
			return map[string]string{
				"Octopus.Action.Package.TreatConfigTransformationWarningsAsErrors": c.treat,
				"Octopus.Action.Package.IgnoreConfigTransformationErrors":          c.ignore,
			}[name]
		})
		if p.Fails(report) != c.fails || p.Fails(worse) != c.bad || p.Judge(report).Count(xdt.Warning) == 1 != c.warns {
			t.Errorf("policy %+v: fails %v and %v, judged %v", p, p.Fails(report), p.Fails(worse), p.Judge(report))
		}
	}
}
