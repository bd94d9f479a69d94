package main

import "slipway/web/pages"

func inventorySamples() []sample {
	return []sample{
		{Name: "packages", Page: pages.PackagesPage(pages.Packages{Frame: signedIn(pages.InPackages, "Packages", "3 packages."), Items: []pages.PackageRow{
			{ID: "HarbourOffice", Latest: "2.4.1", Versions: "31 versions", Pushed: at("yesterday", "2026-11-19 16:38:00"), By: "Bamboo"},
			{ID: "RandomQuotes", Latest: "1.0.9", Versions: "4 versions", Pushed: at("6 min ago", "2026-11-20 14:01:20"), By: "Bamboo"},
			{ID: "Tide.Tables.Web", Latest: "0.19.0-rc.2", Versions: "112 versions", Pushed: at("1 min ago", "2026-11-20 14:06:20"), By: "Ada Lovelace"},
		}, Fetched: []pages.PackageRow{
			{ID: "RandomQuotes", Feed: "Artifactory", Path: "/feeds/Feeds-1?package=RandomQuotes", Latest: "1.0.9", Versions: "3 versions", Pushed: at("6 min ago", "2026-11-20 14:01:20"), UsedBy: []pages.Link{{Text: "Random Quotes", Path: "/projects/Projects-1"}}},
			{ID: "Harbour.Jobs", Feed: "Artifactory", Path: "/feeds/Feeds-1?package=Harbour.Jobs", Versions: "0 versions"},
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
			{Version: "1.0.9", Size: "149 KB", SHA256: sampleHash, Pushed: at("6 min ago", "2026-11-20 14:01:20"), By: "Bamboo", Releases: []pages.Link{{Text: "Random Quotes 1.0.9", Path: "/projects/Projects-1/releases/1.0.9"}}, MoreReleases: "/packages/RandomQuotes/1.0.9", Path: "/packages/RandomQuotes/1.0.9", Build: []pages.Fact{{Label: "Branch", Text: "main"}, {Label: "Commit", Text: "4f1c09ab77d2", Code: true}}, Where: []pages.DeployedAt{{Project: "Random Quotes", Environment: "Dev", DeploymentID: "Deployments-51"}, {Project: "Random Quotes", Environment: "Test", DeploymentID: "Deployments-52"}}},
			{Version: "1.0.7", Size: "148 KB", SHA256: "a" + sampleHash[1:], Pushed: at("Monday", "2026-11-16 17:10:20"), By: "Bamboo", Where: []pages.DeployedAt{{Project: "Random Quotes", Environment: "Prod", DeploymentID: "Deployments-44"}}},
			{Version: "1.0.6", Size: "148 KB", SHA256: "b" + sampleHash[1:], Pushed: at("Friday", "2026-11-13 11:10:20"), By: "Ada Lovelace"},
		}})},
	}
}
