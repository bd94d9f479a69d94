package octostache

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The language's rules are checked by the cases in test/vectors; here stands
// what a case cannot say: errors, bounds, sharing.

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"#{", "line 1, column 1: `#{` here is never closed: the text ends, expected a name or `|`"},
		{"é #{a,b}", "line 1, column 6: found ',', expected `|` or `}`"},
		{"a\n#{each x in L}\n#{x}", "line 2, column 1: `#{each …}` here is never closed: the text ends, expected `#{/each}`"},
		{"x\n#{a}\n é#{ broken\nmore\n", "line 3, column 3: `#{` here is never closed: the text ends, expected `|` or `}`"},
		{"#{a}\n#{if a == \"b\"}\n#{x}\n", "line 2, column 1: `#{if …}` here is never closed: the text ends, expected `#{/if}`"},
		{"#{a | F \"open\n", "line 1, column 9: found '\"', expected `}`"},
		{"x\ny #{/if}", "line 2, column 3: #{/if} closes nothing that is open here"},
		{"#{x | }", "line 1, column 7: found '}', expected the name of a filter"},
		{`#{if a = b}x#{/if}`, "line 1, column 8: found '=', expected `|`, `==`, `!=` or `}`"},
		{"#{calc (1+2}", "line 1, column 12: found '}', expected `)`"},
	} {
		_, err := Parse(c.text)
		parse, ok := errors.AsType[*ParseError](err)
		if !ok {
			t.Errorf("Parse(%q): error %v, want a *ParseError", c.text, err)
			continue
		}
		if got := parse.Error(); got != c.want {
			t.Errorf("Parse(%q):\n got %s\nwant %s", c.text, got, c.want)
		}
		if r, err := Evaluate(c.text, nil, Options{}); err == nil || r.Text != c.text {
			t.Errorf("Evaluate(%q) = %+v, %v, want the text unchanged and the error", c.text, r, err)
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("a", "#{b}")
	v.Set("b", "x#{A}")
	_, err := Evaluate("#{a}", v, Options{})
	if cycle, ok := errors.AsType[*CycleError](err); !ok || !slices.Equal(cycle.Names, []string{"b", "A", "b"}) {
		t.Errorf("cycle: %v", err)
	}
	v.Set("c", "%")
	_, err = Evaluate(`#{c | Replace "(" x}`, v, Options{})
	if failure, ok := errors.AsType[*Failure](err); !ok || !strings.Contains(failure.Error(), `Replace "(" "x"`) {
		t.Errorf("bad pattern: %v", err)
	}
	v.Set("long", strings.Repeat("a", 40)+"!")
	if _, err = Evaluate(`#{long | Match "^(a+)+$"}`, v, Options{}); err == nil {
		t.Error("a pattern that explodes: no error")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("0", strings.Repeat("x", 1000))
	v.Set("e0", "")
	for i := range 40 {
		v.Set(fmt.Sprint(i+1), fmt.Sprintf("#{%d}#{%[1]d}", i))
		v.Set(fmt.Sprintf("e%d", i+1), fmt.Sprintf("#{e%d}#{e%[1]d}", i))
	}
	for i := range 300 {
		v.Set(fmt.Sprintf("d%d", i), fmt.Sprintf("x#{d%d}", i+1))
	}
	v.Set("lines", strings.Repeat("\n", 1<<16))
	v.Set("prefix", strings.Repeat("x", 1<<16))
	v.Set("markdown", strings.Repeat("x", maxMarkdown))
	v.Set("commas", strings.Repeat(",", maxItems))
	for _, c := range []struct{ text, limit string }{
		{"#{40}", "bytes"},
		{"#{e40}", "steps"},
		{"#{d0}", "variables within each other"},
		{"#{lines | Indent #{prefix}#{prefix}}", "bytes of output"},
		{`#{lines | Replace "\s" #{prefix}}`, "bytes of output"},
		{`#{lines | Replace "" "$_"}`, "bytes of output"},
		{"#{markdown | Markdown}#{markdown | Markdown}", "bytes of Markdown"},
		{"#{each x in commas}#{/each}", "items in a loop"},
	} {
		_, err := Evaluate(c.text, v, Options{})
		if limit, ok := errors.AsType[*LimitError](err); !ok || !strings.Contains(limit.Error(), c.limit) {
			t.Errorf("Evaluate(%q): error %v, want the limit of %s", c.text, err, c.limit)
		}
	}
}

func TestHostileNestingEnds(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"#{if a}", "#{each a in b}", "#{a | F ", "#{a | F #{", "#{a[#{", "#{calc (", "#{calc ((", "#{unless a}", "#{if a | F #{if b", "#{a[", `#{a | F \"`, "#{if a}#{elseif b}", "#{elseif b}", "((((", "#{if a == \""} {
		text := strings.Repeat(piece, 100_000/len(piece))
		// A parser that tries again and again would not come back from these.
		if _, err := Parse("#{" + text); err == nil {
			t.Errorf("%q repeated: no error", piece)
		}
		if got := ParseLenient(text).source; got != text {
			t.Errorf("%q repeated: the source is not kept", piece)
		}
		if _, _, err := Append(nil, text, nil, Options{}); err != nil {
			t.Errorf("%q repeated: %v", piece, err)
		}
	}
}

// What was read inside a block that turns out unclosed is not read again, even
// where it is very long.
func TestUnclosedBlocksAreReadOnce(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("#{if a}", maxNesting-20) + strings.Repeat("some text #{a} ", 100_000)
	started := time.Now()
	if _, _, err := Append(nil, text, nil, Options{}); err != nil {
		t.Error(err)
	}
	if took := time.Since(started); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "#{x}", "a#b", "#{if a}#{/if}", "$#{x}"} {
		r, err := Evaluate(Escape(text), nil, Options{})
		if err != nil || r.Text != text {
			t.Errorf("Evaluate(Escape(%q)) = %+v, %v", text, r, err)
		}
	}
}

