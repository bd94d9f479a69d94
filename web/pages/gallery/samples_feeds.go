package main

import "slipway/web/pages"

func feedSamples() []sample {
	packages, feeds := pages.Crumb{Text: "Packages", Path: "/packages"}, pages.Crumb{Text: "Feeds", Path: "/feeds"}
	list := pages.Feeds{Frame: signedIn(pages.InPackages, "Feeds", "Places outside of Slipway where packages lie.", packages)}
	some := list
	some.Items = []pages.FeedRow{
		{ID: "Feeds-1", Name: "Artifactory", Type: "NuGet", Address: "http://localhost:8041/artifactory/api/nuget/NuGet", Password: "set", Folder: "deploy"},
		{ID: "Feeds-2", Name: "Builds", Type: "S3", Address: "s3://harbour-company-builds-eu-central-1/nightly/nuget/of/a/very/long/prefix/"},
		{ID: "Feeds-3", Name: "Nexus", Type: "NuGet", Address: "https://nexus.example.org/repository/nuget/index.json", Password: "not set yet"},
	}
	filled := some
	filled.New = &pages.NewFeed{Name: "Mirror", Type: "nuget", URL: "nexus", Username: "admin", Problems: []pages.Problem{
		{Field: "url", Text: "The address of a NuGet feed is like http://host:8041/artifactory/api/nuget/NuGet, or https://host/v3/index.json; got \"nexus\"."},
	}}
	list.New = &pages.NewFeed{Type: "nuget"}
	one := pages.Feed{Frame: signedIn(pages.InPackages, "Artifactory", "", packages, feeds), ID: "Feeds-1", Facts: []pages.Fact{
		{Label: "Type", Text: "NuGet"}, {Label: "Address", Text: "http://localhost:8041/artifactory/api/nuget/NuGet", Code: true},
		{Label: "User", Text: "admin"}, {Label: "Password", Text: "in the secret artifactory, set"},
	}, Password: &pages.FeedPassword{Set: true}}
	found, versions, dead := one, one, one
	found.Query = "quotes"
	found.Answer = &pages.FeedAnswer{Answers: true, Text: "Answered in 0.2 s.", IDs: []string{"RandomQuotes", "RandomQuotes.Jobs", "Tide.Quotes.Of.The.Day.Web"}}
	versions.Answer = &pages.FeedAnswer{Answers: true, Text: "Answered in 0.1 s.", Package: "RandomQuotes", More: "And 12 versions more.", Versions: []pages.FeedVersion{
		{Version: "1.0.43", Size: "149 KB", Published: at("6 min ago", "2026-11-20 14:01:20")},
		{Version: "1.0.42", Size: "149 KB", Published: at("yesterday", "2026-11-19 14:01:20"), Fetched: at("yesterday", "2026-11-19 14:02:00"), By: "Ada Lovelace", SHA256: sampleHash},
		{Version: "1.0.41-beta.2", Size: "148 KB"},
	}}
	dead.Answer = &pages.FeedAnswer{Text: "Feed Artifactory (http://localhost:8041/artifactory/api/nuget/NuGet) could not be asked: connection refused."}
	dead.Password = &pages.FeedPassword{Problems: []pages.Problem{{Field: "password", Text: "The value of the secret artifactory has less than 8 characters, too few to be masked in output: take a longer one."}}}
	preview := pages.FeedPreview{Secret: "feed-Mirror", EditPreview: pages.EditPreview{
		Frame: signedIn(pages.InPackages, "What changes", "Nothing is saved yet.", packages, feeds), Path: "/feeds", Saves: "Add this feed",
		Carried: []pages.Hidden{{Name: "name", Value: "Mirror"}}, Lines: []pages.DifferingLine{
			{Sign: "+", Text: "name: Mirror"}, {Sign: "+", Text: "type: nuget"}, {Sign: "+", Text: "url: https://nexus.example.org/repository/nuget/index.json"}, {Sign: "+", Text: "secret: feed-Mirror"},
		},
	}}
	return []sample{
		{Name: "feeds-preview", Page: pages.FeedPreviewPage(preview)},
		{Name: "feeds", Page: pages.FeedsPage(some)},
		{Name: "feeds-problem", Page: pages.FeedsPage(filled)},
		{Name: "feeds-empty", Page: pages.FeedsPage(list)},
		{Name: "feed", Page: pages.FeedPage(one)},
		{Name: "feed-found", Page: pages.FeedPage(found)},
		{Name: "feed-versions", Page: pages.FeedPage(versions)},
		{Name: "feed-dead", Page: pages.FeedPage(dead)},
	}
}
