package pipelines

import (
	"strings"
	"testing"

	"slipway/pipelines/versions"
)

func TestVersionRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, in, out string }{
		{"", "0.1 1.0 2.0-beta", ""},
		{"1.0", "1.0 1.0.0 1.0.1 2.0 1.0.0.1", "0.9 1.0-beta"},
		{"[1.0]", "1.0 1.0.0 1.0+x", "1.0.1 1.0-beta 0.9"},
		{"[1.0,2.0)", "1.0 1.9.9 2.0-beta", "2.0 2.0.0 1.0-beta"},
		{"(1.0,2.0]", "1.0.1 2.0", "1.0 2.0.1"},
		{"( 1.0 , 2.0 )", "1.5 2.0-a", "1.0 2.0"},
		{"(,1.5]", "0.1 1.5 1.5-rc", "1.5.1"},
		{"[2.0,)", "2.0 99", "1.9 2.0-rc"},
		{"(,)", "0.1 99-x", ""},
		{"[,]", "0.1 99-x", ""},
		{"(,1.0],[1.2,)", "0.1 1.0 1.2 3", "1.1 1.2-rc"},
		{" [1.0,1.0] ", "1.0", "1.1"},
		{"[1.0+a,2.0)", "1.0+b", "0.9"},
	} {
		r, err := ParseVersionRange(c.text)
		if err != nil {
			t.Errorf("ParseVersionRange(%q): %v", c.text, err)
			continue
		}
		for want, list := range map[bool]string{true: c.in, false: c.out} {
			for _, text := range strings.Fields(list) {
				v, err := versions.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				if got := r.Holds(v); got != want {
					t.Errorf("%q holds %s: %v, want %v", c.text, text, got, want)
				}
			}
		}
	}
	for text, says := range map[string]string{
		"x":           "begin with a number",
		"1.0,2.0":     "",
		"[1.0":        "not closed",
		"(1.0)":       "one version alone",
		"[]":          "no version between",
		"[2.0,1.0]":   "no version lies between",
		"[1.0,1.0)":   "no version lies between",
		"[1.0,x]":     "begin with a number",
		"[1.0,2.0) x": "neither a comma",
		"[1.0,2.0),":  "neither a comma",
		"[1,2,3]":     "",
		"1.0.*":       "",
	} {
		_, err := ParseVersionRange(text)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "write `[1.0,2.0)`") {
			t.Errorf("ParseVersionRange(%q): %v, want an error with %q", text, err, says)
		}
	}
}

func FuzzParseVersionRange(f *testing.F) {
	for _, s := range []string{"[1.0,2.0)", "(,1],[2,)", "1", "[1", "[,", ",,", "(1.0-a,2+b]"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if r, err := ParseVersionRange(text); err == nil {
			r.Holds(versions.Version{Major: 1})
		}
	})
}

func TestChannelAccepts(t *testing.T) {
	t.Parallel()
	stable := Channel{Name: "Stable", Rules: []VersionRule{{Versions: "[1.0,2.0)", Tag: "^$"}}}
	beta := Channel{Name: "Beta", Rules: []VersionRule{{Packages: []string{"App"}, Tag: "^beta"}, {Packages: []string{"app"}, Versions: "2.0-a"}}}
	free := Channel{Name: "Free"}
	for _, c := range []struct {
		channel    Channel
		id, number string
		ok, shown  bool // accepted; proposed
		why        string
	}{
		{stable, "App", "1.5", true, true, ""},
		{stable, "App", "1.5-rc", false, false, "channel Stable takes of App only versions [1.0,2.0), no pre-releases; 1.5-rc is not among them"},
		{stable, "Db", "2.0", false, false, "channel Stable takes of Db only versions [1.0,2.0), no pre-releases; 2.0 is not among them"},
		{beta, "APP", "2.0-Beta.3", true, true, ""},
		{beta, "App", "2.0", false, false, "channel Beta takes of App only pre-release tags like ^beta; 2.0 is not among them"},
		{beta, "App", "1.0-beta", false, false, "channel Beta takes of App only versions 2.0-a; 1.0-beta is not among them"},
		{beta, "Other", "1.0-alpha", true, false, ""},
		{free, "App", "1.0", true, true, ""},
		{free, "App", "1.0-beta", true, false, ""},
	} {
		ok, why := c.channel.Accepts(c.id, c.number)
		if ok != c.ok || why != c.why || c.channel.Proposes(c.id, c.number) != c.shown {
			t.Errorf("%s and %s %s: accepts %v (%s), proposes %v; want %v (%s), %v", c.channel.Name, c.id, c.number, ok, why, c.channel.Proposes(c.id, c.number), c.ok, c.why, c.shown)
		}
	}
}

