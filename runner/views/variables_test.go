package views_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/records"
	"slipway/runner/views"
)

// scoped is a value for environments.
func scoped(name, value string, environments ...string) pipelines.Variable {
	return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: pipelines.Scope{Environments: environments}}
}

// newValues is a kit with two projects that share a set.
func newValues(t *testing.T) (*kit, views.Surroundings) {
	t.Helper()
	k := newKit(t)
	k.Env.Now = func() time.Time { return noon }
	k.add(records.Targets, "web-2", func(id string) any {
		return pipelines.Target{ID: id, Name: "web-2", Environments: []string{"Dev"}, Roles: []string{"web"}}
	})
	k.add(records.VariableSets, "Shared", func(id string) any {
		return pipelines.VariableSet{ID: id, Name: "Shared", Variables: []pipelines.Variable{scoped("Server", "mail"), scoped("Port", "25")}}
	})
	for _, name := range []string{"Shop", "Till"} {
		k.add(records.Projects, name, func(id string) any {
			p := pipelines.Project{ID: id, Name: name, VariableSets: []string{"Shared"}, Steps: []pipelines.Step{
				{Name: "Say", Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"echo #{Url} #{Server}"}`)}},
			}}
			if name == "Shop" {
				p.Variables = []pipelines.Variable{
					scoped("Port", "80"), scoped("port", "8080", "Dev"), scoped("Url", "http://#{Octopus.Machine.Name}:#{Port}/#{Octopus.Release.Number}"),
					scoped("Level", "a", "Dev"), scoped("Level", "b", "dev", "Prod"), {Name: "Key", Secret: "key"}, scoped("Uses", "x#{Key}"), scoped("Round", "#{round}"),
					{Name: "Narrow", Value: "n", Scope: pipelines.Scope{Steps: []string{"Say"}}}, {Name: "Narrow", Value: "never", Scope: pipelines.Scope{Targets: []string{"web-1"}}},
					{Name: "Role", Value: "yes", Scope: pipelines.Scope{Roles: []string{"web"}}},
				}
			}
			return p
		})
	}
	return k, views.Surroundings{Types: steps.Types(), BaseURL: "https://slipway.test"}
}

// told is an explanation in a line: what wins, comes out, loses, does not apply.
func told(all []views.Explanation, name string) string {
	i := slices.IndexFunc(all, func(e views.Explanation) bool { return pipelines.SameName(e.Name, name) })
	if i < 0 {
		return "not there"
	}
	e := all[i]
	var out []string
	if e.Winner != nil {
		out = append(out, "= "+string(e.Winner.Value)+e.Winner.Secret)
	}
	if e.Evaluated != "" {
		out = append(out, "-> "+e.Evaluated)
	}
	if e.Tie != "" {
		out = append(out, "tie")
	}
	if e.Trouble != "" {
		out = append(out, "trouble")
	}
	for _, x := range e.Losers {
		out = append(out, "< "+string(x.Value)+" "+x.Why)
	}
	for _, x := range e.Others {
		out = append(out, "- "+string(x.Value)+" "+x.Why)
	}
	return strings.Join(out, "; ")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	k, s := newValues(t)
	dev := views.Asked{Environment: "dev"}
	onWeb := views.Asked{Environment: "Dev", Step: "say", Target: "WEB-2"}
	for _, c := range []struct {
		at         views.Asked
		name, want string
	}{
		{views.Asked{}, "Port", "= 80; < 25 the project's own value is stronger than one of a set; - 8080 it is for the environment Dev, and no environment is known here"},
		{dev, "PORT", "= 8080; < 80 is weaker: it weighs 0 against 100; < 25 is weaker: it weighs 0 against 100"},
		{dev, "Level", "tie; < a ties with the others of this weight; < b ties with the others of this weight"},
		{views.Asked{Environment: "Prod"}, "Level", "= b; - a it is for Dev, and this is Prod"},
		{dev, "Url", "= http://#{Octopus.Machine.Name}:#{Port}/#{Octopus.Release.Number}; -> http://#{Octopus.Machine.Name}:8080/#{Octopus.Release.Number}"},
		{onWeb, "Url", "= http://#{Octopus.Machine.Name}:#{Port}/#{Octopus.Release.Number}; -> http://web-2:8080/#{Octopus.Release.Number}"},
		{dev, "Key", "= key"},
		{dev, "Uses", "= x#{Key}; -> x‹known on the host›"},
		{dev, "Round", "= #{round}; trouble"},
		{dev, "Role", "- yes it is for targets with the role web, and no target is known here"},
		{onWeb, "Role", "= yes"},
		{dev, "Server", "= mail"},
		{dev, "Octopus.Environment.Name", "= Dev"},
		{views.Asked{}, "Octopus.Environment.Name", "not there"},
		{views.Asked{}, "Octopus.Project.Name", "= Shop"},
		{dev, "Octopus.Release.Number", "not there"},
		{dev, "Octopus.Deployment.Id", "not there"},
		{dev, "Octopus.Step.Name", "not there"},
		{onWeb, "Octopus.Step.Name", "= Say"},
		{onWeb, "Octopus.Machine.Name", "= web-2"},
		{views.Asked{Environment: "Dev", Target: "web-2"}, "Octopus.Machine.Name", "= web-2"},
		{views.Asked{Environment: "Dev", Target: "web-2"}, "Octopus.Tentacle.CurrentDeployment.TargetedRoles", "not there"},
		{views.Asked{Target: "web-2"}, "Role", "= yes"},
		{dev, "Octopus.Web.BaseUrl", "= https://slipway.test"},
	} {
		e, err := k.Explain(t.Context(), pipelines.Principal{UserID: "a", Admin: true}, s, "shop", c.at)
		must(t, err)
		if got := told(e.Variables, c.name); got != c.want {
			t.Errorf("Explain(%+v) of %s = %s, want %s", c.at, c.name, got, c.want)
		}
	}
}

func TestExplainOrdersPeoplesValuesFirst(t *testing.T) {
	t.Parallel()
	k, s := newValues(t)
	e, err := k.Explain(t.Context(), pipelines.Principal{UserID: "a", Admin: true}, s, "Shop", views.Asked{Environment: "Dev"})
	must(t, err)
	var got []string
	for _, x := range e.Variables[:10] {
		got = append(got, x.Name)
	}
	if want := "Port Url Level Key Uses Round Narrow Role Server Octopus.Environment.Id"; strings.Join(got, " ") != want {
		t.Errorf("the order is %v, want %s", got, want)
	}
	if e.At != (views.Asked{Environment: "Dev", Channel: "Default"}) || e.Revision < 1 {
		t.Errorf("the place is %+v at revision %d", e.At, e.Revision)
	}
}

func TestExplainOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	k, s := newValues(t)
	for _, c := range []struct {
		at   views.Asked
		want string
	}{
		{views.Asked{Environment: "Tset"}, `there is no environment "Tset"; there is: Dev, Prod`},
		{views.Asked{Target: "x"}, `there is no target "x"; there is: web-1, web-2`},
		{views.Asked{Step: "x"}, `there is no step "x"; there is: Say`},
		{views.Asked{Channel: "x"}, `there is no channel "x"; there is: Default`},
	} {
		_, err := k.Explain(t.Context(), pipelines.Principal{UserID: "a", Admin: true}, s, "Shop", c.at)
		if pipelines.CodeOf(err) != pipelines.NotFound || err.Error() != c.want {
			t.Errorf("Explain(%+v) = %v, want %s", c.at, err, c.want)
		}
	}
	if _, err := k.Explain(t.Context(), who("Project viewer", []string{"Till"}, nil), s, "Shop", views.Asked{}); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("Explain for somebody without the right = %v", err)
	}
}

// reached is a reach in a line.
func reached(all []views.Reach) string {
	var out []string
	for _, x := range all {
		line := x.Set + "/" + string(x.Value.Value)
		for _, p := range x.Places {
			line += fmt.Sprintf(" %s:%s:%s%v%v", p.Project, p.Environment, p.Step, p.Targets, p.Readers)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestReach(t *testing.T) {
	t.Parallel()
	k, s := newValues(t)
	admin := pipelines.Principal{UserID: "a", Admin: true}
	shop, err := k.Project(t.Context(), admin, "Shop")
	must(t, err)
	set, err := k.VariableSet(t.Context(), admin, "shared")
	must(t, err)
	ask := func(p pipelines.Principal, name string) string {
		all, err := k.ReachOf(t.Context(), p, s, shop, name)
		must(t, err)
		return reached(all)
	}
	if got, want := ask(admin, "port"), "/80 Shop:Prod:[][]; /8080 Shop:Dev:Say[web-2][script.body (Url)]; Shared/25 Till:Dev:[][] Till:Prod:[][]"; got != want {
		t.Errorf("Port reaches %s, want %s", got, want)
	}
	if got, want := ask(admin, "Server"), "Shared/mail Shop:Dev:Say[web-2][script.body] Shop:Prod:[][] Till:Dev:Say[web-2][script.body] Till:Prod:[][]"; got != want {
		t.Errorf("Server reaches %s, want %s", got, want)
	}
	if got, want := ask(admin, "Narrow"), "/n Shop:Dev:[][] Shop:Prod:[][]; /never"; got != want {
		t.Errorf("Narrow reaches %s, want %s", got, want)
	}
	if got, want := ask(admin, "Role"), "/yes Shop:Dev:[][]"; got != want {
		t.Errorf("Role reaches %s, want %s", got, want)
	}
	if got, want := ask(who("Project viewer", []string{"Shop"}, nil), "Server"), "Shared/mail Shop:Dev:"; !strings.HasPrefix(got, want) || strings.Contains(got, "Till") {
		t.Errorf("for somebody who sees Shop alone, Server reaches %s", got)
	}
	all, err := k.ReachOfSet(t.Context(), admin, s, set.Noun, "SERVER")
	must(t, err)
	if got := reached(all); got != ask(admin, "Server") {
		t.Errorf("of the set, Server reaches %s", got)
	}
	if _, err := k.ReachOf(t.Context(), admin, s, shop, "Nothing"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the reach of nothing = %v", err)
	}
	if _, err := k.ReachOfSet(t.Context(), admin, s, set.Noun, "Url"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the reach of another's variable = %v", err)
	}
}

func TestVariableSets(t *testing.T) {
	t.Parallel()
	k, _ := newValues(t)
	all, err := k.VariableSets(t.Context(), who("Project viewer", nil, nil))
	must(t, err)
	if len(all) != 1 || all[0].Name != "Shared" || len(all[0].Projects) != 2 {
		t.Errorf("VariableSets = %+v, want one that two projects include", all)
	}
	limited := who("Project viewer", []string{"Shop"}, nil)
	if all, err := k.VariableSets(t.Context(), limited); err != nil || len(all) != 0 {
		t.Errorf("for somebody limited to a project: %v, %v", all, err)
	}
	if _, err := k.VariableSet(t.Context(), limited, "Shared"); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("one set for somebody limited to a project: %v", err)
	}
	_, err = k.VariableSet(t.Context(), pipelines.Principal{UserID: "a", Admin: true}, "None")
	if pipelines.CodeOf(err) != pipelines.NotFound || !strings.Contains(err.Error(), "there is: Shared") {
		t.Errorf("a set that is not there: %v", err)
	}
}
