package main

import "slipway/web/pages"

func variableSamples() []sample {
	crumbs := []pages.Crumb{{Text: "Dashboard", Path: "/"}, {Text: "Random Quotes", Path: "/projects/Projects-1"}}
	home := "/projects/Projects-1/variables"
	all := pages.Variables{
		Frame: signedIn(pages.InDashboard, "Variables", "5 variables with 8 values.", crumbs...), Home: home, Add: home + "/edit", What: "project Random Quotes",
		Places: variablePlaces(false), Groups: variableGroups(home),
		Sets: []pages.Link{{Text: "Shared mail", Path: "/variable-sets/VariableSets-1"}, {Text: "All variable sets", Path: "/variable-sets"}},
	}
	owned := all
	owned.Folder = "deploy"
	here := all
	here.Places, here.Here, here.Ours = variablePlaces(true), variablesHere(home), slipwaysOwn()
	empty := pages.Variables{Frame: signedIn(pages.InDashboard, "Variables", "No variables yet.", crumbs...), Home: home, Places: variablePlaces(false), Empty: "No variables yet. A value may be a text, a secret, or one that is asked for at each deployment; it may hold in some environments only."}
	set := pages.Variables{
		Frame: signedIn(pages.InDashboard, "Shared mail", "Where mails go.", pages.Crumb{Text: "Dashboard", Path: "/"}, pages.Crumb{Text: "Variable sets", Path: "/variable-sets"}),
		Home:  "/variable-sets/VariableSets-1", What: "variable set Shared mail", Groups: variableGroups("/variable-sets/VariableSets-1")[:2], UsedBy: []pages.Link{{Text: "Random Quotes", Path: home}},
	}
	set.Text, set.EditText = "variable-sets:\n  - name: Shared mail\n", "/variable-sets/VariableSets-1/text"
	set.Saved = "Saved. The next release has it; releases made before keep what they were made with."
	edit := editVariable(home, append(crumbs, pages.Crumb{Text: "Variables", Path: home})...)
	refused, conflict, another := edit, edit, edit
	refused.Problems = []pages.Problem{{Field: "reference", Text: "Name the secret or the parameter that holds the value."}, {Field: "environments", Text: "There is no environment “Staging”."}, {Field: "take-over", Text: "Project “Random Quotes” is written in the folder “deploy”: change it there and apply, or take it over."}}
	refused.Kind, refused.Folder = pages.SecretValue, "deploy"
	conflict.Conflict = &pages.Conflict{Saving: "saving it now puts this one value into the newer list.", Gone: "The value you had open is not there any more as it was: saving adds yours beside the others.", Lines: []pages.DifferingLine{
		{Text: "variables:"}, {Sign: "-", Text: "  - { name: Nginx Port, value: 8090, environments: [Test] }"}, {Sign: "+", Text: "  - { name: Nginx Port, value: 8092, environments: [Test] }"},
	}}
	another.Frame.Title, another.Number, another.Name, another.Value, another.Asks, another.Saves = "Add a value", "", "", "", false, "Add this value"
	return []sample{
		{Name: "variables", Page: pages.VariablesPage(all)},
		{Name: "variables-here", Page: pages.VariablesPage(here)},
		{Name: "variables-owned", Page: pages.VariablesPage(owned)},
		{Name: "variables-empty", Page: pages.VariablesPage(empty)},
		{Name: "variable-reach", Page: pages.VariableReachPage(variableReach(append(crumbs, pages.Crumb{Text: "Variables", Path: home})...))},
		{Name: "variable-edit", Page: pages.EditVariablePage(edit)},
		{Name: "variable-add", Page: pages.EditVariablePage(another)},
		{Name: "variable-refused", Page: pages.EditVariablePage(refused)},
		{Name: "variable-conflict", Page: pages.EditVariablePage(conflict)},
		{Name: "variable-set", Page: pages.VariablesPage(set)},
		{Name: "variable-sets", Page: pages.VariableSetsPage(variableSets())},
		{Name: "variable-sets-empty", Page: pages.VariableSetsPage(pages.VariableSets{Frame: variableSets().Frame, New: pages.NewPath(pages.VariableSetsPath)})},
	}
}

