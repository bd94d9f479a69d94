package pipelines

import (
	"strings"
	"testing"
)

func TestVariableCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    Variable
		want string // problems, one a line
	}{
		{Variable{Name: "x", Value: "1"}, ""},
		{Variable{Name: "x"}, ""},
		{Variable{Name: "x", Parameter: "/prod/db-password"}, ""},
		{Variable{Name: "x", Parameter: "/prod/db-password:3"}, ""},
		{Variable{Name: "x", Parameter: "password"}, ""},
		{Variable{Name: "x", Parameter: "arn:aws:ssm:eu-central-1:123456789012:parameter/prod/db"}, ""},
		{Variable{Name: "x", SecretsManager: "prod/db"}, ""},
		{Variable{Name: "x", SecretsManager: "prod/db#password"}, ""},
		{Variable{Name: "x", SecretsManager: "prod/db#the password"}, ""},
		{Variable{Name: "x", SecretsManager: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf#password"}, ""},
		{Variable{Name: "x", Value: "1", Secret: "s"}, `secret: variable "x" has a value and a secret: give one`},
		{Variable{Name: "x", Value: "1", Parameter: "/p"}, `parameter: variable "x" has a value and a parameter: give one`},
		{Variable{Name: "x", Secret: "s", Parameter: "/p", SecretsManager: "m"},
			`parameter: variable "x" has a secret and a parameter: give one` + "\n" + `secrets-manager: variable "x" has a secret and a secret of Secrets Manager: give one`},
		{Variable{Name: "x", Parameter: "prod/db"}, "parameter: no name of a parameter"},
		{Variable{Name: "x", Parameter: "/prod/"}, "parameter: no name of a parameter"},
		{Variable{Name: "x", Parameter: "/prod//db"}, "parameter: no name of a parameter"},
		{Variable{Name: "x", Parameter: "/"}, "parameter: no name of a parameter"},
		{Variable{Name: "x", Parameter: "/prod/#{Env}"}, "parameter: no name of a parameter"},
		{Variable{Name: "x", SecretsManager: "prod/db#"}, "secrets-manager: no key behind the #"},
		{Variable{Name: "x", SecretsManager: "#password"}, "secrets-manager: no name of a secret"},
		{Variable{Name: "x", SecretsManager: "prod db"}, "secrets-manager: no name of a secret"},
	} {
		var got []string
		for _, p := range c.v.Check() {
			got = append(got, p.String())
		}
		want := strings.Split(c.want, "\n")
		if c.want == "" {
			want = nil
		}
		if len(got) != len(want) {
			t.Errorf("Check(%+v) = %q, want %q", c.v, got, want)
			continue
		}
		for i, w := range want {
			path, says, _ := strings.Cut(w, ": ")
			if !strings.HasPrefix(got[i], path+": ") || !strings.Contains(got[i], says) {
				t.Errorf("Check(%+v) says %q, want %q", c.v, got[i], w)
			}
		}
	}
}

func TestVariableSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v         Variable
		source    string
		sensitive bool
	}{
		{Variable{Value: "1"}, "", false},
		{Variable{}, "", false},
		{Variable{Secret: "db"}, "", true},
		{Variable{Parameter: "/prod/db"}, "aws-parameter:/prod/db", true},
		{Variable{SecretsManager: "prod/db#password"}, "aws-secret:prod/db#password", true},
	} {
		if got := c.v.Source(); got != c.source || c.v.Sensitive() != c.sensitive {
			t.Errorf("%+v: Source %q, Sensitive %v, want %q, %v", c.v, got, c.v.Sensitive(), c.source, c.sensitive)
		}
	}
	if (Variable{Parameter: "/a"}).SameValue(Variable{Parameter: "/b"}) || (Variable{Parameter: "a"}).SameValue(Variable{SecretsManager: "a"}) {
		t.Error("two references are the same value")
	}
}
