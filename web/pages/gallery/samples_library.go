package main

import "slipway/web/pages"

func inLibrary(title, sentence, current string, crumbs ...pages.Crumb) pages.Frame {
	f := signedIn(pages.InLibrary, title, sentence, crumbs...)
	if len(crumbs) == 0 {
		f.Tabs = []pages.Tab{
			{Text: "Lifecycles", Path: pages.LifecyclesPath, Current: current == pages.LifecyclesPath}, {Text: "Variable sets", Path: pages.VariableSetsPath},
			{Text: "Secrets", Path: pages.SecretsPath, Current: current == pages.SecretsPath}, {Text: "Step types", Path: pages.StepTypesPath, Current: current == pages.StepTypesPath},
		}
	}
	return f
}

func inTargets(title, sentence, current string, crumbs ...pages.Crumb) pages.Frame {
	f := signedIn(pages.InTargets, title, sentence, crumbs...)
	if len(crumbs) == 0 {
		f.Tabs = []pages.Tab{{Text: "Targets", Path: pages.TargetsPath, Current: current == pages.TargetsPath}, {Text: "Environments", Path: pages.EnvironmentsPath, Current: current == pages.EnvironmentsPath}}
	}
	return f
}

func place(names ...string) []pages.Link {
	var out []pages.Link
	for _, n := range names {
		out = append(out, pages.Link{Text: n, Path: pages.EnvironmentPath(n)})
	}
	return out
}

var (
	samplePhases = []pages.LifecyclePhase{
		{Name: "Dev", Environments: place("Dev"), Optional: true, Automatic: true, Mode: "deployed by itself", Opens: "may be left out"},
		{Name: "Test", Environments: place("Test EU", "Test US"), Mode: "deployed by hand", Opens: "once 1 of 2 succeeded", Retention: "keeps 3 besides the present one"},
		{Name: "Prod", Environments: place("Prod"), Mode: "deployed by hand"},
	}
	defaultPhases = []pages.LifecyclePhase{
		{Name: "Dev", Environments: place("Dev"), Mode: "deployed by hand", Opens: "once it succeeded"},
		{Name: "Test", Environments: place("Test EU"), Mode: "deployed by hand", Opens: "once it succeeded"},
		{Name: "Prod", Environments: place("Prod"), Mode: "deployed by hand"},
	}
	lifecyclesCrumb = pages.Crumb{Text: "Lifecycles", Path: pages.LifecyclesPath}
	sampleLifecycle = `lifecycles:
  - name: Dev, Test, and Prod
    description: Progression from the Dev to the Prod environments
    phases:
      - { name: Dev, environments: [Dev], optional: true, automatic: true }
      - { name: Test, environments: [Test EU, Test US], minimum: 1, retention: { keep: 3 } }
      - { name: Prod, environments: [Prod] }
`
)

func lifecycleFields(problems ...pages.Problem) pages.LifecycleFields {
	tick := func(chosen ...string) []pages.Option {
		var out []pages.Option
		for _, name := range []string{"Dev", "Test EU", "Test US", "Prod"} {
			o := pages.Option{Text: name}
			for _, c := range chosen {
				o.Chosen = o.Chosen || c == name
			}
			out = append(out, o)
		}
		return out
	}
	return pages.LifecycleFields{
		Name: "Dev, Test, and Prod", Fixed: true, Description: "Progression from the Dev to the Prod environments", Days: "30", Problems: problems,
		Phases: []pages.PhaseFields{
			{Name: "Dev", Environments: tick("Dev"), Optional: true, Automatic: true},
			{Name: "Test", Environments: tick("Test EU", "Test US"), Minimum: "1", Keep: "3"},
			{Name: "Prod", Environments: tick("Prod")},
		},
	}
}