func options(chosen string, all ...string) []pages.Option {
	out := make([]pages.Option, len(all))
	for i, text := range all {
		out[i] = pages.Option{Text: text, Chosen: text == chosen}
	}
	return out
}

func variablePlaces(chosen bool) *pages.VariablePlaces {
	v := &pages.VariablePlaces{}
	environment, step := "", ""
	if chosen {
		v.Chosen, environment, step = "Test, in step Deploy web app to Nginx", "Test", "Deploy web app to Nginx"
	}
	v.Choices = []pages.PlaceChoice{
		{Name: "environment", Label: "Environment", Any: "any", Options: options(environment, "Dev", "Test", "Prod")},
		{Name: "target", Label: "Target", Any: "none", Options: options("", "web-1", "web-2")},
		{Name: "step", Label: "Step", Any: "none", Options: options(step, "Deploy web app to Nginx", "Deployment Sign Off")},
	}
	return v
}

func text(whole string) []pages.Piece { return []pages.Piece{{Text: whole}} }

var url = []pages.Piece{{Text: "https://"}, {Text: "#{Host}", Reads: true}, {Text: ":"}, {Text: "#{Nginx Port}", Reads: true}, {Text: "/"}}

const startScript = "set -eu\ncd \"$1\"\nbundle install\nfor n in 1 2 3; do\n  unicorn -D -c config/unicorn.rb && break\n  sleep 1\ndone\necho started\n"

func variableGroups(home string) []pages.VariableGroup {
	set := pages.Link{Text: "variable set Shared mail", Path: "/variable-sets/VariableSets-1"}
	return []pages.VariableGroup{
		{Name: "Nginx Port", Reach: home + "/Nginx%20Port/reach", Values: []pages.VariableValue{
			{Text: text("8081"), Scopes: []string{"Dev"}, Edit: home + "/edit?value=1"},
			{Text: text("8082"), Scopes: []string{"Test"}, Edit: home + "/edit?value=2"},
			{Text: text("8083"), Scopes: []string{"Prod", "role web"}, Edit: home + "/edit?value=3"},
		}},
		{Name: "Url", Reach: home + "/Url/reach", Values: []pages.VariableValue{{Text: url, Description: "Where people reach the application.", Edit: home + "/edit?value=4"}}},
		{Name: "Database Password", Reach: home + "/Database%20Password/reach", Values: []pages.VariableValue{{Secret: "secret db-password", Edit: home + "/edit?value=5"}}},
		{Name: "Start Script", Reach: home + "/Start%20Script/reach", Values: []pages.VariableValue{{Text: text(startScript), Asked: "asked for at each deployment", Edit: home + "/edit?value=6"}}},
		{Name: "Mail Server", Reach: home + "/Mail%20Server/reach", Values: []pages.VariableValue{{Text: text("mail.example.org"), From: set}, {From: set, Scopes: []string{"Prod"}}}},
	}
}

func variablesHere(home string) []pages.VariableHere {
	g := variableGroups(home)
	won, lost, other := g[0].Values[1], pages.VariableValue{Text: text("80"), Weight: "weight 1", Why: "Is weaker: its scope weighs 1 against 101."}, g[0].Values[0]
	won.Weight, other.Why = "weight 101", "It is for Dev, and this is Test."
	return []pages.VariableHere{
		{Name: "Nginx Port", Reach: g[0].Reach, Winner: &won, Rule: "Test (environment, 100) beats unscoped (0).", Losers: []pages.VariableValue{lost}, Others: []pages.VariableValue{other}},
		{Name: "Url", Reach: g[1].Reach, Winner: &g[1].Values[0], Evaluated: "https://test.example.org:8082/", Rule: "The only value that applies here."},
		{Name: "Database Password", Reach: g[2].Reach, Winner: &g[2].Values[0], Rule: "The only value that applies here."},
		{Name: "Circle", Reach: g[1].Reach, Winner: &g[1].Values[0], Trouble: "The variable reads itself: Circle → Circle.", Rule: "The only value that applies here."},
		{Name: "Log Level", Reach: g[3].Reach, Rule: "Nothing decides.", Losers: []pages.VariableValue{{Text: text("debug"), Scopes: []string{"Test", "Dev"}, Weight: "weight 101", Why: "Ties with the others of this weight."}, {Text: text("info"), Scopes: []string{"Test"}, Weight: "weight 101", Why: "Ties with the others of this weight."}},
			Tie: "Variable “Log Level” has two values that fit environment Test equally well: “debug” (environments: Test, Dev) and “info” (environments: Test); narrow the scope of one, or remove it."},
		{Name: "Prod Only", Reach: g[4].Reach, Rule: "No value applies here, so the name stays as it is written.", Others: []pages.VariableValue{{Text: text("x"), Scopes: []string{"Prod"}, Why: "It is for Prod, and this is Test."}}},
	}
}

