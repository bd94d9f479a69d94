package xmlfile_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/xmlfile"
	"slipway/pipelines/configfiles/xmltree"
	"slipway/pipelines/octostache"
)

func values(pairs ...string) *fill.Values {
	vars := octostache.NewVariables()
	for pair := range slices.Chunk(pairs, 2) {
		vars.Set(pair[0], pair[1])
	}
	return fill.New(vars, octostache.Options{Now: time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)})
}

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ content, path, value, want string }{
		{`<a b="&lt;&#65;&quot;&apos;&gt;" c='"'>&#65;&gt;&quot;</a>`, "/x", "", `<a b="&lt;A&quot;'&gt;" c="&quot;">A&gt;"</a>`},
		{"<a b='1\n\t2&#10;'/>", "/x", "", "<a b=\"1\n\t2&#xA;\" />"},
		{`<!DOCTYPE a [<!ENTITY e "x">]><a b="&e;&amp;e;">&e; &amp;e;&#x3c;</a>`, "/x", "",
			"<!DOCTYPE a [<!ENTITY e \"x\">]>\n<a b=\"&e;&amp;e;\">&e; &amp;e;&lt;</a>"},
		{"<a>one\r\ntwo\r\n<!--x\r\ny--></a>", "/x", "", "<a>one\r\ntwo\r\n<!--x\r\ny--></a>"},
		{"<a>&#13;</a>", "/x", "", "<a>&#xD;</a>"},
		{"<a><b><c>1</c></b></a>", "/a/b", "\n  <d/>\n", "<a>\n  <b>\n  <d />\n</b>\n</a>"},
		{"<a><b><c>1</c></b></a>", "//*", "<x/>", "<a>\n  <x />\n</a>"},
		{"<a/>", "/", "x", "<a />"},
		{"<a><b/>t<!--c--><?d?><e/></a>", "/x", "", "<a>\n  <b />t<!--c--><?d?><e /></a>"},
	} {
		got, _, err := xmlfile.Replace([]byte(test.content), values(test.path, test.value))
		if err != nil || string(got) != test.want {
			t.Errorf("%s with %s: got\n%s\n%v, want\n%s", test.content, test.path, got, err, test.want)
		}
	}
}

func TestWarningsTellNoValue(t *testing.T) {
	t.Parallel()
	const secret = "<secret>"
	_, report, err := xmlfile.Replace([]byte("<a><b><c/></b></a>"), values("/a/b", secret, "/", secret))
	if err != nil || len(report.Warnings) != 2 || report.Replaced != 0 {
		t.Fatalf("%v, %v", report, err)
	}
	if strings.Contains(strings.Join(report.Warnings, ""), "secret") {
		t.Errorf("warnings %q", report.Warnings)
	}
	_, _, err = xmlfile.Replace([]byte("<a/>"), values("/a", "secret\x01"))
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "/a") {
		t.Errorf("error %v", err)
	}
}

func TestGivesUpOnEndlessPaths(t *testing.T) {
	t.Parallel()
	content := "<a>" + strings.Repeat("<b/>", 5000) + "</a>"
	_, report, err := xmlfile.Replace([]byte(content), values("//*[count(//*[//b='x']) = 1]", "1"))
	if err != nil || len(report.Warnings) != 1 {
		t.Errorf("%v, %v", report, err)
	}
}

func TestRefusesGigabytesOfIndentation(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("<a>", 990) + strings.Repeat("<c/>", 100_000) + strings.Repeat("</a>", 990)
	if _, _, err := xmlfile.Replace([]byte(content), values()); err == nil || !strings.Contains(err.Error(), "64 MB") {
		t.Errorf("error %v", err)
	}
}

func FuzzReplace(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="iso-8859-1"?><a xmlns:p="u"><p:b c="1">x</p:b><!--c--><?d e?></a>`), "//p:b/@c", "a<b")
	f.Add([]byte("<a>\r\n <b><c/></b>text<d/> </a>"), "/a/b", "<x>y</x>")
	f.Add([]byte("<!DOCTYPE a [<!ENTITY e 'x'>]><a xml:space='preserve'> <b/>&e;<![CDATA[x]]></a>"), "//text()", "]]>")
	f.Fuzz(func(t *testing.T, content []byte, path, value string) {
		got, _, err := xmlfile.Replace(content, values(path, value))
		if err != nil {
			return
		}
		if _, _, err := xmltree.Read(got); err != nil {
			t.Fatalf("%q became %q: %v", content, got, err)
		}
		once, _, err := xmlfile.Replace(content, values())
		if err != nil {
			t.Fatal(err)
		}
		if twice, _, err := xmlfile.Replace(once, values()); err != nil || !bytes.Equal(twice, once) {
			t.Errorf("%q became %q, then %q, %v", content, once, twice, err)
		}
	})
}

func BenchmarkThousandVariables(b *testing.B) {
	var pairs []string
	for i := range 1000 {
		pairs = append(pairs, fmt.Sprintf("Octopus.Action[Step %d].Package.Id", i), "x")
	}
	pairs = append(pairs, "/configuration/appSettings/add[@key='Key 7']/@value", "y")
	content := []byte("<configuration><appSettings>" + strings.Repeat(`<add key="Key 7" value="x" />`, 1000) + "</appSettings></configuration>")
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := xmlfile.Replace(content, values(pairs...)); err != nil || report.Replaced != 1000 {
			b.Fatal(report, err)
		}
	}
}