func librarySamples() []sample {
	lifecycle := pages.Crumb{Text: "Dev, Test, and Prod", Path: pages.LifecyclePath("Lifecycles-1")}
	removal := &pages.Removal{Button: "Remove this lifecycle", Goes: "Lifecycle Dev, Test, and Prod goes. Releases and deployments stay on record.", Because: "These projects go by it: give them another one first.", UsedBy: []pages.Link{{Text: "Random Quotes", Path: "/projects/Projects-1"}}}
	edit := pages.EditNoun{
		Frame: inLibrary("Edit Dev, Test, and Prod", "", "", lifecyclesCrumb, lifecycle), Path: pages.EditPath(lifecycle.Path), Home: lifecycle.Path,
		What: "lifecycle Dev, Test, and Prod", Revision: "7", Fields: pages.LifecycleForm(lifecycleFields()), Removal: removal,
	}
	wrong := edit
	wrong.Folder = "deploy"
	wrong.Problems = []pages.Problem{{Field: "phases[1].minimum", Text: "Phase Test has 2 environments, so the minimum is from 0 (all) to 2, not 5."}, {Field: "take-over", Text: "Lifecycle Dev, Test, and Prod is written in the folder deploy: change it there and apply, or take it over."}}
	wrong.Fields = pages.LifecycleForm(lifecycleFields(wrong.Problems...))
	conflict := edit
	conflict.Conflict = &pages.Conflict{Saving: "saving it now puts yours in place of theirs.", Lines: []pages.DifferingLine{{Text: "phases:"}, {Sign: "-", Text: "  - { name: Dev, environments: [Dev] }"}, {Sign: "+", Text: "  - { name: Dev, environments: [Dev], optional: true }"}}}
	done := inLibrary("Dev, Test, and Prod", "Progression from the Dev to the Prod environments.", "", lifecyclesCrumb)
	done.Done = "Saved."
	return []sample{
		{Name: "lifecycles", Page: pages.LifecyclesPage(pages.Lifecycles{Frame: inLibrary("Lifecycles", "In which order releases go through environments.", pages.LifecyclesPath), New: pages.NewPath(pages.LifecyclesPath), Items: []pages.LifecycleRow{
			{ID: "Lifecycles-Default", Name: "Default Lifecycle", Description: "All environments in the order they were made.", BuiltIn: true, Phases: defaultPhases, UsedBy: []pages.Link{{Text: "Harbour", Path: "/projects/Projects-2"}, {Text: "Tide tables", Path: "/projects/Projects-3"}}},
			{ID: "Lifecycles-1", Name: "Dev, Test, and Prod", Description: "Progression from the Dev to the Prod environments.", Phases: samplePhases, Folder: "deploy", UsedBy: []pages.Link{{Text: "Random Quotes", Path: "/projects/Projects-1"}}},
		}})},
		{Name: "lifecycle", Page: pages.LifecyclePage(pages.Lifecycle{
			Frame: done, Edit: edit.Path, Phases: samplePhases,
			Retention: "Installations on hosts: those of 30 days.", LeftOut: place("Sandbox"), UsedBy: []pages.Link{{Text: "Random Quotes", Path: "/projects/Projects-1"}}, Text: sampleLifecycle,
		})},
		{Name: "lifecycle-built-in", Page: pages.LifecyclePage(pages.Lifecycle{Frame: inLibrary("Default Lifecycle", "All environments in the order they were made.", "", lifecyclesCrumb), BuiltIn: true, Retention: "Installations on hosts: all of them stay."})},
		{Name: "lifecycle-edit", Page: pages.EditNounPage(edit)},
		{Name: "lifecycle-problems", Page: pages.EditNounPage(wrong)},
		{Name: "lifecycle-conflict", Page: pages.EditNounPage(conflict)},
		{Name: "edit-preview", Page: pages.EditPreviewPage(pages.EditPreview{
			Frame: inLibrary("What changes", "Nothing is saved yet.", "", lifecyclesCrumb, lifecycle), Path: edit.Path, Saves: "Save lifecycle Dev, Test, and Prod",
			Carried: []pages.Hidden{{Name: "revision", Value: "7"}, {Name: "name", Value: "Dev, Test, and Prod"}}, Lines: conflict.Conflict.Lines,
			Notes: []string{"It is taken over from the folder deploy: from then on it is changed on these pages."},
		})},
		{Name: "edit-nothing", Page: pages.EditPreviewPage(pages.EditPreview{Frame: inLibrary("What changes", "Nothing changes: it stands like this already.", "", lifecyclesCrumb, lifecycle), Path: edit.Path})},
		{Name: "step-types", Page: pages.StepTypesPage(pages.StepTypes{Frame: inLibrary("Step types", "What a step of a process can be.", pages.StepTypesPath), Query: "web", Items: []pages.StepTypeRow{
			{Name: "nginx", Title: "Deploy to NGINX", What: "Installs a package on Linux hosts and lets NGINX serve it.", Runs: "On each enabled target of the environment that has one of its roles."},
			{Name: "iis", Title: "Deploy to IIS", What: "Installs a package on Windows hosts and lets IIS serve it.", Runs: "On each enabled target of the environment that has one of its roles."},
		}})},
		{Name: "step-types-none", Page: pages.StepTypesPage(pages.StepTypes{Frame: inLibrary("Step types", "What a step of a process can be.", pages.StepTypesPath), Query: "kubernetes"})},
		{Name: "step-type", Page: pages.StepTypePage(pages.StepType{Frame: inLibrary("Run a script", "Runs a script on each target, in bash, PowerShell or Python.", "", pages.Crumb{Text: "Step types", Path: pages.StepTypesPath}), Name: "script", Runs: "On each enabled target of the environment that has one of its roles.",
			Sample:   "projects:\n  - name: Random Quotes\n    steps:\n      - name: Smoke test\n        roles: [web]\n        script:\n          body: curl --fail --silent \"http://localhost:8081/\"\n",
			Settings: []pages.SettingRow{{Key: "syntax", What: "bash, powershell or python."}, {Key: "body", Required: true, What: "The script: the text, or { file: … }."}, {Key: "fail-on-error-output", What: "Text on the error output fails the step."}},
		})},
		{Name: "project-text", Page: pages.ProjectTextPage(pages.ProjectText{Frame: projectFrame("As text", "This is how Random Quotes is written in a folder.", "/projects/Projects-1/text"), Text: "projects:\n  - name: Random Quotes\n"})},
		{Name: "project-edit", Page: pages.EditNounPage(pages.EditNoun{Frame: projectFrame("Edit Random Quotes", "", "/projects/Projects-1/edit"), Path: "/projects/Projects-1/edit", Home: "/projects/Projects-1", What: "project Random Quotes", Revision: "4",
			Fields: pages.ProjectForm(pages.ProjectFields{Name: "Random Quotes", Description: "A small web application", Lifecycles: []pages.Option{{Text: "Dev, Test, and Prod", Chosen: true}}, Sets: []pages.Option{{Text: "Shared", Chosen: true}, {Text: "Mail"}}})})},
	}
}

