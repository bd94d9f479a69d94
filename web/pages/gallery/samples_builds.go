package main

import "slipway/web/pages"

const sampleCommit = "4f1c9e2d07a55c6e8b13f9a0d4472c9e6b8a1f03"

func buildSamples() []sample {
	home := []pages.Crumb{{Text: "Dashboard", Path: "/"}, {Text: "Random Quotes", Path: "/projects/Projects-1"}}
	packages := []pages.Crumb{{Text: "Packages", Path: "/packages"}, {Text: "RandomQuotes", Path: "/packages/RandomQuotes"}}
	fresh := pages.NewRelease{
		Frame: signedIn(pages.InDashboard, "Create release", "", home...), Project: "Projects-1", Channel: "Default",
		Number: "1.0.10", Proposed: "1.0.10",
		Packages: []pages.PackageChoice{{ID: "version-1", Name: "package.built-in/RandomQuotes", Package: "RandomQuotes", Steps: "Deploy web app to Nginx", Chosen: "1.0.9", Versions: []string{"1.0.9", "1.0.8", "1.0.7"}}},
	}
	refused := fresh
	refused.Channel, refused.Number, refused.Notes = "Beta", "1.0.9", "The quote of the day is **back**."
	refused.Channels = []pages.ChannelChoice{{Name: "Stable"}, {Name: "Beta", Description: "What the testers see first."}}
	refused.Packages = []pages.PackageChoice{
		{ID: "version-1", Name: "package.built-in/RandomQuotes", Package: "RandomQuotes", Steps: "Deploy web app to Nginx", Chosen: "1.0.3", Versions: []string{"1.1.0-beta.2", "1.1.0-beta.1"}, Help: "12 older versions can be named with `slipway release create --package`."},
		{ID: "version-2", Name: "package.Artifactory/RandomQuotes.Reports", Package: "RandomQuotes.Reports", Feed: "Artifactory", Steps: "Deploy the reports", Help: "Feed Artifactory has not answered in time."},
	}
	refused.Problems = []pages.Problem{{Field: "version-1", Text: "Channel Beta takes of RandomQuotes only pre-releases: 1.0.3 is none."}}
	nothing := pages.NewRelease{Frame: fresh.Frame, Project: "Projects-4", WhyNot: "Project Lighthouse has no steps: a release would deploy nothing."}

	version := pages.PackageVersionView{
		Frame: signedIn(pages.InPackages, "RandomQuotes 1.0.6", "", packages...),
		Facts: []pages.Fact{{Label: "Pushed", Text: "Friday by Ada Lovelace", Exact: "2026-11-13 11:12:01 UTC"}, {Label: "Size", Text: "148 kB in 38 files"}, {Label: "SHA-256", Text: sampleHash, Code: true}},
		Build: sampleBuild(), Where: []pages.DeployedAt{{Project: "Random Quotes", Environment: "Dev", DeploymentID: "Deployments-31"}}, Notes: "First version with the larger type.",
	}
	untold := version
	untold.Build, untold.Where, untold.Notes = nil, nil, ""
	untold.Push = "slipway build-information RandomQuotes 1.0.6 --commit COMMIT --branch BRANCH --repository URL --build-url URL"
	return []sample{
		{Name: "new-release", Page: pages.NewReleasePage(fresh)}, {Name: "new-release-refused", Page: pages.NewReleasePage(refused)}, {Name: "new-release-nothing", Page: pages.NewReleasePage(nothing)},
		{Name: "package-version", Page: pages.PackageVersionViewPage(version)}, {Name: "package-version-untold", Page: pages.PackageVersionViewPage(untold)},
		{Name: "process", Page: pages.ProcessPage(sampleProcess(home))},
	}
}

func sampleBuild() *pages.Build {
	return &pages.Build{
		Kind: "Commit", Short: sampleCommit[:8], Full: sampleCommit, Address: "https://github.com/OctopusSamples/RandomQuotes-Ruby/commit/" + sampleCommit,
		Branch: "main", Repository: "https://github.com/OctopusSamples/RandomQuotes-Ruby.git", RepositoryLink: "https://github.com/OctopusSamples/RandomQuotes-Ruby.git",
		Number: "118", BuildLink: "https://ci.example.org/random-quotes/118", Sent: at("Friday", "2026-11-13 11:12:00"), By: "the build", Commits: sampleCommits(),
	}
}

func sampleCommits() []pages.Commit {
	return []pages.Commit{
		{Short: "4f1c9e2d", Full: sampleCommit, Address: "https://github.com/OctopusSamples/RandomQuotes-Ruby/commit/" + sampleCommit, First: "Show quotes in a larger type", Rest: "People in the harbour office asked for it.", Author: "Ada Lovelace"},
		{Short: "a81b20f7", Full: "a81b20f7d07a55c6e8b13f9a0d4472c9e6b8a1f0", First: "The API names its environment", Author: "Grace Hopper"},
	}
}

func sampleChanges() []pages.Changes {
	commits := sampleCommits()
	commits[0].Version, commits[1].Version = "1.0.6", "1.0.5"
	return []pages.Changes{
		{Since: "1.0.4", Where: "Test and Prod", Path: "/projects/Projects-1/releases/1.0.4", Packages: []pages.ChangedPackage{
			{Name: "RandomQuotes", From: "1.0.4", To: "1.0.6", Commits: commits, More: "and 3 more commits", Untold: "Of 1 version on the way nobody has told the commits."},
			{Name: "RandomQuotes.Reports", From: "2.1.0", To: "2.0.0", Back: true, Untold: "Nobody has told where its versions come from: `slipway push` does, with --commit."},
		}},
		{Since: "1.0.5", Where: "Lab", Path: "/projects/Projects-1/releases/1.0.5"},
	}
}

