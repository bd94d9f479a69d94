package web

import (
	"strings"
	"testing"

	"slipway/pipelines/plan"
)

// TestScriptsAreReadBeforeTheyRun: a text of several lines is there too, folded.
func TestScriptsAreReadBeforeTheyRun(t *testing.T) {
	t.Parallel()
	text := func(path, text string) plan.Shown { return plan.Shown{Path: path, Text: text} }
	all := plannedTexts(plan.Plan{Steps: []plan.Step{
		{Name: "Hello", Shown: []plan.Shown{text("script.body", "echo a\necho b\n"), text("script.note", "short"), text("script.line", strings.Repeat("x", 300)), text("script.huge", strings.Repeat("line\n", 20_000))}},
		{Name: "Left out", Skip: "not in Dev", Shown: []plan.Shown{text("script.body", "echo c")}},
	}})
	if len(all) != 4 {
		t.Fatalf("plannedTexts: %d texts, want 4", len(all))
	}
	for i, want := range []string{"2 lines", "", "1 line", "20,000 lines, of which the first are shown"} {
		if all[i].Long != want {
			t.Errorf("%s is folded as %q, want %q", all[i].Name, all[i].Long, want)
		}
	}
	if all[0].Value != "echo a\necho b\n" || len(all[3].Value) > longestShown+10 {
		t.Errorf("the script is %q, the huge one has %d bytes", all[0].Value, len(all[3].Value))
	}
}
