package jsonfile

import (
	"errors"
	"fmt"
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

func TestReplaceChoosesTheTypeByTheFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ inFile, value, want string }{
		{`1`, "2", `2`},
		{`1`, " +2 ", `2`},
		{`1`, "-007", `-7`},
		{`1`, "2.50", `2.5`},
		{`1`, "1,234", `1234.0`},
		{`1`, "1,2.5e1", `125.0`},
		{`1.5`, "3", `3`},
		{`1`, "9223372036854775807", `9223372036854775807`},
		{`1`, "9223372036854775808", `9.223372036854776E+18`},
		{`1`, "1e15", `1E+15`},
		{`1`, "1e14", `100000000000000.0`},
		{`1`, "1234567890123456.0", `1234567890123456.0`},
		{`1`, "0.0001", `0.0001`},
		{`1`, "0.00001", `1E-05`},
		{`1`, "-0.0", `-0.0`},
		{`1`, "", `""`},
		{`1`, "two", `"two"`},
		{`1`, ",5", `",5"`},
		{`1`, "0x10", `"0x10"`},
		{`1`, "1e400", `"1e400"`},
		{`1`, "NaN", `"NaN"`},
		{`1`, ".", `"."`},
		{`1`, "true", `"true"`},
		{`1`, "∅", `null`},
		{`true`, "False", `false`},
		{`true`, " TRUE ", `true`},
		{`true`, "1", `"1"`},
		{`true`, "∅", `null`},
		{`null`, "1", `"1"`},
		{`null`, "true", `"true"`},
		{`"x"`, "1", `"1"`},
		{`"x"`, "{}", `"{}"`},
		{`"x"`, "a\"\\\b\f\n\r\t\x01\u0085\u2028é/<'", `"a\"\\\b\f\n\r\t\u0001\u0085\u2028é/<'"`},
		{`{}`, "1", `1`},
		{`{}`, "'text' // a comment", `"text"`},
		{`{}`, "∅", `null`},
		{`[]`, "[ ]", `[]`},
		{`[1]`, "{ }", `{}`},
		{`[1]`, "1.0", `1.0`},
	} {
		got, report, err := Replace([]byte(`{"a":`+c.inFile+"\n}"), values("A", c.value))
		want := "{\n  \"a\": " + c.want + "\n}"
		if err != nil || string(got) != want || report.Replaced != 1 {
			t.Errorf("%s with %q = %s (%+v, %v), want %s", c.inFile, c.value, got, report, err, want)
		}
	}
}

func TestReplaceFindsPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, name, want string }{
		{`{"A":{"b":1}}`, "a:B", `{"A":{"b":7}}`},
		{`{"a":[1,[2,{"b":3}]]}`, "a:1:1:b", `{"a":[1,[2,{"b":7}]]}`},
		{`[1,2]`, "1", `[1,7]`},
		{`{"a:b":1}`, "a:b", `{"a:b":7}`},
		{`{"a":{"b":1},"a:b":1}`, "a:b", `{"a":{"b":1},"a:b":7}`},
		{`{"a:b":1,"a":{"b":1}}`, "a:b", `{"a:b":1,"a":{"b":7}}`},
		{`{"a":1,"A":1}`, "a", `{"a":1,"A":7}`},
		{`{"":{"a":1}}`, ":a", `{"":{"a":7}}`},
		{`{"\u00e9\u0041":1}`, "Éa", `{"\u00e9\u0041":7}`},
		{`{"\ud83d\ude0e":1}`, "😎", `{"\ud83d\ude0e":7}`},
		{`{"Octopus":{"a":1}}`, "octopus:a", `{"Octopus":{"a":7}}`},
		{`{"Octopus":1}`, "Octopus", ""},
		{`{"OctopusX":1}`, "OctopusX", ""},
		{`{"Octopus.X":{"a":1}}`, "Octopus.X:a", ""},
		{`{"a":{"b":1}}`, "b", ""},
		{`{"a":[1]}`, "a:01", ""},
		{`"a"`, "a", ""},
		{`{"a":{"b":1},"a":2}`, "a:b", ""},
	} {
		got, report, err := Replace([]byte(c.file), values(c.name, "7"))
		want := c.want
		if want == "" {
			want = c.file
		}
		flat := strings.Join(strings.Fields(string(got)), "")
		if err != nil || flat != want || report.Replaced > 0 != (c.want != "") {
			t.Errorf("%s with %s = %s (%+v, %v), want %s", c.file, c.name, flat, report, err, want)
		}
	}
}

