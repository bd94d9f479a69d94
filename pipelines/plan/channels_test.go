package plan_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// shared is a deployment of a release of the channel Beta, with a set, to Dev.
func shared() plan.Input {
	stable := runs("stable", "echo never")
	stable.Channels = []string{"Stable"}
	in := deploying(runs("a", "#{Host}:#{Port} #{Title}"), stable)
	p := &in.Release.Project
	p.Channels = []pipelines.Channel{{Name: "Stable", Default: true}, {Name: "Beta"}}
	p.VariableSets = []string{"Shared"}
	p.Variables = []pipelines.Variable{
		{Name: "Port", Value: "80"},
		{Name: "Port", Value: "8080", Scope: pipelines.Scope{Channels: []string{"beta"}}},
		{Name: "Title", Value: "#{Octopus.Release.Channel.Name}", Prompt: &pipelines.Prompt{Label: "The title", Required: true}},
	}
	in.Release.Channel = "Beta"
	in.Release.Sets = []pipelines.VariableSet{{Name: "Shared", Variables: []pipelines.Variable{{Name: "Host", Value: "example.org"}, {Name: "Port", Value: "1"}}}}
	return in
}

func TestSetsChannelsAndPrompts(t *testing.T) {
	t.Parallel()
	in := shared()
	p := plan.Make(in)
	if len(p.Findings) > 0 {
		t.Errorf("findings: %+v", p.Findings)
	}
	if got := p.Steps[0].Shown[0].Text; got != "example.org:8080 Beta" {
		t.Errorf("the text comes out as %q", got)
	}
	if p.Steps[1].Skip != "it runs for the channel Stable only" || p.Channel != "Beta" {
		t.Errorf("channel %q, the step for another channel: %q", p.Channel, p.Steps[1].Skip)
	}
	in.Deployment.Values = map[string]string{"title": "Hi #{Host}"}
	p = plan.Make(in)
	if got := p.Steps[0].Shown[0].Text; got != "example.org:8080 Hi #{Host}" {
		t.Errorf("with a title the text comes out as %q", got)
	}
	in = shared()
	in.Release.Channel = ""
	if got := plan.Make(in).Steps[0].Shown[0].Text; got != "example.org:80 Stable" {
		t.Errorf("for the default channel the text comes out as %q", got)
	}
}

func TestFindingsAboutValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   string
	}{
		{"nothing", func(*plan.Input) {}, ""},
		{"a value that is missing", func(in *plan.Input) { in.Release.Project.Variables[2].Value = "" },
			"! variable \"Title\" has to be given at each deployment (The title): deploy with `--variable \"Title=…\"`"},
		{"given empty", func(in *plan.Input) { in.Deployment.Values = map[string]string{"Title": " "} },
			"! variable \"Title\" has to be given at each deployment (The title): deploy with `--variable \"Title=…\"`"},
		{"none of the options", func(in *plan.Input) {
			in.Release.Project.Variables[2].Prompt.Options = []string{"a", "b"}
			in.Deployment.Values = map[string]string{"Title": "c"}
		}, `! variable "Title" is one of a, b: none of them was given`},
		{"nobody asked", func(in *plan.Input) { in.Deployment.Values = map[string]string{"Port": "1", "Title": "x"} },
			`! a value was given for "Port", and asked for are Title: leave it out`},
		{"changed since", func(in *plan.Input) {
			now := in.Release.Project
			now.Variables = []pipelines.Variable{{Name: "Port", Value: "81"}, now.Variables[1], {Name: "New", Value: "1"}, {Name: "Elsewhere", Value: "1", Scope: pipelines.Scope{Environments: []string{"Prod"}}}}
			in.Now = &plan.Configured{Project: now, Sets: []pipelines.VariableSet{{Name: "Shared", Variables: []pipelines.Variable{{Name: "Host", Secret: "h"}, {Name: "Port", Value: "1"}}}}}
		}, "Port was \"80\", is \"81\" now; this deployment uses the release's \"80\": update the release's variables or make a new release\n" +
			"Title was \"#{Octopus.Release.Channel.Name}\" and is gone; this deployment still uses it: update the release's variables or make a new release\n" +
			"Host (set Shared) was \"example.org\", is the secret h now; this deployment uses the release's \"example.org\": update the release's variables or make a new release\n" +
			"New is new: \"1\"; release 1.0.7 was made before and does not have it: update the release's variables or make a new release"},
		{"two sets tie", func(in *plan.Input) {
			in.Release.Project.VariableSets = []string{"Shared", "Other"}
			in.Release.Sets = append(in.Release.Sets, pipelines.VariableSet{Name: "Other", Variables: []pipelines.Variable{{Name: "Host", Value: "b"}}})
		}, `! variable "Host" has two values that fit environment Dev equally well: "example.org" (set Shared) and "b" (set Other); give the project a value of its own, which is stronger, narrow the scope of one, or remove it`},
	} {
		in := shared()
		prompt := *in.Release.Project.Variables[2].Prompt
		in.Release.Project.Variables[2].Prompt = &prompt
		c.change(&in)
		if text := findings(plan.Make(in)); text != c.want {
			t.Errorf("%s: Make finds\n%s\nwant\n%s", c.name, text, c.want)
		}
	}
}

