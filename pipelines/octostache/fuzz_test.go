package octostache

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var seeds = []string{
	"plain", "#{a}", "##{a}###{a}", "#{a | Replace \"[^a-z]\" -}", "#{if a == \"x\"}y#{elseif b}z#{else}w#{/if}",
	"#{each x in L}#{x.B}#{Octopus.Template.Each.Index}#{/each}", "#{calc ({a}+1)*2}", "#{A[#{a}].B | F #{b}\"c\"}", "#{unless a}b#{/unless}",
	"#{J.k[0]}#{A[*]}", "#{a | Append \\\"#\\\"}", "#{if a}", "#{a,#{b}}", "#{x | Format \"#,##0.00;(0)\"}", "#{ | NowDate yyyy | AddDays 1}",
	"#{a | Markdown}#{a | Format G3}#{a | UriPart Host}", "#{a | Replace \"(.)😀\" \"$1\"}", "#{if a == b}#{elseif b,}#{/if}",
}

// A parsed template's normalised form parses, and is its own normalised form.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer inTime(t, time.Now())
		ParseLenient(text)
		tmpl, err := Parse(text)
		if err != nil {
			if p, ok := errors.AsType[*ParseError](err); !ok || p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("Parse(%q): %#v", text, err)
			}
			return
		}
		if slices.Contains(kinds(tmpl.tokens), "calculation") {
			return // its echo leaves the keyword out
		}
		form := tmpl.String()
		again, err := Parse(form)
		if err != nil {
			return // an option in \"…\" may hold what plain quotes cannot
		}
		if again.String() != form && !oddOptions(text) {
			t.Fatalf("%q: normalised %q, again %q", text, form, again.String())
		}
	})
}

func kinds(tokens []token) []string {
	var all []string
	for _, t := range tokens {
		switch t := t.(type) {
		case *calculation:
			all = append(all, "calculation")
		case *conditional:
			all = append(append(all, kinds(t.then)...), kinds(t.otherwise)...)
		case *repetition:
			all = append(all, kinds(t.body)...)
		}
	}
	return all
}

// Evaluating ends, and text without tokens passes through.
func FuzzEvaluate(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "#{b}x", `{"k":[1,"#{a}"]}`)
	}
	f.Fuzz(func(t *testing.T, text, a, j string) {
		defer inTime(t, time.Now())
		v := NewVariables()
		v.Set("a", a)
		v.Set("b", "1,2")
		v.Set("J", j)
		v.Set("A[k].B", a)
		v.Set("L[x]", j)
		v.SetLate("late")
		r, err := Evaluate(text, v, Options{Continue: true})
		if err != nil && r.Text != "" {
			t.Fatalf("Evaluate(%q) = %+v with error %v", text, r, err)
		}
		if _, ok := errors.AsType[*ParseError](err); ok {
			t.Fatalf("Evaluate(%q) going on: %v", text, err)
		}
		kept, keptErr := ParseLenient(text).Evaluate(v, Options{})
		if (err == nil) != (keptErr == nil) || err == nil && (kept.Text != r.Text || !slices.Equal(kept.Unresolved, r.Unresolved) || len(kept.Malformed) != len(r.Malformed)) {
			t.Fatalf("Evaluate(%q) going on: %+v %v, and from a template %+v %v", text, r, err, kept, keptErr)
		}
		if got, err := Evaluate(Escape(a), v, Options{}); err == nil && !oddHashes(a) && got.Text != a {
			t.Fatalf("Evaluate(Escape(%q)) = %q", a, got.Text)
		}
	})
}

func inTime(t *testing.T, started time.Time) {
	t.Helper()
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// oddOptions: `\"…\"` around a plain quote has no other spelling.
func oddOptions(text string) bool { return strings.Contains(text, `\"`) }

// oddHashes: a `#` right before an escape takes part in it.
func oddHashes(text string) bool { return strings.Contains(text, "##") }
