package web

import (
	"os"
	"strings"
	"testing"

	"slipway/pipelines"
)

// The page about rights lists every permission and every role as they are.
func TestRightsAreDocumented(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../docs/reference/rights.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, i := range pipelines.Permissions() {
		if line := "| `" + string(i.Name) + "` | " + i.Means + " | " + scopeWords(i) + " |"; !strings.Contains(text, line+"\n") {
			t.Errorf("docs/reference/rights.md lacks the line\n%s", line)
		}
	}
	for _, r := range pipelines.BuiltInRoles() {
		var names []string
		for _, p := range r.Permissions {
			names = append(names, "`"+string(p)+"`")
		}
		held := strings.Join(names, " ")
		if r.Name == "System manager" {
			held = "all but `AdministerSystem`"
		}
		if line := "| " + r.Name + " | " + r.Description + " | " + held + " |"; !strings.Contains(text, line+"\n") {
			t.Errorf("docs/reference/rights.md lacks the line\n%s", line)
		}
	}
}