// failureSamples are the pages of what cannot be done, each with the way out.
func failureSamples() []sample {
	failure := func(name, title, what, why string) sample {
		return sample{Name: name, Page: pages.MessagePage(pages.Message{Frame: signedIn("", title, ""), What: what, Why: why, Path: "/", PathText: "Go to the dashboard"})}
	}
	return []sample{
		failure("message-403", "You may not do this", "Ada needs the permission DeploymentCreate for environment \"Prod\": a team of yours must include a user role that has it.", ""),
		failure("message-404", "Not found", "There is nothing at this address that you may see: it may be mistyped, removed, or belong to a project you have no access to.", ""),
		failure("message-409", "This cannot be done now", "Release 1.0.8 cannot go to Prod yet: phase Test needs 1 success, has 0.", ""),
		failure("message-413", "Too large", "The request is too large: here at most 1048576 bytes are taken.", ""),
		failure("message-429", "Please wait", "Too many wrong passwords came from this address: wait 40 s before the next.", ""),
	}
}

func searchSamples() []sample {
	frame := func(query, sentence string) pages.Frame {
		f := signedIn(pages.InSearch, "Search", sentence)
		f.Searched = query
		return f
	}
	return []sample{
		{Name: "search", Page: pages.SearchPage(pages.SearchResults{Frame: frame("quotes", "15 names fit."), Query: "quotes", Groups: []pages.SearchGroup{
			{ID: "f-project", Title: "Projects", Items: []pages.SearchItem{{Text: "Random Quotes", Path: "/projects/Projects-1", Note: "A small web application"}}},
			{ID: "f-release", Title: "Releases", More: "And 8 more: say more of the name.", Items: []pages.SearchItem{{Text: "Random Quotes 1.0.9", Path: "/projects/Projects-1/releases/1.0.9"}, {Text: "Random Quotes 1.0.8", Path: "/projects/Projects-1/releases/1.0.8"}}},
			{ID: "f-package", Title: "Packages", Items: []pages.SearchItem{{Text: "RandomQuotes", Path: "/packages/RandomQuotes"}}},
			{ID: "f-variable", Title: "Variables", Items: []pages.SearchItem{{Text: "Quotes Title <script>alert(1)</script>", Path: "/projects/Projects-1/variables", Note: "Random Quotes"}, {Text: "\u202esetouQ", Path: "/projects/Projects-2/variables", Note: "Harbour"}}},
		}})},
		{Name: "search-none", Page: pages.SearchPage(pages.SearchResults{Frame: frame("zebra", ""), Query: "zebra"})},
		{Name: "search-empty", Page: pages.SearchPage(pages.SearchResults{Frame: frame("", "")})},
	}
}

