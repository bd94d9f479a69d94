package variables

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

func v(name, value string, s pipelines.Scope) pipelines.Variable {
	return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: s}
}

// choose is the choice among the values of a project without sets.
func choose(all []pipelines.Variable, at Place) ([]Choice, []pipelines.Problem) {
	return New(pipelines.Project{Variables: all}, nil, nil).Choose(at)
}

func TestChoose(t *testing.T) {
	t.Parallel()
	at := Place{Environment: "Test", Channel: "Beta", Step: "Web", StepRoles: []string{"web"}, Target: "web-1", TargetRoles: []string{"web", "linux"}}
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
		{"environment beats channel", []pipelines.Variable{v("Port", "channel", pipelines.Scope{Channels: []string{"Beta"}}), v("Port", "environment", env("Test"))}, "environment"},
		{"channel beats unscoped", []pipelines.Variable{v("Port", "channel", pipelines.Scope{Channels: []string{"beta"}}), v("Port", "all", pipelines.Scope{})}, "channel"},
		{"another channel", []pipelines.Variable{v("Port", "channel", pipelines.Scope{Channels: []string{"Stable"}})}, ""},
		{"all kinds must fit", []pipelines.Variable{v("Port", "1", pipelines.Scope{Environments: []string{"Test"}, Targets: []string{"web-2"}})}, ""},
		{"equal texts are no tie", []pipelines.Variable{v("Port", "1", env("Test")), v("Port", "1", env("Test", "Dev"))}, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, problems := choose(c.all, at)
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

func TestSetsAndPrompts(t *testing.T) {
	t.Parallel()
	set := func(name string, all ...pipelines.Variable) pipelines.VariableSet {
		return pipelines.VariableSet{Name: name, Variables: all}
	}
	asked := func(name, value string, options ...string) pipelines.Variable {
		return pipelines.Variable{Name: name, Value: pipelines.Text(value), Prompt: &pipelines.Prompt{Options: options}}
	}
	none := pipelines.Scope{}
	for _, c := range []struct {
		name  string
		own   []pipelines.Variable
		sets  []pipelines.VariableSet
		given map[string]string
		want  string // name=value, or problems
	}{
		{"of a set", nil, []pipelines.VariableSet{set("One", v("A", "1", none))}, nil, "A=1"},
		{"a set that is not included", nil, []pipelines.VariableSet{set("Other", v("A", "1", none))}, nil, ""},
		{"the project beats a set", []pipelines.Variable{v("a", "own", none)}, []pipelines.VariableSet{set("One", v("A", "1", none))}, nil, "a=own"},
		{"any scope in a set beats the project", []pipelines.Variable{v("A", "own", none)}, []pipelines.VariableSet{set("One", v("A", "1", pipelines.Scope{Environments: []string{"Dev"}}))}, nil, "A=1"},
		{"two sets tie", nil, []pipelines.VariableSet{set("One", v("A", "1", none)), set("two", v("A", "2", none))}, nil,
			`variable "A" has two values that fit environment Dev equally well: "1" (set One) and "2" (set two); give the project a value of its own, which is stronger, narrow the scope of one, or remove it`},
		{"the project ends a tie of two sets", []pipelines.Variable{v("A", "own", none)}, []pipelines.VariableSet{set("One", v("A", "1", none)), set("two", v("A", "2", none))}, nil, "A=own"},
		{"a proposal", []pipelines.Variable{asked("A", "#{B}")}, nil, nil, "A=#{B}"},
		{"a given value, by any case", []pipelines.Variable{asked("A", "#{B}")}, nil, map[string]string{"a": "x"}, "A=x"},
		{"a given value is a text", []pipelines.Variable{asked("A", "p")}, nil, map[string]string{"A": "#{Password}"}, "A=##{Password}"},
		{"the proposal, given, is what it was", []pipelines.Variable{asked("A", "#{B}")}, nil, map[string]string{"A": "#{B}"}, "A=#{B}"},
		{"an option is the author's", []pipelines.Variable{asked("A", "", "#{B}", "c")}, nil, map[string]string{"A": "#{B}"}, "A=#{B}"},
		{"given nothing", []pipelines.Variable{asked("A", "p")}, nil, map[string]string{"A": ""}, "A="},
		{"what is asked for beats all scopes", []pipelines.Variable{v("A", "env", pipelines.Scope{Environments: []string{"Dev"}}), asked("A", "p")}, nil, nil, "A=p"},
		{"what nobody is asked for cannot be given", []pipelines.Variable{v("A", "1", none)}, nil, map[string]string{"A": "2"}, "A=1"},
	} {
		project := pipelines.Project{Variables: c.own, VariableSets: []string{"One", "Two"}}
		choices, problems := New(project, c.sets, c.given).Choose(Place{Environment: "Dev"})
		var got []string
		for _, x := range choices {
			got = append(got, x.Winner.Name+"="+string(x.Winner.Value))
		}
		if len(problems) > 0 {
			got = nil
		}
		for _, p := range problems {
			got = append(got, p.Message)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
}

func TestATieNamesBothValues(t *testing.T) {
	t.Parallel()
	_, problems := choose([]pipelines.Variable{
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
	got, problems := choose([]pipelines.Variable{
		v("Port", "1", pipelines.Scope{Environments: []string{"Dev"}}),
		v("Port", "2", pipelines.Scope{Environments: []string{"Dev"}}),
		v("Port", "3", pipelines.Scope{Targets: []string{"web-1"}}),
	}, Place{Environment: "Dev", Target: "web-1"})
	if len(problems) != 0 || got[0].Winner.Value != "3" {
		t.Errorf("Choose = %+v, %v; want 3", got, problems)
	}
}

func TestASecretIsNeverInATie(t *testing.T) {
	t.Parallel()
	_, problems := choose([]pipelines.Variable{
		{Name: "Password", Secret: "db"}, {Name: "Password", Value: "open"},
	}, Place{Environment: "Dev"})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "the secret db") {
		t.Errorf("problems = %v", problems)
	}
}
