package variables

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/octostache"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"plain", ""},
		{"#{A}", "A@1:3"},
		{"x\n  #{ A Long Name } y", "A Long Name@2:6"},
		{"##{A} ###{B}", "B@1:11"},
		{"é#{A}", "A@1:4"},
		{"#{A | ToUpper}#{B|Replace \"[x]\" -}", "A@1:3 B@1:17"},
		{"#{A | Replace #{B} #{C | Trim}}", "A@1:3 B@1:17 C@1:22"},
		{"#{if A}#{B}#{else}#{C}#{/if}", "A@1:6 B@1:10 C@1:21"},
		{"#{if A == B}#{/if}#{if A != \"B\"}#{/if}#{if \"x\" == C}#{/if}", "A@1:6 B@1:11 A@1:24 C@1:51"},
		{"#{if A | Match \"x\" }y#{elseif B}#{/if}", "A@1:6 B@1:31"},
		{"#{unless A.B}#{/unless}", "A.B@1:10"},
		{"#{each s in Octopus.Step}#{s} #{s.Status.Code} #{Other} #{Octopus.Template.Each.Index}#{/each}#{s}",
			"Octopus.Step@1:13 Other@1:50 Octopus.Template.Each.Index@1:59 s@1:97"},
		{"#{Octopus.Action[Deploy the app].Package.PackageId}", "Octopus.Action[Deploy the app].Package.PackageId@1:3"},
		{"#{A[#{B}].C}", "B@1:7 A[…].C@1:3"},
		{"#{A[*].B}", "A[*].B@1:3"},
		{"#{calc A+2}#{calc 3*({B - C} / D)}", "A@1:8 B - C@1:23 D)@1:32"},
		{"#{ if}", "if@1:4"},
		{"#{A", "A@1:3"},
		{"#{", ""},
	} {
		var got []string
		for _, r := range References(c.text) {
			got = append(got, fmt.Sprintf("%s@%d:%d", r.Name, r.Line, r.Column))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("References(%q) = %s, want %s", c.text, text, c.want)
		}
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, name string
		want       bool
	}{
		{"#{A}", "a", true},
		{"#{A}", "A.B", false},
		{"#{A.B}", "A", true},
		{"#{A.B}", "A.C", false},
		{"#{each x in A}#{/each}", "A[1].B", true},
		{"#{each x in A}#{/each}", "A.B", false},
		{"#{A[*].B}", "A[1].B", true},
		{"#{A[#{I}].B}", "A[1].B", true},
		{"#{A[2].B}", "A[1].B", false},
		{"#{Days}", "Days in Month", false},
	} {
		got := slices.ContainsFunc(References(c.text), func(r Reference) bool { return r.Reads(c.name) })
		if got != c.want {
			t.Errorf("%s reads %s: %v, want %v", c.text, c.name, got, c.want)
		}
	}
}

// FuzzReferences: whatever parses, no name that the language itself sees in a
// text is missed.
func FuzzReferences(f *testing.F) {
	for _, s := range []string{
		"#{A.B | Default #{C}}", "#{each x in Y[a].B}#{x}#{/each}", "#{if A == \"b\" }#{unless C}x#{/unless}#{else}#{D}#{/if}",
		"#{calc A+{B - C}*2}", "##{A} ###{B}", "#{A[#{B}].C[*]}", `#{A | Replace \"x#y\" "z"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := References(text)
		template, err := octostache.Parse(text)
		if err != nil || len(text) > 1000 {
			return
		}
		for _, name := range template.Arguments() {
			if strings.Contains(text, `"`+name+`"`) || strings.Contains(text, `\"`) {
				continue // Octopus lists a quoted side of a comparison like a name
			}
			if word, _, _ := strings.Cut(strings.ToLower(name), " "); slices.Contains([]string{"if", "unless", "calc", "else", "elseif"}, word) {
				continue // a block that is not closed is a variable of that name
			}
			if !slices.ContainsFunc(found, func(r Reference) bool {
				return slices.ContainsFunc(r.parts, func(p part) bool { return strings.Contains(p.text, name) })
			}) && !strings.Contains(strings.ToLower(text), "each") {
				t.Errorf("References(%q) misses %q", text, name)
			}
		}
	})
}

// TestHostileReferences: what nests or never closes is read once.
func TestHostileReferences(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"#{", "#{a[", "#{each a[", "#{each x in a[#{", "#{if a[b", "#{calc {", "#{a|b \"", "[", "#{a["} {
		text := "#{" + strings.Repeat(part, 200_000/len(part))
		begun := time.Now()
		if found := References(text); len(found) > len(text) {
			t.Errorf("%q gives %d references", part, len(found))
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%q takes %s", part, took)
		}
	}
}
