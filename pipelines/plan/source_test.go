package plan_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// in Dev, two variables lie in AWS and one, for Test, does not matter.
func withSources() plan.Input {
	test := pipelines.Scope{Environments: []string{"Test"}}
	in := deploying(runs("a", "echo #{Db} #{Mail}"))
	in.Release.Project.Variables = []pipelines.Variable{
		{Name: "Db", Parameter: "/dev/db"},
		{Name: "Db", Parameter: "/test/db", Scope: test},
		{Name: "Mail", SecretsManager: "dev/mail#password"},
		{Name: "Other", Parameter: "/test/other", Scope: test},
	}
	return in
}

func TestAValueInAWSStandsInThePlanByReference(t *testing.T) {
	t.Parallel()
	in := withSources()
	in.Sources = true
	p := plan.Make(in)
	if len(p.Findings) > 0 {
		t.Errorf("findings %v, want none", p.Findings)
	}
	got := map[string]plan.Variable{}
	for _, v := range p.At(0, 0) {
		got[v.Name] = v
	}
	for _, want := range []plan.Variable{{Name: "Db", Secret: "aws-parameter:/dev/db"}, {Name: "Mail", Secret: "aws-secret:dev/mail#password"}} {
		if got[want.Name] != want {
			t.Errorf("%+v, want %+v", got[want.Name], want)
		}
	}
	if shown := p.Steps[0].Shown; len(shown) != 1 || shown[0].Text != "echo ‹known on the host› ‹known on the host›" {
		t.Errorf("shown %v, want that the host knows them", shown)
	}
}

func TestWithoutAWSSuchAValueStopsTheDeployment(t *testing.T) {
	t.Parallel()
	p := plan.Make(withSources())
	var got []string
	for _, f := range p.Findings {
		if !f.Blocks {
			t.Errorf("%q does not stop the deployment", f.Message)
		}
		got = append(got, f.Message)
	}
	if len(got) != 2 || !strings.Contains(got[0], `variable "Db" is /dev/db in Parameter Store`) || !strings.Contains(got[1], `"Mail" is dev/mail#password in Secrets Manager`) {
		t.Errorf("findings %q, want one for each variable of this environment", got)
	}
}

func TestAValueInAWSStaysOutOfMails(t *testing.T) {
	t.Parallel()
	in := deploying(mails("m", "password: #{Db}"))
	in.Release.Project.Variables, in.Sources = []pipelines.Variable{{Name: "Db", Parameter: "/dev/db"}}, true
	p := plan.Make(in)
	if len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Message, "secrets never go into mails") {
		t.Errorf("findings %v, want that it is a secret", p.Findings)
	}
}