func placeSamples() []sample {
	rows := []pages.TargetRow{
		{ID: "Machines-1", Name: "web-1", Address: "ssh://deploy@10.0.4.11", Roles: []string{"web"}, Environments: []string{"Dev", "Test"}, Health: pages.Succeeded, HealthWord: "Answered", Checked: at("1 min ago", "2026-11-20 14:06:20"), Detail: "Debian 13"},
		{ID: "Machines-2", Name: "web-2", Address: "ssh://deploy@10.0.4.12", Roles: []string{"web", "cron"}, Environments: []string{"Prod"}, Health: pages.Failed, HealthWord: "Could not be used", Checked: at("3 min ago", "2026-11-20 14:04:20"), Detail: "The host key is not the pinned one. If the host was set up anew, run slipway target add web-2 again."},
		{ID: "Machines-3", Name: "db-1", Address: "ssh://deploy@db.example.org:2222", Roles: []string{"db"}, Environments: []string{"Dev", "Test", "Prod"}, Health: pages.Unknown, HealthWord: "Never looked at"},
		{ID: "Machines-4", Name: "web-0", Address: "ssh://deploy@10.0.4.10", Disabled: true, Health: pages.Waiting, HealthWord: "Lacks something", Checked: at("1 h ago", "2026-11-20 13:04:20"), Detail: "There is no nginx."},
	}
	here := func(project, environment, step, what, note string, state pages.State) pages.HereRow {
		row := pages.HereRow{Project: project, ProjectPath: "/projects/" + project, What: what, State: state, When: at("6 min ago", "2026-11-20 14:01:20"), Deployment: "Deployments-51", Path: "/deployments/Deployments-51", Note: note, By: "by Ada Lovelace"}
		if environment != "" {
			row.Environment, row.EnvironmentPath, row.Step, row.By = environment, "/environments/"+environment, step, ""
		}
		return row
	}
	environments := pages.Crumb{Text: "Environments", Path: pages.EnvironmentsPath}
	targets := pages.Crumb{Text: "Targets", Path: pages.TargetsPath}
	return []sample{
		{Name: "targets", Page: pages.TargetsPage(pages.Targets{Frame: inTargets("Targets", "4 targets: 1 answered, 1 could not be used, 1 never looked at, 1 lacks something.", pages.TargetsPath), Items: rows})},
		{Name: "targets-empty", Page: pages.TargetsPage(pages.Targets{Frame: inTargets("Targets", "", pages.TargetsPath), AddCommand: "slipway target add web-1 --ssh deploy@10.0.4.11 --role web --environment Dev"})},
		{Name: "target", Page: pages.TargetPage(pages.Target{
			Frame: inTargets("web-1", "Web in Dev and Test.", "", targets), ID: "Machines-1", Health: rows[0], Roles: []string{"web"}, Environments: place("Dev", "Test EU"),
			Edit: "/targets/Machines-1/edit", Check: true, Missing: []string{"sudo refuses without a password: systemctl"},
			Facts: []pages.Fact{{Label: "Address", Text: "ssh://deploy@10.0.4.11", Code: true}, {Label: "Host key", Text: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3Ck0sY0l0u1K8bY0k9q0v3S0b1nq2m4R5t6Y7u8I9o", Code: true}, {Label: "System", Text: "Debian GNU/Linux 13 amd64"}, {Label: "Free on that disk", Text: "14 GB"}},
			Here:  []pages.HereRow{here("Random Quotes", "Dev", "Deploy web app to Nginx", "RandomQuotes 1.0.9", "release 1.0.9", pages.Succeeded), here("Harbour", "Test EU", "Install", "HarbourOffice 2.4.1", "release 2.4.1", pages.Succeeded)},
			Arrived: []pages.ArrivedRow{
				{Path: "/deployments/Deployments-51", Project: "Random Quotes", Release: "1.0.9", Environment: "Dev", Packages: []string{"RandomQuotes 1.0.9"}, State: pages.Succeeded, When: at("6 min ago", "2026-11-20 14:01:20"), By: "by Ada Lovelace"},
				{Path: "/deployments/Deployments-50", Project: "Harbour", Release: "2.4.1", Environment: "Test EU", Packages: []string{"HarbourOffice 2.4.1"}, State: pages.Failed, When: at("yesterday", "2026-11-19 14:01:20"), By: "by itself, RandomQuotes"},
			},
			Text: "targets:\n  - name: web-1\n    environments: [Dev, Test]\n    roles: [web]\n",
		})},
		{Name: "target-new", Page: pages.TargetPage(pages.Target{Frame: inTargets("db-1", "Db in Dev.", "", targets), ID: "Machines-3", Folder: "deploy", Health: rows[2], Roles: []string{"db"}, Environments: place("Dev"), CheckCommand: "slipway target check db-1"})},
		{Name: "target-edit", Page: pages.EditNounPage(pages.EditNoun{Frame: inTargets("Edit web-1", "", "", targets), Path: "/targets/Machines-1/edit", Home: "/targets/Machines-1", What: "target web-1", Revision: "3",
			Fields:  pages.TargetForm(pages.TargetFields{Name: "web-1", Roles: "web\n", Environments: []pages.Option{{Text: "Dev", Chosen: true}, {Text: "Test", Chosen: true}, {Text: "Prod"}}}),
			Removal: &pages.Removal{Button: "Remove this target", Goes: "Target web-1 (ssh://deploy@10.0.4.11) is forgotten, and with it its pinned keys. What was deployed to it stays there, and deployments made before stay on record."}})},
		{Name: "environments", Page: pages.EnvironmentsPage(pages.Environments{Frame: inTargets("Environments", "3 environments, in the order of promotion.", pages.EnvironmentsPath), New: pages.NewPath(pages.EnvironmentsPath), Items: []pages.EnvironmentRow{
			{ID: "Environments-1", Name: "Dev", Targets: "2 targets", MayMove: true, First: true, Description: "Whatever was built last"},
			{ID: "Environments-2", Name: "Test", Targets: "2 targets", MayMove: true, Address: "https://test.quotes.example.org", Folder: "deploy"},
			{ID: "Environments-3", Name: "Prod", Targets: "1 target", MayMove: true, Last: true, Address: "https://quotes.example.org"},
		}})},
		{Name: "environments-empty", Page: pages.EnvironmentsPage(pages.Environments{Frame: inTargets("Environments", "", pages.EnvironmentsPath)})},
		{Name: "environment", Page: pages.EnvironmentPage(pages.EnvironmentDetail{
			Frame: inTargets("Prod", "1 target, 2 projects here.", "", environments), Edit: "/environments/Environments-3/edit", Facts: []pages.Fact{{Label: "Address", Text: "https://quotes.example.org", Path: "/environments/Environments-3"}},
			Here:      []pages.HereRow{here("Random Quotes", "", "", "1.0.7", "since then 1.0.8: failed", pages.Succeeded), here("Harbour", "", "", "2.4.1", "", pages.Running)},
			Targets:   rows[1:2],
			Deployers: []pages.DeployerRow{{Team: "Production Deployers", Members: []string{"Production Deployer"}}, {Team: "Harbour", Members: []string{"Grace Hopper"}, Projects: []string{"Harbour"}}},
			Text:      "environments:\n  - name: Prod\n    address: https://quotes.example.org\n",
		})},
		{Name: "environment-empty", Page: pages.EnvironmentPage(pages.EnvironmentDetail{Frame: inTargets("Sandbox", "0 targets, 0 projects here.", "", environments), Nothing: "Nothing was deployed here yet."})},
		{Name: "environment-new", Page: pages.EditNounPage(pages.EditNoun{Frame: inTargets("Add an environment", "", "", environments), Path: "/environments/new", Home: "/environments", What: "environment", Revision: "0",
			Problems: []pages.Problem{{Field: "name", Text: "There is an environment Prod already: choose another name."}},
			Fields:   pages.EnvironmentForm(pages.EnvironmentFields{Name: "Prod", Problems: []pages.Problem{{Field: "name", Text: "There is an environment Prod already: choose another name."}}})})},
	}
}

// projectFrame stands around the pages of a project that are beside each other.
func projectFrame(title, sentence, current string) pages.Frame {
	const home = "/projects/Projects-1"
	f := signedIn(pages.InDashboard, title, sentence, pages.Crumb{Text: "Random Quotes", Path: home})
	f.Tabs = []pages.Tab{{Text: "Overview", Path: home}, {Text: "Process", Path: home + "/process"}, {Text: "Variables", Path: home + "/variables"}, {Text: "Text", Path: home + "/text"}, {Text: "Settings", Path: home + "/edit"}}
	for i := range f.Tabs {
		f.Tabs[i].Current = f.Tabs[i].Path == current
	}
	return f
}
