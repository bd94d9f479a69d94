package propertiesfile

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/octostache"
)

// values are made of names and texts in turn; a text of "∅" is no value.
func values(pairs ...string) *fill.Values {
	vars, null := octostache.NewVariables(), []string{}
	for i := 0; i < len(pairs); i += 2 {
		vars.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "∅" {
			null = append(null, pairs[i])
		}
	}
	return fill.New(vars, octostache.Options{}, null...)
}

func TestParse(t *testing.T) {
	t.Parallel()
	type pair = [3]string
	for _, c := range []struct {
		text  string
		pairs []pair
	}{
		{"", nil},
		{" \t\f\r\n\r\n", nil},
		{"a=b", []pair{{"a", "=", "b"}}},
		{"a", []pair{{"a", "", ""}}},
		{"a  ", []pair{{"a", "  ", ""}}},
		{"a \t= \tb \t", []pair{{"a", " \t= \t", "b \t"}}},
		{"a\fb", []pair{{"a", "\f", "b"}}},
		{"a:=b", []pair{{"a", ":", "=b"}}},
		{"a b=c", []pair{{"a", " ", "b=c"}}},
		{"a=1\rb=2\nc=3\r\nd=4", []pair{{"a", "=", "1"}, {"b", "=", "2"}, {"c", "=", "3"}, {"d", "=", "4"}}},
		{":x\n =y", []pair{{"", ":", "x"}, {"", "=", "y"}}},
		{"a\\ b\\:c\\=d\\#e=f", []pair{{"a b:c=d#e", "=", "f"}}},
		{"\\#a=#b!", []pair{{"#a", "=", "#b!"}}},
		{"a=\\q\\n\\r\\t\\f\\\\\\é", []pair{{"a", "=", "q\n\r\t\f\\é"}}},
		{"a=\\u00e9\\uD83D\\ude0e\\ud83dx", []pair{{"a", "=", "é😎\uFFFDx"}}},
		{"a=1\\\r\n \t\f2\\\n#3\\\r4", []pair{{"a", "=", "12#34"}}},
		{"a\\\n  b\\\n\\\n =c", []pair{{"ab", "=", "c"}}},
		{"a \\\n = \\\n  b", []pair{{"a", " = ", "b"}}},
		{"a \\\n  b", []pair{{"a", " ", "b"}}},
		{"\\\n\na=b", []pair{{"a", "=", "b"}}},
		{"a\\", []pair{{"a", "", ""}}},
		{"a=b\\", []pair{{"a", "=", "b"}}},
		{"a= \\", []pair{{"a", "= ", ""}}},
		{"\\", nil},
		{"# a\\\nb=c", []pair{{"b", "=", "c"}}},
	} {
		f, err := Parse(c.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.text, err)
			continue
		}
		var got []pair
		for _, p := range f.Pairs {
			got = append(got, pair{p.Key, p.Separator, p.Value})
		}
		if !reflect.DeepEqual(got, c.pairs) {
			t.Errorf("Parse(%q) = %q, want %q", c.text, got, c.pairs)
		}
	}
}

