package main

import "slipway/web/pages"

func projectSamples() []sample {
	frame := signedIn(pages.InDashboard, "Random Quotes", "1.0.7 is in Prod since Tuesday; 1.0.9 waits for 1 of Project Stakeholders in Test.", pages.Crumb{Text: "Dashboard", Path: "/"})
	return []sample{
		{Name: "project", Page: pages.ProjectPage(pages.Project{
			Frame: frame, ID: "Projects-1",
			Description:  "Shows a famous quote. A small Ruby application behind NGINX.",
			Environments: threeEnvironments, MayRelease: true, Releases: projectReleases(), Earlier: "/projects/Projects-1?before=Releases-31", Newest: "/projects/Projects-1",
			Steps: projectSteps(), Variables: projectVariables(), VariableSets: []pages.Link{{Text: "Shared mail", Path: "/variable-sets/VariableSets-1"}, {Text: "Hosts"}},
			Triggers:  []string{"A new version of the package RandomQuotes makes a release."},
			Lifecycle: "Dev, Test, and Prod",
			Phases: []pages.Phase{
				{Name: "Dev", Automatic: true, Environments: []string{"Dev"}, Rule: "1 success opens the next phase"},
				{Name: "Test", Optional: true, Environments: []string{"Test"}, Rule: "may be left out"},
				{Name: "Prod", Environments: []string{"Prod"}},
			},
		})},
		{Name: "project-channels", Page: pages.ProjectPage(pages.Project{
			Frame: frame, ID: "Projects-1", Environments: threeEnvironments, Releases: channelReleases(), Lifecycle: "Dev, Test, and Prod",
			Phases: []pages.Phase{{Name: "Dev", Environments: []string{"Dev"}}, {Name: "Prod", Environments: []string{"Prod"}}},
			Channels: []pages.Channel{
				{Name: "Stable", Default: true, Rules: []string{"Takes of RandomQuotes only versions [1.0,), no pre-releases."}, Lifecycle: "Goes by the lifecycle Dev, Test, and Prod"},
				{Name: "Beta", Description: "What the testers see first.", Rules: []string{"Takes of every package only pre-release tags like ^beta."}, Lifecycle: "Goes by the lifecycle Short", Phases: []pages.Phase{{Name: "Dev"}, {Name: "Lab"}}},
				{Name: "Anything", Lifecycle: "Goes by the lifecycle Dev, Test, and Prod"},
			},
			MayRelease: true,
		})},
		{Name: "project-empty", Page: pages.ProjectPage(pages.Project{
			Frame: signedIn(pages.InDashboard, "Lighthouse", "No release yet.", pages.Crumb{Text: "Dashboard", Path: "/"}),
			ID:    "Projects-4", Environments: threeEnvironments, MayRelease: true, PushCommand: "slipway push Lighthouse.1.0.0.nupkg", Lifecycle: "Default lifecycle",
		})},
	}
}

func projectReleases() []pages.ReleaseRow {
	return []pages.ReleaseRow{
		{Version: "1.0.9", Created: at("6 min ago", "2026-11-20 14:01:22"), By: "on push", Cells: []pages.Cell{
			{DeploymentID: "Deployments-51", State: pages.Succeeded, When: at("4 min ago", "2026-11-20 14:03:22"), Who: "by itself"},
			{DeploymentID: "Deployments-52", State: pages.Waiting, When: at("2 min ago", "2026-11-20 14:05:40"), Who: "by Ada Lovelace"},
			{},
		}},
		{Version: "1.0.7", Created: at("Monday", "2026-11-16 17:12:01"), By: "on push", Cells: []pages.Cell{
			{DeploymentID: "Deployments-42", State: pages.Succeeded, When: at("Monday", "2026-11-16 17:12:01"), Who: "by itself"},
			{DeploymentID: "Deployments-43", State: pages.Succeeded, When: at("Tuesday", "2026-11-17 08:30:55"), Who: "by Ada Lovelace"},
			{DeploymentID: "Deployments-44", State: pages.Succeeded, When: at("Tuesday", "2026-11-17 09:12:01"), Who: "by Grace Hopper"},
		}},
		{Version: "1.0.6", Created: at("Friday", "2026-11-13 11:12:01"), By: "by Ada Lovelace", Cells: []pages.Cell{
			{DeploymentID: "Deployments-31", State: pages.Succeeded, When: at("Friday", "2026-11-13 11:14:01"), Who: "by itself"},
			{Deploy: deploy("Projects-1", "1.0.6", 1)},
			{},
		}},
	}
}

func channelReleases() []pages.ReleaseRow {
	out := projectReleases()
	for i, channel := range []string{"Beta", "Stable", "Stable"} {
		out[i].Channel = channel
	}
	return out
}

func projectSteps() []pages.ProcessStep {
	return []pages.ProcessStep{
		{Name: "Deploy web app to Nginx", Type: "NGINX", Where: "on targets with role web", Details: []string{"Package RandomQuotes. Port #{NGINX Port}. Locations = /, /, @app."}},
		{Name: "Warm the caches", Type: "Rolling", Where: "on targets with role web", Condition: `if env.name == "Prod"`, Details: []string{"Each target takes its child steps in order.", "One target at a time."}},
		{Name: "Out of the balancer", Type: "Script", Child: true},
		{Name: "Into the balancer", Type: "Script", Condition: "always, also after a failure", Child: true},
		{Name: "Deployment Sign Off", Type: "Approval", Where: "asks Project Stakeholders", Condition: "not in Dev; cannot be left out"},
		{Name: "Random quotes deployment status", Type: "Mail", Where: "to team@example.org", Condition: "always, also after a failure; not in Dev"},
	}
}

func projectVariables() []pages.VariableRow {
	return []pages.VariableRow{
		{Name: "Nginx Port", VariableValue: pages.VariableValue{Text: text("8081"), Scopes: []string{"Dev"}}},
		{Name: "Nginx Port", VariableValue: pages.VariableValue{Text: text("8082"), Scopes: []string{"Test", "channel Preview"}}},
		{Name: "Database Password", VariableValue: pages.VariableValue{Secret: "secret db-password", Scopes: []string{"Prod", "role db"}}},
		{Name: "Reason", VariableValue: pages.VariableValue{Asked: "asked for at each deployment"}},
		{Name: "Socket", VariableValue: pages.VariableValue{Text: []pages.Piece{{Text: "http://unix:"}, {Text: "#{Octopus.Action.Package.InstallationDirectoryPath}", Reads: true}, {Text: "/tmp/sockets/unicorn.sock"}}}},
	}
}
