package variables

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

func v(name, value string, s pipelines.Scope) pipelines.Variable {
	return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: s}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	at := Place{Environment: "Test", Step: "Web", StepRoles: []string{"web"}, Target: "web-1", TargetRoles: []string{"web", "linux"}}
	env := func(names ...string) pipelines.Scope { return pipelines.Scope{Environments: names} }
	cases := []struct {
		name string
		all  []pipelines.Variable
		want string // "" is no value
	}{
		{"one value per environment", []pipelines.Variable{v("Port", "1", env("Dev")), v("Port", "2", env("Test"))}, "2"},
		{"names ignore case, scopes too", []pipelines.Variable{v("PORT", "1", env("TEST"))}, "1"},
		{"none fits", []pipelines.Variable{v("Port", "1", env("Dev"))}, ""},
		{"scoped beats unscoped", []pipelines.Variable{v("Port", "1", env("Test")), v("Port", "0", pipelines.Scope{})}, "1"},
		{"target alone beats environment, role and channel", []pipelines.Variable{
			v("Port", "weak", pipelines.Scope{Environments: []string{"Test"}, Roles: []string{"web"}}),
			v("Port", "strong", pipelines.Scope{Targets: []string{"web-1"}}),
		}, "strong"},
		{"step beats target", []pipelines.Variable{
			v("Port", "target", pipelines.Scope{Targets: []string{"web-1"}}),
			v("Port", "step", pipelines.Scope{Steps: []string{"web"}}),
		}, "step"},
		{"role the step targets beats another role of the machine", []pipelines.Variable{
			v("Port", "other", pipelines.Scope{Roles: []string{"linux"}}),
			v("Port", "targeted", pipelines.Scope{Roles: []string{"web"}}),
		}, "targeted"},
		{"all kinds must fit", []pipelines.Variable{v("Port", "1", pipelines.Scope{Environments: []string{"Test"}, Targets: []string{"web-2"}})}, ""},
		{"equal texts are no tie", []pipelines.Variable{v("Port", "1", env("Test")), v("Port", "1", env("Test", "Dev"))}, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, problems := Choose(c.all, at)
			if len(problems) > 0 {
				t.Fatalf("Choose: problems %v, want none", problems)
			}
			value := ""
			for _, choice := range got {
				if pipelines.SameName(choice.Winner.Name, "Port") {
					value = string(choice.Winner.Value)
				}
			}
			if value != c.want {
				t.Errorf("Choose = %q, want %q", value, c.want)
			}
		})
	}
}

func TestATieNamesBothValues(t *testing.T) {
	t.Parallel()
	_, problems := Choose([]pipelines.Variable{
		v("Port", "8081", pipelines.Scope{Environments: []string{"Dev"}}),
		v("port", "9000", pipelines.Scope{Environments: []string{"Dev", "Test"}}),
	}, Place{Environment: "Dev"})
	if len(problems) != 1 {
		t.Fatalf("Choose: %d problems, want 1", len(problems))
	}
	for _, want := range []string{`"Port"`, "8081", "9000", "environment Dev", "narrow"} {
		if !strings.Contains(problems[0].Message, want) {
			t.Errorf("message %q does not name %q", problems[0].Message, want)
		}
	}
}

func TestATieBeatenByAStrongerValueIsNone(t *testing.T) {
	t.Parallel()
	got, problems := Choose([]pipelines.Variable{
		v("Port", "1", pipelines.Scope{Environments: []string{"Dev"}}),
		v("Port", "2", pipelines.Scope{Environments: []string{"Dev"}}),
		v("Port", "3", pipelines.Scope{Targets: []string{"web-1"}}),
	}, Place{Environment: "Dev", Target: "web-1"})
	if len(problems) != 0 || got[0].Winner.Value != "3" || len(got[0].Losers) != 2 {
		t.Errorf("Choose = %+v, %v; want 3 winning over two", got, problems)
	}
}

func TestASecretIsNeverInATie(t *testing.T) {
	t.Parallel()
	_, problems := Choose([]pipelines.Variable{
		{Name: "Password", Secret: "db"}, {Name: "Password", Value: "open"},
	}, Place{Environment: "Dev"})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "the secret db") {
		t.Errorf("problems = %v", problems)
	}
}