func TestParseKnowsLines(t *testing.T) {
	t.Parallel()
	f, err := Parse("# one\r\na=1\\\n  2\\\r  3\n\n  ! two\nb \\\n c")
	want := []Comment{{"# one", 1}, {"! two", 6}}
	if err != nil || !reflect.DeepEqual(f.Comments, want) || f.Pairs[0].Line != 2 || f.Pairs[1].Line != 7 {
		t.Errorf("comments %v, pairs %+v (%v), want %v, lines 2 and 7", f.Comments, f.Pairs, err, want)
	}
	for _, text := range []string{"a=b\\\n é\\u12g4", "a=b\n éé\\u", "a\n aé\\uD83D\\u123"} {
		_, err := Parse(text)
		wrong, ok := errors.AsType[*fill.SyntaxError](err)
		if !ok || wrong.Line != 2 || wrong.Column < 3 || !strings.Contains(err.Error(), "properties") {
			t.Errorf("Parse(%q): %v, want an error in line 2", text, err)
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, value, want string }{
		{"k=v", "w", "k=w"},
		{" k : v \r\nl=k", "w", " k : w\r\nl=k"},
		{"k", "w", "k:w"},
		{"k\nl", "", "k:\nl"},
		{"k  ", "w", "k  w"},
		{"k v", "=w", "k \\=w"},
		{"k v", ":w", "k \\:w"},
		{"k=v", "=w", "k==w"},
		{"k\\", "w", "k:w"},
		{"k=v\\", "w", "k=w"},
		{"k= \\\n  v\\\n  v\nl", "w", "k= w\nl"},
		{"k\\\n", "w", "k\\\n:w"},
		{"k=1\nK=2\nk=3", "w", "k=w\nK=2\nk=w"},
		{"k=", "  \\\t\n\r", "k=\\  \\\\\\t\\n\\r"},
		{"k=", "\fa\f", "k=\\fa\f"},
		{"k=", "þÿĀ😎", "k=þ\\u00ff\\u0100\\ud83d\\ude0e"},
		{"k=", "#!=:", "k=#!=:"},
	} {
		f, err := Parse(c.text)
		if err != nil {
			t.Fatalf("Parse(%q): %v", c.text, err)
		}
		if count := f.Set("k", c.value); count == 0 {
			t.Errorf("%q: Set found nothing", c.text)
		}
		if got := f.String(); got != c.want {
			t.Errorf("%q with %q = %q, want %q", c.text, c.value, got, c.want)
		}
		if again, err := Parse(f.String()); err != nil || again.Pairs[0].Key != "k" || again.Pairs[0].Value != c.value {
			t.Errorf("%q reads back as %+v (%v), want %q", f, again, err, c.value)
		}
		if count := f.Set("x", "y"); count != 0 {
			t.Errorf("%q: Set of a key that is not there = %d", c.text, count)
		}
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string
		values     []string
		replaced   int
	}{
		{"A.b=1\r\n", "A.b=2\r\n", []string{"a.B", "2"}, 1},
		{"\uFEFFa=1", "\uFEFFa=2", []string{"a", "2"}, 1},
		{"a=1\na=1", "a=2\na=2", []string{"a", "2"}, 2},
		{"a\\:b=1", "a\\:b=2", []string{"a:b", "2"}, 1},
		{"a:b=1", "a:b=1", []string{"a:b", "2"}, 0},
		{"a=1", "a=", []string{"a", "∅"}, 1},
		{"a=1", "a=x-y", []string{"a", "#{b}-#{c}", "b", "x", "c", "y"}, 1},
		{"Octopus=1\noctopus\\:a=1\nOCTOPUSx=1", "Octopus=1\noctopus\\:a=1\nOCTOPUSx=1", []string{"Octopus", "2", "octopus:a", "2", "octopusx", "2"}, 0},
		{"a=1\xff", "a=2", []string{"a", "2"}, 1},
		{"a=1\nb=\xe9", "a=2\nb=\xe9", []string{"a", "2"}, 1},
		{"a=1\nb=\xe9", "a=\xfe\\u0142\nb=\xe9", []string{"a", "þł"}, 1},
	} {
		got, report, err := Replace([]byte(c.text), values(c.values...))
		if err != nil || string(got) != c.want || report.Replaced != c.replaced {
			t.Errorf("%q with %q = %q (%+v, %v), want %q, %d", c.text, c.values, got, report, err, c.want, c.replaced)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	if _, _, err := Replace([]byte("a=\\u"), values()); err == nil {
		t.Error("a malformed escape: no error")
	}
	if _, _, err := Replace([]byte("a=1"), values("a", "#{b}", "b", "#{a}")); err == nil {
		t.Error("a variable that refers to itself: no error")
	}
	if _, _, err := Replace(make([]byte, fill.MaxBytes+1), values()); err == nil {
		t.Error("a file that is too large: no error")
	}
	if _, err := Parse(strings.Repeat("a\n#\n", maxEntries/2) + "a"); err == nil {
		t.Error("more keys and comments than are read: no error")
	}
	// U+0081 is in windows-1252 only as its own byte, U+0080 is not at all.
	got, report, err := Replace([]byte("a=\nb=\xe9"), values("a", "\u0080"))
	if err != nil || string(got) != "a=\u0080\nb=é" || len(report.Warnings) != 1 {
		t.Errorf("got %q (%+v, %v), want UTF-8 and a warning", got, report, err)
	}
}
