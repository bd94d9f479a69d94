package main

import "slipway/web/pages"

func inventorySamples() []sample {
	return []sample{
		{Name: "packages", Page: pages.PackagesPage(pages.Packages{Frame: signedIn(pages.InPackages, "Packages", "3 packages."), Items: []pages.PackageRow{
			{ID: "HarbourOffice", Latest: "2.4.1", Versions: "31 versions", Pushed: at("yesterday", "2026-11-19 16:38:00"), By: "Bamboo"},
			{ID: "RandomQuotes", Latest: "1.0.9", Versions: "4 versions", Pushed: at("6 min ago", "2026-11-20 14:01:20"), By: "Bamboo"},
			{ID: "Tide.Tables.Web", Latest: "0.19.0-rc.2", Versions: "112 versions", Pushed: at("1 min ago", "2026-11-20 14:06:20"), By: "Ada Lovelace"},
		}})},
		{Name: "packages-arrivals", Page: pages.PackagesPage(pages.Packages{Frame: signedIn(pages.InPackages, "Packages", "1 package."), Items: []pages.PackageRow{
			{ID: "RandomQuotes", Latest: "1.0.9", Versions: "4 versions", Pushed: at("6 min ago", "2026-11-20 14:01:20"), By: "the bucket"},
		}, Arrivals: []pages.WrongArrival{
			{Name: "RandomQuotes.1.0.9.nupkg", What: "was refused", Key: "packages/nightly/RandomQuotes.1.0.9.nupkg", At: at("2 min ago", "2026-11-20 14:05:20"), Why: "Package RandomQuotes 1.0.9 is here already with other bytes (SHA-256 5b3a1f0c92d4…, this file has 0c77aa01be52…): a version never changes, give the new build a new version."},
			{Name: "HarbourOffice 2.4.1", What: "made no release", Key: "packages/HarbourOffice.2.4.1.zip", At: at("1 h ago", "2026-11-20 13:02:20"), Why: "Harbour makes no release of it: package HarbourOffice.Jobs has no version yet."},
			{Name: "notes with a very long name that no package would ever have been given by anybody.txt", What: "was refused", Key: "packages/notes with a very long name that no package would ever have been given by anybody.txt", At: at("yesterday", "2026-11-19 16:38:00"), Why: "Package file \"notes.txt\": the file extension \".txt\" is not supported; a package ends in .nupkg, .zip or .tar.gz."},
		}, MoreArrivals: "And 3 more in the last 7 days."})},
		{Name: "packages-empty", Page: pages.PackagesPage(pages.Packages{Frame: signedIn(pages.InPackages, "Packages", ""), PushCommand: "slipway push RandomQuotes.1.0.1.nupkg"})},
		{Name: "package-versions", Page: pages.PackageVersionsPage(pages.PackageVersions{Frame: signedIn(pages.InPackages, "RandomQuotes", "4 versions; 1.0.7 is in Prod.", pages.Crumb{Text: "Packages", Path: "/packages"}), ID: "RandomQuotes", Items: []pages.PackageVersion{
			{Version: "1.0.9", Size: "149 KB", SHA256: sampleHash, Pushed: at("6 min ago", "2026-11-20 14:01:20"), By: "Bamboo", Where: []pages.DeployedAt{{Project: "Random Quotes", Environment: "Dev", DeploymentID: "Deployments-51"}, {Project: "Random Quotes", Environment: "Test", DeploymentID: "Deployments-52"}}},
			{Version: "1.0.7", Size: "148 KB", SHA256: "a" + sampleHash[1:], Pushed: at("Monday", "2026-11-16 17:10:20"), By: "Bamboo", Where: []pages.DeployedAt{{Project: "Random Quotes", Environment: "Prod", DeploymentID: "Deployments-44"}}},
			{Version: "1.0.6", Size: "148 KB", SHA256: "b" + sampleHash[1:], Pushed: at("Friday", "2026-11-13 11:10:20"), By: "Ada Lovelace"},
		}})},
		{Name: "targets", Page: pages.TargetsPage(pages.Targets{Frame: signedIn(pages.InTargets, "Targets", "3 of 4 targets answer."), Items: []pages.TargetRow{
			{Name: "web-1", Address: "deploy@10.0.4.11:22", Roles: []string{"web"}, Environments: []string{"Dev", "Test"}, Health: pages.Succeeded, HealthWord: "Answers", Checked: at("1 min ago", "2026-11-20 14:06:20"), Detail: "Debian 13, 14 GB free"},
			{Name: "web-2", Address: "deploy@10.0.4.12:22", Roles: []string{"web", "cron"}, Environments: []string{"Prod"}, Health: pages.Failed, HealthWord: "Does not answer", Checked: at("3 min ago", "2026-11-20 14:04:20"), Detail: "The host key is not the pinned one. If the host was set up anew, run slipway target add web-2 again."},
			{Name: "db-1", Address: "deploy@db.example.org:2222", Roles: []string{"db"}, Environments: []string{"Dev", "Test", "Prod"}, Health: pages.Unknown, HealthWord: "Not checked"},
			{Name: "web-0", Address: "deploy@10.0.4.10:22", Disabled: true, Health: pages.Succeeded, HealthWord: "Answers", Checked: at("1 h ago", "2026-11-20 13:04:20")},
		}})},
		{Name: "targets-empty", Page: pages.TargetsPage(pages.Targets{Frame: signedIn(pages.InTargets, "Targets", ""), AddCommand: "slipway target add web-1 --ssh deploy@10.0.4.11 --role web --environment Dev"})},
		{Name: "people", Page: pages.PeoplePage(pages.People{Frame: signedIn(pages.InPeople, "People", "People and teams are kept as text: change them with slipway apply."), Users: []pages.UserRow{
			{Name: "ada", Display: "Ada Lovelace", Mail: "ada@example.org", Teams: []string{"Project Stakeholders"}, Note: "administrator"},
			{Name: "grace", Display: "Grace Hopper", Mail: "grace@example.org", Teams: []string{"Project Stakeholders", "Harbour"}},
		}, Teams: []pages.TeamRow{{Name: "Project Stakeholders", Members: []string{"Ada Lovelace", "Grace Hopper"}}, {Name: "Night watch"}}})},
		{Name: "keys", Page: pages.KeysPage(pages.Keys{Frame: signedIn(pages.InKeys, "API keys", "Each acts as you, with your rights."), Items: []pages.KeyRow{
			{ID: "Keys-1", Purpose: "Bamboo", Hint: "API-7QK2…", Created: at("2 Nov", "2026-11-02 10:00:00")},
			{ID: "Keys-2", Purpose: "Laptop", Hint: "API-X04M…", Created: at("9 Nov", "2026-11-09 10:00:00"), Expires: at("in 30 days", "2026-12-20 10:00:00")},
		}})},
		{Name: "keys-empty", Page: pages.KeysPage(pages.Keys{Frame: signedIn(pages.InKeys, "API keys", ""), Problems: []pages.Problem{{Field: "purpose", Text: "Say what the key is for; it is how you will know it later."}}})},
		{Name: "key-shown", Page: pages.KeyShownPage(pages.KeyShown{Frame: signedIn(pages.InKeys, "New API key", ""), Purpose: "Bamboo", Key: "API-8Q2M0VXK41TYZB7WRN5CHDG3", Command: "slipway login https://slipway.example.org --key-stdin"})},
	}
}
