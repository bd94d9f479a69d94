package propertiesfile

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/pipelines/configfiles/textfile"
)

func FuzzReplace(f *testing.F) {
	for _, seed := range []string{
		"a=b\nk = v\n", "k\\", "k \\\n v", "k\\\n  :\\\n v\\", "\\u006B : \\ud83d\\ude0e", "\xff\xfek\x00", "!k\r\nk\rk",
	} {
		f.Add([]byte(seed), "k", " :=\t\\é😎")
	}
	f.Fuzz(func(t *testing.T, content []byte, name, value string) {
		text := textfile.Decode(content)
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
		if text.Encoding == textfile.Windows1252 {
			return
		}
		before, _ := Parse(text.Text)
		after, err := Parse(textfile.Decode(out).Text)
		if err != nil || len(after.Pairs) != len(before.Pairs) || len(after.Comments) != len(before.Comments) {
			t.Fatalf("%q became %q: %+v, %v", content, out, after, err)
		}
		for i, p := range after.Pairs {
			want := before.Pairs[i].Value
			if p.Key != before.Pairs[i].Key {
				t.Fatalf("%q became %q: key %q, want %q", content, out, p.Key, before.Pairs[i].Key)
			}
			if strings.EqualFold(p.Key, name) && !isOctopus(name) {
				want = value
			}
			if p.Value != want && !strings.Contains(value, "#") && utf8.ValidString(value+name) {
				t.Fatalf("%q became %q: value %q, want %q", content, out, p.Value, want)
			}
		}
	})
}