func slipwaysOwn() []pages.VariableHere {
	return []pages.VariableHere{
		{Name: "Octopus.Environment.Name", Winner: &pages.VariableValue{Text: text("Test")}},
		{Name: "Octopus.Project.Name", Winner: &pages.VariableValue{Text: text("Random Quotes")}},
	}
}

func variableReach(crumbs ...pages.Crumb) pages.VariableReach {
	g := variableGroups("/projects/Projects-1/variables")
	return pages.VariableReach{
		Frame: signedIn(pages.InDashboard, "Nginx Port", "What changing each of its values would reach.", crumbs...),
		Values: []pages.ReachOfValue{
			{VariableValue: g[0].Values[1], Sentence: "Changing it reaches Test, in 2 steps.", Places: []pages.ReachedPlace{
				{Environment: "Test", Step: "Deploy web app to Nginx", Targets: []string{"web-1", "web-2"}, Readers: []string{"bindings[0].port", "locations[0].proxy, by way of Url → Host"}},
				{Environment: "Test", Step: "Random quotes deployment status", Readers: []string{"body, by way of Url"}},
			}},
			{VariableValue: g[4].Values[0], Sentence: "Changing it reaches Random Quotes and Lighthouse, in Prod.", Places: []pages.ReachedPlace{{Project: "Lighthouse", Environment: "Prod"}}},
			{VariableValue: g[2].Values[0], Sentence: "Changing it would change nothing: it wins nowhere."},
		},
	}
}

func editVariable(home string, crumbs ...pages.Crumb) pages.EditVariable {
	return pages.EditVariable{
		Frame: signedIn(pages.InDashboard, "Edit Nginx Port", "", crumbs...), Home: home, What: "project Random Quotes", Revision: "7", Base: "[]", Number: "2", Saves: "Save this value",
		Name: "Nginx Port", Kind: pages.TextValue, Value: "8092", Description: "One for each environment.",
		Scope: []pages.ScopeChoice{
			{Name: "environments", Label: "Environments", Options: options("Test", "Dev", "Test", "Prod")},
			{Name: "roles", Label: "Target roles", Options: options("", "web", "db")},
			{Name: "targets", Label: "Targets", Options: options("", "web-1", "web-2", "web-3", "web-4", "web-5", "web-6", "web-7", "web-8", "web-9", "web-10", "web-11", "web-12")},
			{Name: "steps", Label: "Steps", Options: options("", "Deploy web app to Nginx", "Deployment Sign Off", "Random quotes deployment status")},
		},
		Asks: true, Label: "Port", Options: "8082\n8092",
	}
}

func variableSets() pages.VariableSets {
	return pages.VariableSets{
		Frame: signedIn(pages.InDashboard, "Variable sets", "Values that several projects share.", pages.Crumb{Text: "Dashboard", Path: "/"}),
		Items: []pages.VariableSetRow{
			{ID: "VariableSets-1", Name: "Shared mail", Description: "Where mails go.", Values: "2 values", Folder: "deploy", UsedBy: []pages.Link{{Text: "Lighthouse", Path: "/projects/Projects-4/variables"}, {Text: "Random Quotes", Path: "/projects/Projects-1/variables"}}},
			{ID: "VariableSets-2", Name: "Hosts", Values: "14 values"},
		},
	}
}
