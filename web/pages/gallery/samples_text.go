package main

import "slipway/web/pages"

const sampleProjectText = `projects:
  - name: Random Quotes
    lifecycle: Dev, Test, and Prod
    triggers: [{ package: RandomQuotes }]
    variables:
      - { name: Nginx Port, value: 8081, environments: [Dev] }
      - { name: Nginx Port, value: 8082, environments: [Test] }
      - { name: Nginx Port, value: 8083, environments: [Prod] }
    steps:
      - name: Deploy web app to Nginx
        roles: [web]
        nginx:
          package: RandomQuotes
          bindngs: [{ port: "#{NGINX Port}" }]
          locations:
            - { path: "@app", proxy: "http://unix:#{Octopus.Action.Package.InstallationDirectoryPath}/tmp/sockets/unicorn.sock" }
      - name: Deployment Sign Off
        skip-environments: [Development]
        approval:
          instructions: Open the application and confirm it meets all the requirements.
          teams: [Project Stakeholders]
`

const (
	textHelp = "All that a folder could say of it. Indent with spaces, two at a time. Values of secrets are no part of it. The name stays."
	textPath = "/projects/Projects-1/text"
)

func textSamples() []sample {
	edit := pages.EditNoun{
		Frame: projectFrame("Random Quotes as text", "", textPath), Path: textPath, Home: "/projects/Projects-1/process",
		What: "project Random Quotes", Revision: "4", Wide: true, Fields: pages.TextForm(pages.TextFields{Label: "Text", Text: sampleProjectText, Help: textHelp}),
	}
	wrong := edit
	wrong.Problems = []pages.Problem{
		{Field: "L14", Text: "Line 14: Unknown key “bindngs”; did you mean “bindings”?"},
		{Field: "L18", Text: "Line 18: There is no environment “Development”."},
	}
	wrong.Fields = pages.TextForm(pages.TextFields{Label: "Text", Text: sampleProjectText, Help: textHelp, Problems: wrong.Problems})
	lifecycles := []pages.Option{{Text: "Dev, Test, and Prod", Chosen: true}}
	starts := []pages.Start{
		{Value: "nginx", Title: "A web app behind NGINX", What: "A package is installed on Linux hosts, and NGINX serves it. A new version of it makes a release.", Chosen: true},
		{Value: "iis", Title: "A web site in IIS", What: "A package is installed on Windows hosts, and IIS serves it. A new version of it makes a release."},
		{Value: "script", Title: "A script on targets", What: "A script runs on each target that has a role."},
		{Value: "", Title: "Nothing", What: "The steps are added afterwards."},
	}
	begin := pages.NewProject{Frame: signedIn(pages.InDashboard, "New project", "It is kept as text. This is its beginning, which comes next to be read and changed.", pages.Crumb{Text: "Dashboard", Path: "/"}), Lifecycles: lifecycles, Starts: starts}
	taken := begin
	taken.Name = "random quotes"
	taken.Problems = []pages.Problem{{Field: "name", Text: "There is a project “random quotes” already: choose another name."}}
	set := pages.EditNoun{
		Frame: inLibrary("Add a variable set", "", "", pages.Crumb{Text: "Variable sets", Path: pages.VariableSetsPath}), Path: "/variable-sets/new", Home: pages.VariableSetsPath,
		What: "variable set", Revision: "0", Fields: pages.SetForm(pages.SetFields{}),
	}
	return []sample{
		{Name: "text-edit", Page: pages.EditNounPage(edit)},
		{Name: "text-problems", Page: pages.EditNounPage(wrong)},
		{Name: "project-new", Page: pages.NewProjectPage(begin)},
		{Name: "project-new-problems", Page: pages.NewProjectPage(taken)},
		{Name: "step-add", Page: pages.AddStepPage(addStep("", pages.StepTypeRow{Name: "approval", Title: "Ask for a sign-off", What: "The deployment waits until people approve or reject, on a page, by mail or by command.", Runs: "On the server."}, pages.StepTypeRow{Name: "script", Title: "Run a script", What: "Runs a script on each target, in bash, PowerShell or Python.", Runs: "On each enabled target of the environment that has one of its roles."}))},
		{Name: "step-add-none", Page: pages.AddStepPage(addStep("kubernetes"))},
		{Name: "variable-set-new", Page: pages.EditNounPage(set)},
		{Name: "secrets", Page: pages.SecretsPage(pages.Secrets{Frame: inLibrary("Secrets", "Passwords and keys, sealed under a name. Nobody reads a value back.", pages.SecretsPath), New: &pages.NewSecret{}, Items: []pages.SecretRow{
			{Name: "ssh-web-1", Set: pages.Moment{Text: "3 days ago", Exact: "2026-03-03 09:00 UTC"}, By: "ada", Version: 1}, {Name: "DatabasePassword", Set: pages.Moment{Text: "just now", Exact: "2026-03-06 09:00 UTC"}, By: "ada", Version: 3},
		}})},
		{Name: "secrets-problems", Page: pages.SecretsPage(pages.Secrets{Frame: inLibrary("Secrets", "Passwords and keys, sealed under a name. Nobody reads a value back.", pages.SecretsPath), New: &pages.NewSecret{Name: "pin", Problems: []pages.Problem{{Field: "value", Text: "The value of the secret pin has less than 8 characters, too few to be masked in output: take a longer one, or take the risk."}}}})},
		{Name: "target-add", Page: pages.EditNounPage(newTarget())},
	}
}

func addStep(query string, items ...pages.StepTypeRow) pages.AddStep {
	return pages.AddStep{
		Frame:   signedIn(pages.InDashboard, "Add a step", "Choose what it does; its text comes next.", pages.Crumb{Text: "Random Quotes", Path: "/projects/Projects-1"}, pages.Crumb{Text: "Process", Path: "/projects/Projects-1/process"}),
		Project: "Projects-1", Query: query, Line: 22, Items: items,
	}
}

func newTarget() pages.EditNoun {
	return pages.EditNoun{
		Frame: inTargets("Add a target", "A target is one machine that steps run on.", "", pages.Crumb{Text: "Targets", Path: pages.TargetsPath}), Path: "/targets/new", Home: pages.TargetsPath, What: "target", Revision: "0",
		Fields: pages.TargetForm(pages.TargetFields{
			Name: "web-2", Roles: "web\n", Environments: []pages.Option{{Text: "Dev", Chosen: true}, {Text: "Test"}, {Text: "Prod"}},
			New: &pages.TargetWay{
				Way: "ssh", Host: "web-2.example.org", User: "deploy", HostKeys: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Q6v0m7J4q0E5m1Zl1jH7m4T0Q8x2R3s5W6y7Z8a9b",
				Asks: true, Presented: "SHA256:Xo0Kkz2c6mC0t2cLw4mJ6W3mB1Zt0r4b8cS9kQm1h2E",
			},
		}),
	}
}
