package infra_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/infra"
)

// docs/aws.md says of every parameter what it does, and of every permission what
// it is for.
func TestDocsNameEveryParameterAndPermission(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/aws.md")
	if err != nil {
		t.Fatal(err)
	}
	parameter := regexp.MustCompile(`(?m)^  ([A-Z][A-Za-z]+):\n    Type:`)
	section, _, _ := strings.Cut(string(infra.Template()), "\nRules:")
	found := parameter.FindAllStringSubmatch(section, -1)
	if len(found) < 10 {
		t.Fatalf("only %d parameters were found", len(found))
	}
	for _, p := range found {
		if !strings.Contains(string(text), "`"+p[1]+"`") {
			t.Errorf("docs/aws.md does not tell of the parameter %s", p[1])
		}
	}
	for _, function := range []string{"Web", "Runner"} {
		for action := range granted(t, function) {
			service, name, _ := strings.Cut(action, ":")
			if service == "ec2" {
				service, name = "ec2:…", "NetworkInterface…" // one line for all of them
			}
			lines := strings.Split(string(text), "\n")
			if !slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, "| `") && strings.Contains(line, service) && strings.Contains(line, name)
			}) {
				t.Errorf("docs/aws.md does not say what %s is for", action)
			}
		}
	}
}