func sampleProcess(crumbs []pages.Crumb) pages.Process {
	steps := []pages.ProcessNode{
		{ID: "1", First: 5, Last: 12, ProcessStep: pages.ProcessStep{Name: "Deploy web app to Nginx", Type: "NGINX", Where: "on targets with role web", Details: []string{"Package RandomQuotes. Port #{Nginx Port}."}},
			Settings: []pages.Fact{{Label: "package", Text: "RandomQuotes"}, {Label: "bindings 1 port", Text: "#{Nginx Port}"}}},
		{ID: "2", First: 13, Last: 17, ProcessStep: pages.ProcessStep{Name: "Deployment Sign Off", Type: "Approval", Where: "asks Project Stakeholders", Condition: "cannot be left out; not in Dev", Details: []string{"Open the application and confirm it meets all the requirements."}}},
		{ID: "3", First: 18, Last: 22, ProcessStep: pages.ProcessStep{Name: "Warm the caches", Type: "Script", Where: "on targets with role web", Details: []string{"Runs after Deploy web app to Nginx."}}},
		{ID: "4", First: 23, Last: 27, ProcessStep: pages.ProcessStep{Name: "Random quotes deployment status", Type: "Mail", Condition: "always, also after a failure"}},
	}
	v := pages.Process{
		Frame: signedIn(pages.InDashboard, "Process", "4 steps.", crumbs...), Project: "Projects-1", Steps: steps,
		Export: "slipway export project 'Random Quotes' > slipway.yaml", Apply: "slipway diff . && slipway apply .", Edit: "/projects/Projects-1/text",
	}
	for i, needs := range [][]string{nil, {"1"}, {"1"}, {"2", "3"}} {
		s := steps[i]
		v.Graph.Steps = append(v.Graph.Steps, pages.GraphStep{ID: s.ID, Name: s.Name, Type: s.Type, Plain: true, Note: s.Type, Needs: needs, Path: "/projects/Projects-1/process#step-" + s.ID})
	}
	for i, text := range []string{"projects:", "  - name: Random Quotes", "    lifecycle: Dev, Test, and Prod", "    steps:", "      - name: Deploy web app to Nginx", "        nginx:", "          package: RandomQuotes", "          roles: [web]"} {
		v.Text = append(v.Text, pages.TextLine{Number: i + 1, Text: text})
	}
	for i := 9; i <= 27; i++ {
		v.Text = append(v.Text, pages.TextLine{Number: i, Text: "        …"})
	}
	return v
}

func waitingRecord() []pages.StepRecord {
	return []pages.StepRecord{
		{Number: "1", Name: "Deploy web app to Nginx", Type: "NGINX", State: pages.Succeeded, Began: "20 Nov 14:05:40", Took: "11 s", Path: "/deployments/Deployments-52?step=1"},
		{Number: "2", Name: "Deployment Sign Off", Type: "Approval", State: pages.Waiting, Began: "20 Nov 14:05:51", Said: []string{"Approved by Stella Stakeholder (session): the quotes look right."}, Path: "/deployments/Deployments-52?step=2"},
		{Number: "3", Name: "Random quotes deployment status", Type: "Mail", State: pages.Queued, Path: "/deployments/Deployments-52?step=3"},
	}
}

func failedRecord() []pages.StepRecord {
	out := waitingRecord()
	out[0].State, out[0].Said = pages.Failed, []string{"It failed on 1 of 4 hosts, and `nginx -t` says why."}
	out[0].Hosts = []pages.HostRecord{
		{Name: "web-2", State: pages.Failed, Path: "/deployments/Deployments-52?step=1&host=web-2", Said: []string{`nginx -t refused the new configuration: unknown directive "try_file" in /etc/nginx/conf.d/random-quotes-test.conf:14. The former files are back, byte for byte.`, "3 attempts were made.", "Of attempt 2, Grace Hopper chose to retry (session): the port was free again."},
			Last: []string{"nginx: [emerg] unknown directive \"try_file\" in /etc/nginx/conf.d/random-quotes-test.conf:14", "nginx: configuration file /etc/nginx/nginx.conf test failed"}, LastLine: "Line 19 of its log", LastPath: "/deployments/Deployments-52?step=1&host=web-2#L19"},
		{Name: "web-3", State: pages.Unknown, Path: "/deployments/Deployments-52?step=1&host=web-3", Said: []string{"The host was gone before it said how the step ended."}},
	}
	out[0].MoreHosts = "and 2 more hosts"
	out[1].State, out[1].Said = pages.Skipped, []string{"Step Deploy web app to Nginx did not succeed."}
	out[2].State = pages.Succeeded
	return out
}

// searchedDeployment shows one host's lines of a step, around what was looked for.
func searchedDeployment() pages.Deployment {
	d := failedDeployment()
	d.Log = foundLog()
	d.Log.Step, d.Log.Host, d.Log.All = "1", "web-2", "/deployments/Deployments-52"
	d.Log.Filter = "step Deploy web app to Nginx on web-2"
	d.Log.Hosts = []pages.Link{{Text: "web-1", Path: "/deployments/Deployments-52?step=1&host=web-1"}, {Text: "web-2", Path: "/deployments/Deployments-52?step=1&host=web-2"}}
	d.Log.Said = []string{"Failed: it failed on 1 of 4 hosts.", "web-2: 3 attempts were made."}
	return d
}
