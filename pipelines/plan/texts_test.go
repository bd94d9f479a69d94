package plan_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

func TestUnknownFiltersAreNamed(t *testing.T) {
	t.Parallel()
	const rule = " uses the filter Foo, which does not exist: see docs/reference/expressions.md"
	for _, c := range []struct{ text, want string }{
		{"echo #{A | Foo}", `step "b", script.body, line 1, column 8: #{A | Foo}` + rule},
		{"echo #{Uses}", `step "b", script.body, line 1, column 8: #{A | Foo}, which Uses reads,` + rule},
		{"echo #{Octopus.Action[a].Output.X | Foo}", `step "b", script.body, line 1, column 8: #{Octopus.Action[a].Output.X | Foo}` + rule},
		{"echo #{Pw | Foo}", `step "b", script.body, line 1, column 8: #{Pw | Foo}` + rule},
	} {
		for _, allowed := range []bool{false, true} {
			in := deploying(runs("a", "output X=1"), runs("b", c.text))
			in.SecretVersion = func(string) (int, bool) { return 1, true }
			in.Release.Project.AllowUnresolved = allowed
			in.Release.Project.Variables = []pipelines.Variable{
				{Name: "A", Value: pipelines.Text("1")}, {Name: "Uses", Value: pipelines.Text("#{A | Foo}")}, {Name: "Pw", Secret: "pw"},
			}
			found := plan.Make(in).Findings
			if len(found) != 1 || found[0].Message != c.want || found[0].Blocks == allowed {
				t.Errorf("%s, allowed %v:\n got %+v\nwant %s", c.text, allowed, found, c.want)
			}
		}
	}
}