func TestChannelsOfAProject(t *testing.T) {
	t.Parallel()
	none := Project{Name: "P", Lifecycle: "L"}
	if c := none.DefaultChannel(); c.Name != DefaultChannelName || none.LifecycleOf("") != "L" || none.LifecycleOf("gone") != "L" {
		t.Errorf("without channels the default one is %+v", c)
	}
	p := Project{Name: "P", Channels: []Channel{
		{Name: "Stable", Rules: []VersionRule{{Tag: "^$"}}}, {Name: "Beta", Lifecycle: "Short", Rules: []VersionRule{{Tag: "^beta"}}}, {Name: "Wide", Default: true, Rules: []VersionRule{{Versions: "(,5)"}}},
	}}
	if c, err := p.ChannelNamed("beta"); err != nil || c.Name != "Beta" || p.DefaultChannel().Name != "Wide" || p.LifecycleOf("BETA") != "Short" || p.LifecycleOf("Stable") != DefaultLifecycleName {
		t.Errorf("ChannelNamed(beta) = %+v, %v; default %s", c, err, p.DefaultChannel().Name)
	}
	if _, err := p.ChannelNamed("x"); CodeOf(err) != NotFound || err.Error() != `project P has no channel "x"; there are Stable, Beta and Wide` {
		t.Errorf("ChannelNamed(x): %v", err)
	}
	for number, want := range map[string]string{"1.0": "Stable", "1.0-beta2": "Beta", "1.0-rc": "Wide"} {
		if c, err := p.ChannelTaking([]Selected{{Package: "App", Version: number}}); err != nil || c.Name != want {
			t.Errorf("ChannelTaking(%s) = %s, %v; want %s", number, c.Name, err, want)
		}
	}
	_, err := p.ChannelTaking([]Selected{{Package: "App", Version: "5.0-rc"}, {Package: "Db", Version: "6.0-rc"}})
	if CodeOf(err) != Conflict || !strings.Contains(err.Error(), "channel Stable takes of App only no pre-releases") || !strings.Contains(err.Error(), "channel Wide takes of Db only versions (,5); 6.0-rc") {
		t.Errorf("ChannelTaking of what no channel takes: %v", err)
	}
	if name := (Release{Project: p}).ChannelName(); name != "Wide" {
		t.Errorf("ChannelName = %s", name)
	}
}