// A value put in for a whole object is final; one that is no JSON is not put
// in, so that what goes into the object still counts.
func TestReplaceOuterBeforeInner(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"a", `{"b":2}`, "a:b", "3"}, {"a:b", "3", "a", `{"b":2}`}} {
		got, report, err := Replace([]byte("{\"a\":{\"b\":1}\n}"), values(order...))
		if err != nil || report.Replaced != 1 || !strings.Contains(string(got), `"b": 2`) {
			t.Errorf("%q = %s (%+v, %v), want b to be 2", order, got, report, err)
		}
	}
	got, report, err := Replace([]byte("{\"a\":{\"b\":1}\n}"), values("a", "hunter2{", "a:b", "3"))
	if err != nil || report.Replaced != 1 || !strings.Contains(string(got), `"b": 3`) || len(report.Warnings) != 1 {
		t.Errorf("got %s (%+v, %v), want b to be 3 and a warning", got, report, err)
	}
	if text := fmt.Sprint(report.Warnings); strings.Contains(text, "hunter2") || !strings.Contains(text, `"a"`) {
		t.Errorf("warnings %s: want the name, never the value", text)
	}
}

func TestReplaceKeepsWhatWasNotMeant(t *testing.T) {
	t.Parallel()
	const scalars = `[1.0, 1E5, -0, 1.50, 0x1F, .5, 123456789012345678901234567890, NaN, -Infinity, undefined, "\u00e9\/", {}, []]`
	got, _, err := Replace([]byte(`{"x":0,"s":`+scalars+"\n}"), values("x", "1"))
	want := "{\n  \"x\": 1,\n  \"s\": [\n    " + strings.ReplaceAll(strings.Trim(scalars, "[]")+"[]", ", ", ",\n    ")
	if err != nil || !strings.HasPrefix(string(got), strings.ReplaceAll(want, "{}[]", "{},\n    []")) {
		t.Errorf("got %s (%v)", got, err)
	}
	for _, same := range []string{"", "{ }\n", "// only this\n[1 ,2,]", "{'a':1, a:2}", "\t{\"b\" : {\n}}\n\n"} {
		got, report, err := Replace([]byte(same), values("x", "1"))
		if err != nil || string(got) != same || report.Replaced != 0 || report.Warnings != nil {
			t.Errorf("%q = %q (%+v, %v), want it unchanged", same, got, report, err)
		}
	}
	invalid := "{ \"a\": [ ] }"
	if got, report, err := Replace([]byte(invalid), values("a", "")); err != nil || string(got) != invalid || len(report.Warnings) != 1 {
		t.Errorf("%q = %q (%+v, %v), want it unchanged with a warning", invalid, got, report, err)
	}
}

func TestReplaceReadsLikeOctopus(t *testing.T) {
	t.Parallel()
	const file = "/* head */ { // c\n 'sin\\'gle' : 'it\\'s \"x\"' , un_quoted$1:true, \"line\": \"a\nb\", 'x':0, list: [1,2,], /**/ } // tail"
	const want = "{\n  \"sin'gle\": \"it's \\\"x\\\"\",\n  \"un_quoted$1\": true,\n  \"line\": \"a\\nb\",\n  \"x\": 1,\n  \"list\": [\n    1,\n    2\n  ]\n}"
	got, report, err := Replace([]byte(file), values("x", "1"))
	if err != nil || string(got) != want || len(report.Warnings) != 1 {
		t.Errorf("got %s (%+v, %v), want %s", got, report, err, want)
	}
	got, report, err = Replace([]byte("{\"a\":1,\"b\":{\"c\":1},\"a\":{\"d\":1},\"x\":0,\"b\":[0]\n}"), values("x", "1", "a:d", "2", "b:0", "3", "b:c", "4"))
	const merged = "{\n  \"a\": {\n    \"d\": 2\n  },\n  \"b\": [\n    3\n  ],\n  \"x\": 1\n}"
	if err != nil || string(got) != merged || report.Replaced != 3 || len(report.Warnings) != 1 {
		t.Errorf("got %s (%+v, %v), want %s", got, report, err, merged)
	}
}