func TestSharing(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("a", "#{b | ToUpper}")
	v.Set("b", "x")
	tmpl, err := Parse("#{a}#{each i in b}#{i}#{/each}")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				if r, err := tmpl.Evaluate(v, Options{}); err != nil || r.Text != "Xx" {
					t.Errorf("Evaluate = %+v, %v", r, err)
				}
			}
		})
	}
	group.Wait()
}

// A template and the texts of the variables it reads are parsed once: what is
// left to pay is the result, and what an evaluation needs.
func TestReadingAgainParsesNothing(t *testing.T) {
	v := NewVariables()
	v.Set("a", "#{b}"+strings.Repeat("#{b | Nope}", 100))
	v.Set("b", "#{c}")
	v.Set("c", "x")
	tmpl, err := Parse("#{if a}#{b}#{/if}")
	if err != nil {
		t.Fatal(err)
	}
	evaluate := func() {
		if _, err := tmpl.Evaluate(v, Options{}); err != nil {
			t.Error(err)
		}
	}
	evaluate()
	before := v.byName["a"].template.Load()
	evaluate()
	if v.byName["a"].template.Load() != before || before == nil {
		t.Error("the text of a was parsed again")
	}
	v.Set("a", "")
	if v.byName["a"].template.Load() != nil {
		t.Error("a new text keeps the old one's template")
	}
}

// What was left as it is, is told: where, and in what order.
func TestMalformed(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("a", "1")
	r, err := Evaluate("#{a}\n#{,} #{b}\n é#{a", v, Options{Continue: true})
	if err != nil || r.Text != "1\n#{,} #{b}\n é#{a" {
		t.Errorf("Evaluate = %+v, %v", r, err)
	}
	var got []string
	for _, m := range r.Malformed {
		got = append(got, m.Error())
	}
	want := []string{"line 2, column 3: found ',', expected a name or `|`", "line 3, column 3: `#{` here is never closed: the text ends, expected `|` or `}`"}
	if !slices.Equal(got, want) {
		t.Errorf("Malformed = %q, want %q", got, want)
	}
	lenient := ParseLenient("#{a}\n#{,} #{b}\n é#{a").Malformed()
	if len(lenient) != 2 || *lenient[0] != *r.Malformed[0] || *lenient[1] != *r.Malformed[1] {
		t.Errorf("ParseLenient: %v", lenient)
	}
}

// Append keeps nothing of what it read before: its pieces must not change
// under what is read later.
func TestAppendIsEvaluate(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("a", "1")
	v.Set("L", "x,y")
	for _, text := range seeds {
		text += strings.Repeat("#{a}#{L | ToUpper}#{no}#{each i in L}#{i}#{/each}", 3) + text
		tmpl := ParseLenient(text)
		want, wantErr := tmpl.Evaluate(v, Options{})
		out, got, err := Append([]byte(">"), text, v, Options{})
		if wantErr != nil || err != nil {
			t.Errorf("%q: errors %v and %v", text, wantErr, err)
			continue
		}
		if string(out) != ">"+want.Text || !slices.Equal(got.Unresolved, want.Unresolved) || got.Null != want.Null {
			t.Errorf("%q:\n got %q %q\nwant %q %q", text, out, got.Unresolved, want.Text, want.Unresolved)
		}
	}
}

func TestTruthyNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("a", "True")
	for text, want := range map[string]bool{"#{a}": true, "#{b}": false, "#{": false, "": false, "No": false} {
		if got := v.Truthy(text, Options{}); got != want {
			t.Errorf("Truthy(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestZoneComesWithNow(t *testing.T) {
	t.Parallel()
	o := Options{Now: time.Date(2030, 1, 2, 3, 4, 5, 600, time.FixedZone("", 2*3600))}
	for text, want := range map[string]string{
		"#{ | NowDate}":                       "2030-01-02T03:04:05.0000006",
		"#{ | NowDateUtc}":                    "2030-01-02T01:04:05.0000006Z",
		`#{ | NowDateUtc "HH:mm K"}`:          "01:04 Z",
		`#{d | Format "HH:mm zzz"}`:           "12:00 +02:00",
		`#{z | Format DateTime "HH:mm"}`:      "14:00",
		`#{z | Format DateTimeOffset "HH z"}`: "12 +0",
		"#{j.d}":                              "05/22/2030 14:00:00",
	} {
		v := NewVariables()
		v.Set("d", "2030-05-22 12:00")
		v.Set("z", "2030-05-22T12:00:00Z")
		v.Set("j", `{"d":"2030-05-22T12:00:00+00:00"}`)
		if r, err := Evaluate(text, v, o); err != nil || r.Text != want {
			t.Errorf("Evaluate(%s) = %+v, %v, want %q", text, r, err, want)
		}
	}
}
