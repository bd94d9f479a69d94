package main

import "slipway/web/pages"

const sampleHash = "9f2c4be1d07a55c6e8b13f9a0d4472c9e6b8a1f03d5c7e29b4a6f8d01c3e5a77"

func releaseSamples() []sample {
	crumbs := []pages.Crumb{{Text: "Dashboard", Path: "/"}, {Text: "Random Quotes", Path: "/projects/Projects-1"}}
	ask := pages.ConfirmDeploy{
		Frame:     signedIn(pages.InDashboard, "Deploy 1.0.6 to Test", "It would replace 1.0.7, deployed on Tuesday by Ada Lovelace.", append(crumbs, pages.Crumb{Text: "1.0.6", Path: "/projects/Projects-1/releases/1.0.6"})...),
		ProjectID: "Projects-1", Project: "Random Quotes", Version: "1.0.6", EnvironmentID: "Environments-2", Environment: "Test",
		Plan: sampleHash, Button: "Deploy 1.0.6 to Test on 3 hosts",
		Warnings: []string{"1.0.6 is older than 1.0.7, which it replaces."},
		Steps: []pages.PlannedStep{
			{Name: "Deploy web app to Nginx", Type: "NGINX", Package: "RandomQuotes 1.0.6", Hosts: []string{"web-1", "web-2", "web-3"}},
			{Name: "Deployment Sign Off", Type: "Approval", Does: "asks Project Stakeholders"},
			{Name: "Warm the caches", Type: "Script", WhyNot: "it is for Prod only."},
			{Name: "Random quotes deployment status", Type: "Mail"},
		},
		Claims: []pages.Claimed{
			{Kind: "nginx site", Value: "random-quotes-test", Step: "Deploy web app to Nginx", Hosts: []string{"web-1", "web-2", "web-3"}},
			{Kind: "port", Value: "8082", Step: "Deploy web app to Nginx", Hosts: []string{"web-1", "web-2", "web-3"}},
		},
		Values: []pages.PlannedValue{
			{Name: "Nginx Port", Value: "8082", Why: "scoped to Test"},
			{Name: "Database Password", Secret: true, Why: "holds everywhere"},
			{Name: "Octopus.Action.Package.InstallationDirectoryPath", Value: "known on the host", Why: "set by step 1"},
		},
	}
	blocked := ask
	blocked.Frame = signedIn(pages.InDashboard, "Deploy 1.0.9 to Prod", "", ask.Crumbs...)
	blocked.Version, blocked.Environment, blocked.Warnings = "1.0.9", "Prod", nil
	blocked.Findings = []pages.Finding{
		{What: "Phase Test needs 1 success, has 0.", WayOut: "Deploy 1.0.9 to Test first."},
		{What: "Step Deploy web app to Nginx has no target: none in Prod has the role web.", WayOut: "Add one with slipway target add, or set no-targets: skip on the step."},
	}
	clash := clashing(crumbs)
	asking := ask
	asking.At, asking.Comment = "2026-11-27T22:00", "After the fair has closed"
	asking.Skips = []pages.SkipChoice{{ID: "1", Step: "Deploy web app to Nginx", Required: true}, {ID: "2", Step: "Warm the cache", Child: true}, {ID: "3", Step: "Deployment Sign Off", Chosen: true}, {ID: "4", Step: "Random quotes deployment status"}}
	asking.Warnings = []string{`Nginx Port (Test) was "8082", is "8092" now; this deployment uses the release's "8082": update the release's variables or make a new release.`}
	asking.Problems = []pages.Problem{{Field: "value-2", Text: "Mode is needed."}}
	asking.Prompts = []pages.Prompt{
		{ID: "value-1", Name: "value.Title", Label: "The title", Variable: "Title", Description: "Stands on the front page.", Value: "Quotes for the fair"},
		{ID: "value-2", Name: "value.Mode", Label: "Mode", Variable: "Mode", Options: []string{"slow", "fast"}, Required: true},
		{ID: "value-3", Name: "value.Greeting", Label: "Greeting", Variable: "Greeting", Value: "Good morning,\nand welcome.", Multiline: true},
		{ID: "value-4", Name: "value.Warm", Label: "Warm the caches", Variable: "WarmCaches", Options: []string{"True", "False"}, Yes: "True", No: "False", Value: "True"},
	}
	ask.Changes = sampleChanges()[:1]
	return []sample{{Name: "release", Page: pages.ReleasePage(sampleRelease(crumbs))}, {Name: "confirm", Page: pages.ConfirmDeployPage(ask)}, {Name: "confirm-asking", Page: pages.ConfirmDeployPage(asking)}, {Name: "confirm-blocked", Page: pages.ConfirmDeployPage(blocked)}, {Name: "confirm-clash", Page: pages.ConfirmDeployPage(clash)}, {Name: "plan", Page: pages.DeploymentPlanPage(samplePlan(clash))}}
}