func TestReplaceFindsRepeatedKeysAmongMany(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for i := range 40 {
		fmt.Fprintf(&file, "\"k%d\": %d,\n", i%20, i)
	}
	got, report, err := Replace([]byte("{"+file.String()+"}"), values("k3", "99"))
	if err != nil || strings.Count(string(got), "\n") != 21 || !strings.Contains(string(got), "\"k3\": 99,\n  \"k4\": 24") {
		t.Errorf("got %s (%+v, %v), want each key once", got, report, err)
	}
}

func TestReplaceKeepsLineEndings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, want string }{
		{"{\"a\":1\n}", "\n"},
		{"{\"a\":1\r\n}", "\r\n"},
		{"{\n\"a\"\r\n:1\n}", "\n"},
		{"{\r\n\"a\":1\n}", "\r\n"},
		{"{\n\"a\":1\r\n}", "\n"},
		{"{\"a\":1}", "\r\n"},
	} {
		got, _, err := Replace([]byte(c.file), values("a", "2"))
		if want := "{" + c.want + "  \"a\": 2" + c.want + "}"; err != nil || string(got) != want {
			t.Errorf("%q = %q (%v), want %q", c.file, got, err, want)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file         string
		line, column int
	}{
		{" \n ", 2, 2},
		{"// only a comment", 1, 18},
		{"{", 1, 2},
		{"[1 2]", 1, 4},
		{"[,]", 1, 2},
		{"{\"é\": ü}", 1, 7},
		{"{\r\n  \"a\" 1\r\n}", 2, 7},
		{"{\n \"k\n}", 2, 2},
		{"{\"a\":}", 1, 6},
		{"{\"a\":1,,}", 1, 8},
		{"[\"\\q\"]", 1, 3},
		{"[\"\\u12\"]", 1, 3},
		{"[1.2.3]", 1, 2},
		{"[-]", 1, 2},
		{"[1e]", 1, 2},
		{"[truE]", 1, 2},
		{"[/ 1]", 1, 2},
		{"[1 /* ]", 1, 4},
		{"{} {}", 1, 4},
		{"key: value", 1, 1},
		{"<a/>", 1, 1},
		{strings.Repeat("[", fill.MaxDepth+1), 1, fill.MaxDepth + 1},
	} {
		_, _, err := Replace([]byte(c.file), values("a", "1"))
		got, ok := errors.AsType[*fill.SyntaxError](err)
		if !ok || got.Format != "JSON" || got.Line != c.line || got.Column != c.column {
			t.Errorf("%.40q: error %v, want one at line %d, column %d", c.file, err, c.line, c.column)
		}
	}
}

func TestReplaceIsBounded(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", fill.MaxDepth) + strings.Repeat("]", fill.MaxDepth)
	got, report, err := Replace([]byte(deep), values("0", deep))
	if err != nil || string(got) != deep || len(report.Warnings) != 1 {
		t.Errorf("a value too deep for its place: %.20s… (%+v, %v), want a warning", got, report, err)
	}
	wide := strings.Repeat("[", 900) + strings.Repeat("0,", 50_000) + strings.Repeat("]", 900)
	if _, _, err := Replace([]byte("[1,"+wide+"]"), values("0", "2")); !errors.Is(err, errTooLarge) {
		t.Errorf("an output of 90 MB: error %v, want %v", err, errTooLarge)
	}
	if _, _, err := Replace(make([]byte, fill.MaxBytes+1), values()); err == nil {
		t.Error("a file that is too large: no error")
	}
	if _, _, err := Replace([]byte(`{"a":1}`), values("a", "#{b}", "b", "#{a}")); err == nil || !strings.Contains(err.Error(), "a") {
		t.Errorf("a variable that refers to itself: error %v", err)
	}
}