func TestExplainOfADeployment(t *testing.T) {
	t.Parallel()
	in := shared()
	in.Release.Project.Variables = append(in.Release.Project.Variables,
		pipelines.Variable{Name: "Password", Secret: "pw"}, pipelines.Variable{Name: "Url", Value: "#{Password}@#{Host}/#{Octopus.Machine.Name}/#{Nowhere}"})
	in.SecretVersion = func(string) (int, bool) { return 3, true }
	all, err := plan.Explain(in, "A", "WEB-1")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]variables.Explanation{}
	for _, e := range all {
		got[e.Name] = e
	}
	for name, want := range map[string]string{
		"Octopus.Machine.Name": "web-1 of system", "Port": "8080 of project", "Host": "example.org of set Shared", "Title": "Beta of project",
		"Octopus.Step.Name": "a of system", "Url": "‹known on the host›@example.org/web-1/#{Nowhere} of project", "Password": " of project",
	} {
		e := got[name]
		if e.Winner == nil || e.Evaluated+" of "+e.Winner.From != want {
			t.Errorf("%s is explained as %+v, want %s", name, e, want)
		}
	}
	if text := got["Password"].String(); strings.Contains(text, "@3") || !strings.Contains(text, "the secret pw") {
		t.Errorf("the secret is explained as %s", text)
	}
	for _, c := range []struct{ step, target, want string }{
		{"z", "", `release 1.0.7 has no step "z"`}, {"a", "web-9", `step "a" does not go to a target "web-9" in Dev`}, {"", "web-1", "which value holds on a target depends on the step: name one"},
	} {
		if _, err := plan.Explain(in, c.step, c.target); err == nil || err.Error() != c.want {
			t.Errorf("Explain(%q, %q): %v, want %s", c.step, c.target, err, c.want)
		}
	}
	if whole, err := plan.Explain(in, "", ""); err != nil || len(whole) < 30 {
		t.Errorf("of the whole deployment %d names are explained: %v", len(whole), err)
	}
}

func TestAValueOfThePersonBeatsTheSystems(t *testing.T) {
	t.Parallel()
	in := deploying(runs("a", "#{Octopus.Action.TargetRoles} #{Octopus.Machine.Name} #{Octopus.Project.Name} #{Octopus.Step.Name}"))
	for _, name := range []string{"octopus.action.targetroles", "Octopus.Machine.Name", "Octopus.Project.Name"} {
		in.Release.Project.Variables = append(in.Release.Project.Variables, pipelines.Variable{Name: name, Value: "mine"})
	}
	if got := plan.Make(in).Steps[0].Shown[0].Text; got != "mine mine mine a" {
		t.Errorf("the text comes out as %q", got)
	}
	all, err := plan.Explain(in, "a", "web-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name == "Octopus.Machine.Name" && (e.Evaluated != "mine" || e.Rule != "a value of yours beats the system's") {
			t.Errorf("the machine's name is explained as %s", e)
		}
	}
}

func TestReachOfAValue(t *testing.T) {
	t.Parallel()
	in := shared()
	p := in.Release.Project
	p.Steps = append(p.Steps, mails("m", "see #{Url}"))
	p.Variables = append(p.Variables,
		pipelines.Variable{Name: "Url", Value: "http://#{Host}"},
		pipelines.Variable{Name: "Host", Value: "special", Scope: pipelines.Scope{Targets: []string{"web-2"}}},
		pipelines.Variable{Name: "Unread", Value: "1"})
	test := pipelines.Environment{ID: "Environments-2", Name: "Test"}
	world := variables.World{
		Project: p, Sets: in.Release.Sets, Environments: []pipelines.Environment{dev, test}, Targets: []pipelines.Target{web(1), web(2), web(3)},
		Texts: plan.TextsOf(in.Types, p.Name),
	}
	world.Targets[2].Environments = []string{"Dev"}
	for _, c := range []struct {
		name, set string
		number    int
		want      string
	}{
		{"of the set", "shared", 0, "Dev  a web-1,web-3 script.body; Dev  m  email.body (Url); Test  a web-1 script.body; Test  m  email.body (Url)"},
		{"for one target", "", 4, "Dev  a web-2 script.body; Test  a web-2 script.body"},
		{"for one channel", "", 1, "Dev Beta a web-1,web-2,web-3 script.body; Test Beta a web-1,web-2 script.body"},
		{"beaten by the project", "Shared", 1, ""},
		{"read by nobody", "", 5, ""},
	} {
		reached, err := world.Reach(c.set, c.number)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range reached {
			var readers []string
			for _, x := range r.Readers {
				readers = append(readers, x.String())
			}
			got = append(got, strings.Join([]string{r.Environment, r.Channel, r.Step, strings.Join(r.Targets, ","), strings.Join(readers, ",")}, " "))
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s reaches %s, want %s", c.name, text, c.want)
		}
	}
	if _, err := world.Reach("", 9); err == nil || err.Error() != "project P has no value number 10" {
		t.Errorf("a value that is not there: %v", err)
	}
}

// findings are a plan's, a line each; those that block begin with a mark.
func findings(p plan.Plan) string {
	var lines []string
	for _, f := range p.Findings {
		line := f.Message
		if f.Blocks {
			line = "! " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