func TestChannelCheck(t *testing.T) {
	t.Parallel()
	known := Known{
		Environments: environmentsNamed("Dev"), Lifecycles: []Lifecycle{{Name: "Slow"}}, VariableSets: []VariableSet{{Name: "Shared"}},
		Installs: func([]Step) []string { return []string{"App"} },
	}
	channel := func(c Channel) func(*Project) { return func(p *Project) { p.Channels = []Channel{c} } }
	variable := func(v Variable) func(*Project) { v.Name = "x"; return func(p *Project) { p.Variables = []Variable{v} } }
	for _, c := range []struct {
		change func(*Project)
		want   string
	}{
		{channel(Channel{Name: "A", Lifecycle: "slow", Default: true, Rules: []VersionRule{{Packages: []string{"app"}, Versions: "1.0"}}}), ""},
		{channel(Channel{}), "channels[0].name: a channel needs a name"},
		{func(p *Project) { p.Channels = []Channel{{Name: "A", Default: true}, {Name: "a", Default: true}} },
			"channels[1].default: the channels \"A\" and \"a\" are both the default one: leave `default` at one of them\nchannels[1].name: there are two channels named \"a\": names are unique without regard to case"},
		{channel(Channel{Name: "A", Lifecycle: "Fast"}), `channels[0].lifecycle: there is no lifecycle "Fast"`},
		{channel(Channel{Name: "A", Rules: []VersionRule{{}}}), "channels[0].rules[0]: a rule limits versions: give it `versions`, like `[1.0,2.0)`, or `tag`, like `^$` for no pre-releases"},
		{channel(Channel{Name: "A", Rules: []VersionRule{{Tag: "(", Packages: []string{"Db"}}}}),
			"channels[0].rules[0].tag: the tag \"(\" is no regular expression: missing closing ): `(`; write `^$` for no pre-releases, `^beta` for those that begin so\nchannels[0].rules[0].packages[0]: no step installs a package \"Db\"; they install App"},
		{func(p *Project) { p.VariableSets = []string{"shared", "Other", "SHARED"} },
			"variable-sets[1]: there is no variable set \"Other\"\nvariable-sets[2]: the variable set \"SHARED\" stands here twice: remove one"},
		{func(p *Project) { p.Steps[0].Channels = []string{"default", "Beta"} }, `steps[0].channels[1]: the project has no channel "Beta"`},
		{variable(Variable{Scope: Scope{Channels: []string{"Beta"}, Steps: []string{"A", "z"}}}), "variables[0].channels[0]: the project has no channel \"Beta\"\nvariables[0].steps[1]: there is no step \"z\""},
		{variable(Variable{Value: "a", Scope: Scope{Environments: []string{"Dev"}}, Prompt: &Prompt{Options: []string{"a", "b"}}}), ""},
		{variable(Variable{Value: "c", Prompt: &Prompt{Options: []string{"a", "b", "a", " "}}}),
			"variables[0].prompt.options[2]: the option \"a\" stands there twice: remove one\nvariables[0].prompt.options[3]: an option is a text that may be chosen; this one is empty: without `required` nothing need be chosen anyway\nvariables[0].prompt.options: the proposal \"c\" of variable \"x\" is none of its options a, b, a and  : add it, or propose another"},
		{variable(Variable{Secret: "s", Prompt: &Prompt{}}), "variables[0].prompt: variable \"x\" is a secret, and secrets are not asked for when somebody deploys: remove `prompt`, and set the value with `slipway secret set`"},
		{variable(Variable{Prompt: &Prompt{}, Scope: Scope{Roles: []string{"web"}}}), `variables[0].prompt: variable "x" is asked for once for a whole deployment: scope it to environments and channels only, not to steps, targets or roles`},
		{variable(Variable{Prompt: &Prompt{Multiline: true, Options: []string{"a"}}}), "variables[0].prompt.multiline: a value that is one of several options has no several lines: remove `multiline` or `options`"},
	} {
		p := Project{Name: "P", Steps: []Step{does("a")}}
		c.change(&p)
		if got := lines(p.Check(known)); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", p, got, c.want)
		}
	}
}

func TestVariableSetCheck(t *testing.T) {
	t.Parallel()
	known := environmentsNamed("Dev")
	one := func(v Variable) VariableSet { return VariableSet{Name: "S", Variables: []Variable{v}} }
	for _, c := range []struct {
		set  VariableSet
		want string
	}{
		{one(Variable{Name: "x", Scope: Scope{Environments: []string{"dev"}, Roles: []string{"web"}, Targets: []string{"t"}}}), ""},
		{VariableSet{}, "name: a variable set needs a name"},
		{one(Variable{}), "variables[0].name: a variable needs a name"},
		{one(Variable{Name: "x", Scope: Scope{Environments: []string{"Lab"}}}), `variables[0].environments[0]: there is no environment "Lab"`},
		{one(Variable{Name: "x", Scope: Scope{Steps: []string{"a"}, Channels: []string{"b"}}}),
			"variables[0].steps: variable \"x\" of a set is shared by projects, and steps belong to one: scope it in the project's own variables\nvariables[0].channels: variable \"x\" of a set is shared by projects, and channels belong to one: scope it in the project's own variables"},
	} {
		if got := lines(c.set.Check(known)); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", c.set, got, c.want)
		}
	}
	all := []VariableSet{{Name: "A"}, {Name: "B"}, {Name: "C"}}
	if got := (Project{VariableSets: []string{"c", "x", "A"}}).SetsOf(all); len(got) != 2 || got[0].Name != "C" || got[1].Name != "A" {
		t.Errorf("SetsOf = %+v, want C and A", got)
	}
}
