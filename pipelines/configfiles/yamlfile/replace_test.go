package yamlfile

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/octostache"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, path, value, want string }{
		{"plain", "a: 1 # c\n", "a", "2", "a: 2 # c\n"},
		{"value on the next line", "a:\n  1\n", "a", "2", "a:\n  2\n"},
		{"value with properties on other lines", "a: &x\n  !!str\n  1\n", "a", "2", "a: &x\n  !!str\n  2\n"},
		{"key without colon", "? a\n? b\n", "a", "x", "? a\n: x\n? b\n"},
		{"colon close to a bracket", "{a:[1]}\n", "a", "x", "{a: x}\n"},
		{"quoted key close to its value", `{"a":1}` + "\n", "a", "x", `{"a":x}` + "\n"},
		{"flow sequence over lines", "a: [\n  1, # one\n  2\n]\n", "a:1", "x", "a: [\n  1, # one\n  x\n]\n"},
		{"pair in a sequence", "[a: 1, b]\n", "0:a", "x", "[a: x, b]\n"},
		{"blanks below a literal", "a: |\n      deep\n    \nb: 1\n", "a", "x", "a: |-\n  x\n\nb: 1\n"},
		{"deep comment below a literal", "a: |\n      deep\n   # c\nb: 1\n", "a", "x", "a: \"x\"\n   # c\nb: 1\n"},
		{"literal at the end", "a: |\n  x", "a", "y", "a: |-\n  y\n"},
		{"folded with deep lines", "a: >\n  x\nb: 1\n", "a", "p\n  q\nr\ns\n", "a: >\n  p\n    q\n  r\n\n  s\nb: 1\n"},
		{"breaks of DOS in a literal", "a: |\r\n  x\r\n", "a", "p\r\nq\r\n", "a: |\r\n  p\r\n  q\r\n"},
		{"break of DOS elsewhere", "a: 'x'\n", "a", "p\r\nq", "a: \"p\\r\\nq\"\n"},
		{"tab", "a: x\n", "a", "p\tq", "a: p\tq\n"},
		{"tab at the end", "a: x\n", "a", "p\t", "a: 'p\t'\n"},
		{"separators of lines", "a: x\n", "a", "p\u2028\u0085", "a: \"p\\L\\N\"\n"},
		{"tag of a replaced mapping goes", "a: !t {b: 1}\n", "a", "[x]", "a: [x]\n"},
		{"anchor of a replaced mapping stays", "a: &k {b: 1}\nc: *k\n", "a", "[x]", "a: &k [x]\nc: *k\n"},
		{"anchor before lines", "a: &k\n  b: 1\n", "a", "c: 2", "a: &k\n  c: 2\n"},
		{"anchor in an item", "- &k {b: 1}\n", "0", "c: 2", "- &k\n  c: 2\n"},
		{"anchor of the value", "a: &k\n  b: 1\n", "a", "&n\nc: 2", "a: &n\n  c: 2\n"},
		{"alias as value", "k: &k 1\na: {b: 1}\n", "a", "*k", "k: &k 1\na: *k\n"},
		{"comment behind braces", "a: {b: 1} # c\n", "a", "x: 1\ny: 2", "a: # c\n  x: 1\n  y: 2\n"},
		{"comment behind the last entry goes along", "a:\n  b: 1 # gone\nc: 2\n", "a", "x", "a: x\nc: 2\n"},
		{"literal as value", "a: [1]\nb: 2\n", "a", "|\n  x\n  y\n", "a: |\n  x\n  y\nb: 2\n"},
		{"literal as value before a comment", "a: [1] # c\n", "a", "|\n  x\n  y\n", "a: \"x\\ny\\n\" # c\n"},
		{"two documents are text", "a: [1]\n", "a", "x\n---\ny", "a: \"x\\n---\\ny\"\n"},
		{"comment alone is text", "a: [1]\n", "a", "# c", "a: \"# c\"\n"},
		{"odd keys", "a: [1]\n", "a", "? [x, y]\n: 1\n? \"p\\nq\"\n: 2\n? &n *m\n", "a: \"? [x, y]\\n: 1\\n? \\\"p\\\\nq\\\"\\n: 2\\n? &n *m\\n\"\n"},
		{"flow key", "a: [1]\n", "a", "? [x, y]\n: 1\n? \"p\\nq\"\n: 2\n", "a:\n  [x, y]: 1\n  \"p\\nq\": 2\n"},
		{"empty entries", "a: [1]\n", "a", "x:\ny: [~, ]\n", "a:\n  x:\n  y: [~]\n"},
		{"root indented", "  a: 1\n  b:\n     c: 1\n", "a", "2", "a: 2\nb:\n  c: 1\n"},
		{"tabs keep the indentation", "a:\n \t- x\nb:\n    c: 1\n  # d\n", "b:c", "2", "a:\n \t- x\nb:\n    c: 2\n  # d\n"},
		{"sequence below a sequence", "-\n  - a\n-\n    b: 1\n", "0:0", "x", "-\n  - x\n-\n  b: 1\n"},
		{"closing bracket on a line", "a:\n    b: [\n    1\n    ]\nc:\n  d: 1\ne:\n  f: 1\n", "c:d", "2", "a:\n  b: [\n  1\n  ]\nc:\n  d: 2\ne:\n  f: 1\n"},
		{"tag with a comma is text", "{a: [0], b: 1}\n", "a", "!x,", "{a: \"!x,\", b: 1}\n"},
		{"returns alone", "a: 1\rb: 2\r", "b", "3", "a: 1\rb: 3\r\n"},
	} {
		out, report, err := Replace([]byte(c.in), valuesOf(c.path, c.value))
		if string(out) != c.want || err != nil || report.Replaced != 1 {
			t.Errorf("%s: Replace(%q) = %q, %+v, %v, want %q", c.name, c.in, out, report, err, c.want)
		}
	}
}

