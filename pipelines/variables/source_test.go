package variables

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

// Two references that fit equally well are a tie, as two values are; and a tie
// names where they lie, which is no secret.
func TestTiesOfReferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b pipelines.Variable
		want []string // "" where there is no tie
	}{
		{pipelines.Variable{Parameter: "/a"}, pipelines.Variable{Parameter: "/b"}, []string{"the parameter /a (unscoped)", "the parameter /b (unscoped)"}},
		{pipelines.Variable{SecretsManager: "a#x"}, pipelines.Variable{SecretsManager: "a#y"}, []string{"the secret a#x of Secrets Manager", "the secret a#y of Secrets Manager"}},
		{pipelines.Variable{Parameter: "a"}, pipelines.Variable{SecretsManager: "a"}, []string{"the parameter a", "of Secrets Manager"}},
		{pipelines.Variable{Parameter: "/a"}, pipelines.Variable{}, []string{"the parameter /a", `""`}},
		{pipelines.Variable{Parameter: "/a"}, pipelines.Variable{Parameter: "/a"}, nil},
		{pipelines.Variable{SecretsManager: "a"}, pipelines.Variable{SecretsManager: "a"}, nil},
	} {
		c.a.Name, c.b.Name = "Db", "db"
		_, problems := choose([]pipelines.Variable{c.a, c.b}, Place{Environment: "Dev"})
		if len(problems) != min(1, len(c.want)) {
			t.Errorf("Choose(%+v, %+v): problems %v, want %q", c.a, c.b, problems, c.want)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(problems[0].Message, want) {
				t.Errorf("problem %q, want it to name %q", problems[0].Message, want)
			}
		}
	}
}
