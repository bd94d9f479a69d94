package jsonfile

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/pipelines/configfiles/textfile"
)

func FuzzReplace(f *testing.F) {
	for _, seed := range []string{
		"{\"a\":{\"b\":[1,true,null,\"x\"]}\n}", "{'a':1,a:2,}", "[1,/**/2,NaN]", "\xff\xfe{\x00}\x00",
		"{\"a\\u0041\":\"\\ud83d\\ude0e\",\"é\":0x1F}", "[\"\x80\"]", "{\"a\":[],\"a\":{}}", "\"\\'\"",
	} {
		f.Add([]byte(seed), "a:b", "1")
		f.Add([]byte(seed), "0", "{\"x\":[1]}")
		f.Add([]byte(seed), "a", "plain \"text\"\x00")
	}
	f.Fuzz(func(t *testing.T, content []byte, name, value string) {
		out, report, err := Replace(content, values(name, value))
		if err != nil {
			return
		}
		if report.Replaced == 0 {
			if !bytes.Equal(out, content) {
				t.Fatalf("nothing was replaced, yet %q became %q", content, out)
			}
			return
		}
		// Which encoding windows-1252 reads back as depends on the other text.
		if textfile.Decode(content).Encoding == textfile.Windows1252 {
			return
		}
		if _, again, err := Replace(out, values(name, value)); err != nil || again.Replaced != 1 {
			t.Fatalf("%q became %q, which does not take the value again: %+v, %v", content, out, again, err)
		}
		if !strings.Contains(value, "#") { // else it may mean something else
			readsBack(t, out, name, value)
		}
	})
}

// readsBack checks what stands where the variable went.
func readsBack(t *testing.T, out []byte, name, value string) {
	t.Helper()
	tr, err := parse(textfile.Decode(out).Text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range match(tr, values(name, value)) {
		n := tr.nodes[at.node]
		raw := tr.raw(n.value)
		if n.kind == text && raw[0] == '"' && utf8.ValidString(value) && decode(raw) != value {
			if inner, err := parse(value, 0); err == nil && decode(inner.raw(inner.nodes[root].value)) == decode(raw) {
				continue // put in as JSON
			}
			t.Fatalf("%q: %q reads back as %q", out, value, decode(raw))
		}
	}
}
