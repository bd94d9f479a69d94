package dotnetconfig_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/dotnetconfig"
	"slipway/pipelines/configfiles/fill"
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

func TestNothingMatchedIsTheSameBytes(t *testing.T) {
	t.Parallel()
	content := []byte("\xef\xbb\xbf<c  a='1'><appSettings><add key='A' value='1'/></appSettings>\r\n</c>\n")
	got, report, err := dotnetconfig.Replace(content, values("B", "2"))
	if err != nil || report.Replaced != 0 || !bytes.Equal(got, content) {
		t.Errorf("%q, %v, %v", got, report, err)
	}
}

func TestWhatIsThereAlreadyIsNotWrittenAnew(t *testing.T) {
	t.Parallel()
	content := []byte("<c><appSettings><add key='A' value='&#65;>'/></appSettings><applicationSettings><setting name='A'><value><![CDATA[A>]]></value></setting></applicationSettings></c>")
	got, report, err := dotnetconfig.Replace(content, values("A", "A>"))
	if err != nil || report.Replaced != 2 || !bytes.Equal(got, content) {
		t.Errorf("%q, %v, %v", got, report, err)
	}
}

func TestErrorsTellNoValue(t *testing.T) {
	t.Parallel()
	_, _, err := dotnetconfig.Replace([]byte("<c><appSettings><add key='A'/></appSettings></c>"), values("A", "secret\x00"))
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), `"A"`) {
		t.Errorf("error %v", err)
	}
}

func TestNestedSectionsCountOnce(t *testing.T) {
	t.Parallel()
	content := "<c><applicationSettings><applicationSettings><setting name='A'/></applicationSettings><setting name='A'/></applicationSettings><d><setting name='A'/></d></c>"
	got, report, err := dotnetconfig.Replace([]byte(content), values("A", "1"))
	want := "<c><applicationSettings><applicationSettings><setting name='A'><value>1</value></setting></applicationSettings>" +
		"<setting name='A'><value>1</value></setting></applicationSettings><d><setting name='A'/></d></c>"
	if err != nil || report.Replaced != 2 || string(got) != want {
		t.Errorf("got %s, %v, %v", got, report, err)
	}
}

func FuzzReplace(f *testing.F) {
	f.Add([]byte("<c><appSettings><add key='A' value='1'/></appSettings><connectionStrings><add name='A'/></connectionStrings></c>"), "x\"<")
	f.Add([]byte("\xef\xbb\xbf<p:c xmlns:p='u'><p:applicationSettings><p:setting name='a'><p:value><b/></p:value></p:setting></p:applicationSettings></p:c>"), "ł")
	f.Fuzz(func(t *testing.T, content []byte, value string) {
		got, report, err := dotnetconfig.Replace(content, values("A", value))
		if err != nil {
			return
		}
		if report.Replaced == 0 && !bytes.Equal(got, content) {
			t.Errorf("%q became %q", content, got)
		}
		if _, _, err := xmltree.Read(got); err != nil {
			t.Errorf("%q became %q: %v", content, got, err)
		}
	})
}

func BenchmarkReplace(b *testing.B) {
	content := []byte("<c><appSettings>" + strings.Repeat(`<add key="Setting" value="1" />`+"\r\n", 1000) + "</appSettings></c>")
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := dotnetconfig.Replace(content, values("Setting", "2")); err != nil || report.Replaced != 1000 {
			b.Fatal(report, err)
		}
	}
}
