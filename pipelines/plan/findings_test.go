package plan_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	const noWay = " has no value here, and nothing will give it one: define the variable or correct its name"
	variable := func(name, value string, scope pipelines.Scope) pipelines.Variable {
		return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: scope}
	}
	with := func(in plan.Input, change func(*plan.Input)) plan.Input {
		change(&in)
		return in
	}
	defining := func(in plan.Input, vs ...pipelines.Variable) plan.Input {
		in.Release.Project.Variables = vs
		return in
	}
	unserved := func(s pipelines.Step) pipelines.Step {
		s.Roles, s.NoTargets = []string{"db"}, pipelines.NoTargetsSkip
		return s
	}
	for _, c := range []struct {
		name string
		in   plan.Input
		want string // one finding a line; `!` blocks
	}{
		{"nothing to find", deploying(runs("a", "echo hi")), ""},
		{"no target", with(deploying(runs("a", "echo")), func(in *plan.Input) { in.Targets = nil }),
			"! step \"a\" finds no target with role web in environment Dev: add one with `slipway target add`, or say `no-targets: skip`"},
		{"a target elsewhere", with(deploying(runs("a", "echo")), func(in *plan.Input) { in.Targets[0].Environments = []string{"Prod"} }),
			"! step \"a\" finds no target with role web in environment Dev: add one with `slipway target add`, or say `no-targets: skip`"},
		{"a target with another role", with(deploying(runs("a", "echo")), func(in *plan.Input) { in.Targets[0].Roles = []string{"db"} }),
			"! step \"a\" finds no target with role web in environment Dev: add one with `slipway target add`, or say `no-targets: skip`"},
		{"a disabled target", with(deploying(runs("a", "echo")), func(in *plan.Input) { in.Targets[0].Disabled = true }),
			"! step \"a\" finds no target with role web in environment Dev (1 disabled): add one with `slipway target add`, or say `no-targets: skip`"},
		{"one of two disabled", with(deploying(runs("a", "echo")), func(in *plan.Input) {
			in.Targets = append(in.Targets, web(2))
			in.Targets[0].Disabled = true
		}), ""},
		{"no target and skip", deploying(unserved(runs("a", "echo"))), "step \"a\" finds no target with role db in environment Dev: it will be skipped"},
		{"no target and skip, whatever it says", deploying(unserved(runs("a", "echo #{Nowhere}"))), "step \"a\" finds no target with role db in environment Dev: it will be skipped"},
		{"unresolved", deploying(runs("a", "echo #{Nowhere}")), `! step "a", script.body, line 1, column 8: #{Nowhere}` + noWay},
		{"two unresolved", deploying(runs("a", "#{X} #{Y} #{X}")), `! step "a", script.body, line 1, column 3: #{X}` + noWay + "\n" + `! step "a", script.body, line 1, column 8: #{Y}` + noWay},
		{"unresolved, allowed", with(deploying(runs("a", "echo #{Nowhere}")), func(in *plan.Input) { in.Release.Project.AllowUnresolved = true }),
			`step "a", script.body, line 1, column 8: #{Nowhere}` + noWay},
		{"unresolved in a step that is left out", with(deploying(runs("a", "echo #{Nowhere}")), func(in *plan.Input) {
			in.Release.Project.Steps[0].SkipEnvironments = []string{"dev"}
		}), ""},
		{"unresolved behind a value", defining(deploying(runs("a", "echo #{X}")), variable("X", "#{Nowhere}", pipelines.Scope{})), `! step "a", script.body, line 1, column 8: #{Nowhere}, which X reads,` + noWay},
		{"a value for another environment", defining(deploying(runs("a", "echo #{X}")), variable("X", "1", pipelines.Scope{Environments: []string{"Prod"}})), `! step "a", script.body, line 1, column 8: #{X}` + noWay},
		{"system names", deploying(runs("a", "#{Octopus.Environment.Name} #{Octopus.Machine.Name} #{Octopus.Machine.Hostname} #{Octopus.Step.Number} #{Octopus.Environment.MachinesInRole[web]}")), ""},
		{"a late name of the same step", deploying(
			with(deploying(serves("a", "80")), func(in *plan.Input) {}).Release.Project.Steps[0],
			runs("b", "#{Octopus.Action[a].Output.Package.InstallationDirectoryPath}")), ""},
		{"an output of an earlier script", deploying(runs("a", "output X=1"), runs("b", "echo #{Octopus.Action[A].Output.X}")), ""},
		{"an output of an earlier script, filtered", deploying(runs("a", "output X=1"), runs("b", "echo #{Octopus.Action[a].Output.X | ToUpper}")), ""},
		{"an output of one machine", deploying(runs("a", "output X=1"), runs("b", "echo #{Octopus.Action[a].Output[web-1].X}")), ""},
		{"an output of a machine that it does not go to", deploying(runs("a", "output X=1"), runs("b", "echo #{Octopus.Action[a].Output[web-2].X}")),
			`! step "b", script.body, line 1, column 8: #{Octopus.Action[a].Output[web-2].X}` + noWay},
		{"an output of a later script", deploying(runs("a", "echo #{Octopus.Action[b].Output.X}"), runs("b", "output X=1")),
			`! step "a", script.body, line 1, column 8: #{Octopus.Action[b].Output.X}` + noWay},
		{"an output of itself", deploying(runs("a", "echo #{Octopus.Action[a].Output.X}")), `! step "a", script.body, line 1, column 8: #{Octopus.Action[a].Output.X}` + noWay},
		{"an output of a step that is left out", deploying(unserved(runs("a", "output X=1")), runs("b", "echo #{Octopus.Action[a].Output.X}")),
			"step \"a\" finds no target with role db in environment Dev: it will be skipped\n" + `! step "b", script.body, line 1, column 8: #{Octopus.Action[a].Output.X}` + noWay},
		{"a mail says how it went", deploying(runs("a", "echo"), mails("b", "#{each step in Octopus.Step}#{step} #{step.Status.Code}#{/each} #{Octopus.Deployment.Error}")), ""},
		{"a question says how it stands", deploying(runs("a", "echo"), asks("b", "#{Octopus.Step[a].Status.Code}")), ""},
		{"a question cannot tell of what comes", deploying(asks("a", "#{Octopus.Step[b].Status.Code}"), runs("b", "echo")),
			`! step "a", approval.instructions, line 1, column 3: #{Octopus.Step[b].Status.Code}` + noWay},
		{"a script knows all steps", deploying(runs("a", "#{each s in Octopus.Step}#{s} #{s.Number} #{s.Status.Code}#{/each} #{Octopus.Action[b].IsSkipped}"), asks("b", "x")), ""},
		{"a script goes through a package's directory", deploying(serves("a", "80"), runs("b", "#{Octopus.Action[a].Package.PackageId} #{Octopus.Action[a].Output[web-1].Package.InstallationDirectoryPath}")), ""},
		{"unresolved far behind a value", defining(deploying(runs("a", "x\n  #{Url | ToUpper}")), variable("Url", "https://#{Host}", pipelines.Scope{}), variable("Host", "#{Name}.#{ Zone }", pipelines.Scope{}), variable("Name", "n", pipelines.Scope{})),
			`! step "a", script.body, line 2, column 5: #{Zone}, which Url → Host reads,` + noWay},
		{"a member of a text that is JSON", defining(deploying(runs("a", "#{Json.Port} #{Json.Host}")), variable("Json", `{"Port":1}`, pipelines.Scope{})), ""},
		{"a branch that is not taken", deploying(runs("a", "#{if Missing}#{Nowhere}#{/if}#{unless Missing}x#{/unless}")), ""},
		{"a circle", defining(deploying(runs("a", "echo #{A}")), variable("A", "#{B}", pipelines.Scope{}), variable("B", "#{C}", pipelines.Scope{}), variable("C", "#{B}", pipelines.Scope{})),
			`! step "a", script.body, line 1, column 8: the variables refer to each other in a circle: B -> C -> B`},
		{"a secret in a mail by way of a value", with(defining(deploying(mails("m", "#{X}")), variable("X", "#{Pw}", pipelines.Scope{}), pipelines.Variable{Name: "Pw", Secret: "pw"}), func(in *plan.Input) {
			in.SecretVersion = func(string) (int, bool) { return 1, true }
		}), `! step "m", email.body, line 1, column 3: #{Pw}, which X reads, is a secret, and secrets never go into mails or questions: leave it out`},
		{"a name of the environment on the host", deploying(runs("a", "#{env:HOME}")), ""},
		{"an agent's folder", deploying(runs("a", "#{Octopus.Tentacle.Agent.ApplicationDirectoryPath}")), ""},
		{"what was installed before", deploying(runs("a", "#{Octopus.Tentacle.PreviousInstallation.PackageVersion}")), ""},
		{"a package's file, without a package", deploying(runs("a", "#{Octopus.Tentacle.CurrentDeployment.PackageFilePath}")),
			`! step "a", script.body, line 1, column 3: #{Octopus.Tentacle.CurrentDeployment.PackageFilePath}` + noWay},
		{"roles by which a step goes to a target", deploying(runs("a", "#{Octopus.Tentacle.CurrentDeployment.TargetedRoles}")), ""},
		{"a circle that only files read", defining(deploying(runs("a", "echo")), variable("A", "#{B}", pipelines.Scope{}), variable("B", "x #{A}", pipelines.Scope{}), variable("C", "#{A}", pipelines.Scope{})),
			"! the variables refer to each other in a circle: B -> A -> B"},
		{"a tie", defining(deploying(runs("a", "echo")), variable("X", "1", pipelines.Scope{}), variable("x", "2", pipelines.Scope{})),
			`! variable "X" has two values that fit environment Dev equally well: "1" (unscoped) and "2" (unscoped); narrow the scope of one, or remove it`},
		{"a secret that is missing", defining(deploying(runs("a", "echo #{X}")), pipelines.Variable{Name: "X", Secret: "db password"}),
			"! there is no secret \"db password\": set it with `slipway secret set \"db password\"`"},
		{"a secret", with(defining(deploying(runs("a", "echo #{X}")), pipelines.Variable{Name: "X", Secret: "pw"}), func(in *plan.Input) {
			in.SecretVersion = func(name string) (int, bool) { return 3, name == "pw" }
		}), ""},
		{"a port held elsewhere", with(deploying(serves("site", "8081")), func(in *plan.Input) {
			in.Holders = []pipelines.Holder{{ProjectID: "Projects-1", Project: "P", EnvironmentID: "Environments-2", Environment: "Test", Claims: []pipelines.Claim{{Kind: "port", Value: "8081", Targets: []string{"Machines-1"}}}}}
		}), "! port 8081 on target web-1 is held by P/Test: give one of them another value, or say `allow: [port]` on the step to take it over knowingly"},
		{"a port held elsewhere, allowed", with(deploying(func() pipelines.Step { s := serves("site", "8081"); s.Allow = []string{"Port"}; return s }()), func(in *plan.Input) {
			in.Holders = []pipelines.Holder{{ProjectID: "Projects-1", Project: "P", EnvironmentID: "Environments-2", Environment: "Test", Claims: []pipelines.Claim{{Kind: "port", Value: "8081", Targets: []string{"Machines-1"}}}}}
		}), "port 8081 on target web-1 is held by P/Test, and the step allows that: it takes it over"},
		{"a port held elsewhere, another kind allowed", with(deploying(func() pipelines.Step { s := serves("site", "8081"); s.Allow = []string{"folder"}; return s }()), func(in *plan.Input) {
			in.Holders = []pipelines.Holder{{ProjectID: "Projects-1", Project: "P", EnvironmentID: "Environments-2", Environment: "Test", Claims: []pipelines.Claim{{Kind: "port", Value: "8081", Targets: []string{"Machines-1"}}}}}
		}), "! port 8081 on target web-1 is held by P/Test: give one of them another value, or say `allow: [port]` on the step to take it over knowingly"},
		{"a port held by itself", with(deploying(serves("site", "8081")), func(in *plan.Input) {
			in.Holders = []pipelines.Holder{{ProjectID: "Projects-1", EnvironmentID: "Environments-1", Claims: []pipelines.Claim{{Kind: "port", Value: "8081", Targets: []string{"Machines-1"}}}}}
		}), ""},
		{"one port twice", deploying(serves("one", "80"), serves("two", "80")), "! port 80 is claimed by the steps \"one\" and \"two\": give one of them another value, or say `allow: [port]` on the step to take it over knowingly"},
		{"one port by way of a variable", defining(deploying(serves("one", "80"), serves("two", "#{P}")), variable("P", "80", pipelines.Scope{})), "! port 80 is claimed by the steps \"one\" and \"two\": give one of them another value, or say `allow: [port]` on the step to take it over knowingly"},
		{"two ports", deploying(serves("one", "80"), serves("two", "81")), ""},
		{"package not chosen", with(deploying(serves("site", "80")), func(in *plan.Input) { in.Release.Packages = nil }),
			`! release 1.0.7 has no version of package RandomQuotes, which step "site" installs: push the package and make a new release`},
		{"package gone", with(deploying(serves("site", "80")), func(in *plan.Input) { in.Packages = nil }),
			"! package RandomQuotes 1.0.7 of release 1.0.7 is not in the store any more: push the same file again"},
		{"package with other bytes", with(deploying(serves("site", "80")), func(in *plan.Input) { in.Release.Packages[0].SHA256 = "other" }),
			"! package RandomQuotes 1.0.7 of release 1.0.7 is not in the store any more: push the same file again"},
		{"package gone for a step without targets", with(deploying(unserved(serves("site", "80"))), func(in *plan.Input) { in.Packages = nil }),
			"step \"site\" finds no target with role db in environment Dev: it will be skipped"},
		{"unknown step type", deploying(pipelines.Step{Name: "a", Action: pipelines.Action{Type: "magic"}}), `! step "a" is of the type "magic", which this program does not know`},
		{"settings of another time", deploying(pipelines.Step{Name: "a", Action: pipelines.Action{Type: "script", Settings: []byte(`[]`)}}),
			`! step "a": json: cannot unmarshal array into Go value of type script.Settings`},
		{"a step that is not there", deploying(func() pipelines.Step { s := runs("a", "echo"); s.Needs = &[]string{"z"}; return s }()), `! steps[0].needs[0]: there is no step "z"`},
		{"older", with(deploying(runs("a", "echo")), func(in *plan.Input) { in.Deployment.Older, in.Deployment.Replaces = true, "1.0.9" }),
			"release 1.0.7 is older than 1.0.9, which it replaces"},
		{"several at once", deploying(serves("one", "80"), serves("two", "80"), runs("a", "#{X}")),
			`! step "a", script.body, line 1, column 3: #{X}` + noWay + "\n" + "! port 80 is claimed by the steps \"one\" and \"two\": give one of them another value, or say `allow: [port]` on the step to take it over knowingly"},
		{"a bad expression", deploying(runs("a", "#{if X}")), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := plan.Make(c.in)
			var got []string
			for _, f := range p.Findings {
				line := f.Message
				if f.Blocks {
					line = "! " + line
				}
				got = append(got, line)
			}
			if c.name == "a bad expression" {
				if len(p.Blocked()) != 1 || !strings.HasPrefix(got[0], `! step "a", script.body, line 1, column 6: #{if X}`) {
					t.Errorf("Make finds %q, want one finding that names step and place", got)
				}
				return
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("Make finds\n%s\nwant\n%s", text, c.want)
			}
			if blocked := p.Blocked(); len(blocked) != strings.Count("\n"+c.want, "\n!") {
				t.Errorf("Blocked = %+v", blocked)
			}
		})
	}
}

// TestNoTargetsLeavesTheStepOut: no task, no claim, no text.
func TestNoTargetsLeavesTheStepOut(t *testing.T) {
	t.Parallel()
	s := serves("site", "80")
	s.Roles, s.NoTargets = []string{"db"}, pipelines.NoTargetsSkip
	p := plan.Make(deploying(s, runs("b", "echo")))
	if p.Steps[0].Skip == "" || p.Steps[0].Tasks() != 0 || len(p.Claims) != 0 || p.Tasks() != 1 {
		t.Errorf("steps = %+v, claims = %+v; want the first left out", p.Steps, p.Claims)
	}
}