func TestReplaceWarnsOfLostAnchors(t *testing.T) {
	t.Parallel()
	out, report, err := Replace([]byte("a: {b: &k 1}\nc: *k\n---\nc: *k\n"), valuesOf("a", "secret"))
	if err != nil || string(out) != "a: secret\nc: *k\n---\nc: *k\n" {
		t.Fatalf("Replace = %q, %v", out, err)
	}
	if len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "line 2: *k") {
		t.Errorf("warnings %q, want one about *k in line 2", report.Warnings)
	}
}

func TestErrorsNeverShowValues(t *testing.T) {
	t.Parallel()
	v := octostache.NewVariables()
	v.Set("a", "canary#{a}")
	_, _, err := Replace([]byte("a: 1\n"), fill.New(v, octostache.Options{}))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("Replace with a cycle = %v, want an error without the value", err)
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"a: [1\n":               {2, 1},
		"é: \"\\q\"\n":          {1, 5},
		"- a\nb: 1\n":           {2, 1},
		"a: 1\n b: 2\n":         {2, 3},
		"{a: 1]\n":              {1, 6},
		"a: |x\n  y\n":          {1, 5},
		"a: &\n":                {1, 4},
		"%YAML 2.0\n---\n":      {1, 1},
		"%TAG x y\n---\n":       {1, 1},
		"a: 'x\n--- y'\n":       {1, 4},
		"a: 1\n... x\n":         {2, 4},
		"a: !<x\n":              {1, 4},
		"a\n...\nb\n--- c\nd: ": {5, 2},
		"a: 1\n]\n":             {2, 1},
		"- !a !b c\n":           {1, 6},
		"%YAML 1.2\na: 1\n":     {2, 1},
	} {
		_, _, err := Replace([]byte(text), valuesOf("z", "1"))
		wrong, ok := errors.AsType[*fill.SyntaxError](err)
		if !ok || wrong.Line != want[0] || wrong.Column != want[1] {
			t.Errorf("Replace(%q) = %v, want an error in line %d, column %d", text, err, want[0], want[1])
		}
	}
}