// clashing is a deployment of a site that another environment has on the same
// host.
func clashing(crumbs []pages.Crumb) pages.ConfirmDeploy {
	return pages.ConfirmDeploy{
		Frame:     signedIn(pages.InDashboard, "Deploy 1.0.42 to Test", "Nothing is there yet.", append(crumbs, pages.Crumb{Text: "1.0.42", Path: "/projects/Projects-1/releases/1.0.42"})...),
		ProjectID: "Projects-1", Project: "Random Quotes", Version: "1.0.42", EnvironmentID: "Environments-2", Environment: "Test",
		Findings: []pages.Finding{
			{What: "iis site RandomQuotes on target win-1 is held by Random Quotes/Dev: give one of them another value, or say `allow: [iis site]` on the step to take it over knowingly."},
		},
		Steps: []pages.PlannedStep{
			{Name: "Deploy web app to IIS", Type: "IIS", Package: "RandomQuotes 1.0.42", Hosts: []string{"win-1"}},
			{Name: "Deployment Sign Off", Type: "Approval"},
		},
		Claims: []pages.Claimed{
			{Kind: "iis site", Value: "RandomQuotes", Step: "Deploy web app to IIS", Hosts: []string{"win-1"}, Holder: "Random Quotes/Dev"},
			{Kind: "port", Value: "8082", Step: "Deploy web app to IIS", Hosts: []string{"win-1"}},
		},
		Values: []pages.PlannedValue{{Name: "IIS Port", Value: "8082", Why: "scoped to Test, project Random Quotes"}},
	}
}

func samplePlan(of pages.ConfirmDeploy) pages.DeploymentPlan {
	v := pages.DeploymentPlan{
		Frame: signedIn(pages.InDashboard, "Plan", "What the deployment of 1.0.42 to Test was to do. This never changes.", append(of.Crumbs, pages.Crumb{Text: "to Test", Path: "/deployments/Deployments-33"})...),
		Facts: []pages.Fact{
			{Label: "Deployment", Text: "Deployments-33", Path: "/deployments/Deployments-33"},
			{Label: "Environment", Text: "Test"},
			{Label: "Plan", Text: sampleHash, Code: true},
		},
		Warnings: []string{"iis site RandomQuotes on target win-1 is held by Random Quotes/Dev, and the step allows that: it takes it over."},
		Steps:    of.Steps, Claims: append([]pages.Claimed(nil), of.Claims...), Values: of.Values,
	}
	v.Claims[0].Allowed = true
	return v
}

func sampleRelease(crumbs []pages.Crumb) pages.Release {
	return pages.Release{
		Frame:     signedIn(pages.InDashboard, "Release 1.0.6", "In Dev since Friday. Test is open.", crumbs...),
		ProjectID: "Projects-1", Project: "Random Quotes", Version: "1.0.6", Created: at("Friday", "2026-11-13 11:12:01"), By: "Ada Lovelace",
		Changed: []string{`Nginx Port (Test) was "8082", is "8092" now.`, `Host (set Shared) is new: "quotes.example.org".`}, Update: &pages.UpdateVariables{Seen: "1"},
		Notes: "<h3>New</h3>\n<ul>\n<li>Quotes are shown in a <strong>larger</strong> type.</li>\n<li>The API names its environment.</li>\n</ul>\n",
		Packages: []pages.ReleasePackage{
			{ID: "RandomQuotes", Version: "1.0.6", Step: "Deploy web app to Nginx", Size: "148 KB", SHA256: sampleHash, Build: sampleBuild()},
			{ID: "RandomQuotes.Reports", Version: "2.0.0", Step: "Deploy the reports", Size: "12 KB", SHA256: sampleHash, Feed: "Artifactory", FeedID: "Feeds-1", Build: &pages.Build{Kind: "Changeset", Short: "4711", Full: "4711", Repository: "$/RandomQuotes", Number: "2026.11.20.3"}},
		},
		Changes: sampleChanges(),
		Deploy:  deploy("Projects-1", "1.0.6", 1),
		Phases: []pages.PhaseProgress{
			{Name: "Dev", Open: true, Environments: []pages.EnvironmentProgress{{Name: "Dev", Cell: pages.Cell{Version: "1.0.6", DeploymentID: "Deployments-31", State: pages.Succeeded, When: at("Friday", "2026-11-13 11:14:01"), Who: "by itself, on push"}}}},
			{Name: "Test", Optional: true, Open: true, Rule: "May be left out.", Environments: []pages.EnvironmentProgress{{Name: "Test", Cell: pages.Cell{Deploy: deploy("Projects-1", "1.0.6", 1)}}}},
			{Name: "Prod", Rule: "Phase Test needs 1 success, has 0.", Environments: []pages.EnvironmentProgress{{Name: "Prod North"}, {Name: "Prod South"}}},
		},
		Deployments: []pages.DeploymentRow{
			{ID: "Deployments-31", Environment: "Dev", State: pages.Succeeded, When: at("Friday", "2026-11-13 11:14:01"), Who: "by itself, on push", Took: "12 s"},
			{ID: "Deployments-29", Environment: "Dev", State: pages.Failed, When: at("Friday", "2026-11-13 11:12:20"), Who: "by itself, on push", Took: "1 min 4 s"},
		},
	}
}
