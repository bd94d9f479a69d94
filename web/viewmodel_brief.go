package web

import (
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/markdown"
	"slipway/runner/records"
	"slipway/web/pages"
)

// briefCommits bounds the commits that stand beside a decision.
const briefCommits = 10

// briefOf is what is decided about a deployment, as pages show it.
func briefOf(d pipelines.Deployment, about records.About) pages.Brief {
	out := pages.Brief{Replaces: d.Replaces, There: about.Changes.Unreplaced(d.ID), Older: d.Older, Notes: markdown.HTML(strings.TrimSpace(about.Notes))}
	for _, chosen := range d.Packages {
		one := pages.BriefPackage{Name: chosen.Package, Version: chosen.Version, SHA256: chosen.SHA256, Same: d.Replaces != ""}
		for _, change := range about.Changes.Packages {
			if pipelines.SameName(change.Package, chosen.Package) && pipelines.SameName(change.Feed, chosen.Feed) {
				one = briefPackage(one, change)
			}
		}
		out.Packages = append(out.Packages, one)
	}
	return out
}

func briefPackage(one pages.BriefPackage, change pipelines.PackageChange) pages.BriefPackage {
	one.Was, one.Same = change.From, false
	all := change.Commits()
	for i, c := range all {
		if i == briefCommits {
			break
		}
		first, _, _ := strings.Cut(c.Message, "\n")
		one.Commits = append(one.Commits, pages.BriefCommit{Short: c.Build.ShortRevision(c.ID), Message: first, Author: c.Author, Address: c.Build.CommitAddress(c.ID)})
	}
	if more := len(all) - briefCommits; more > 0 {
		one.More = "and " + plural(more, "more commit")
	}
	if change.Back && len(all) > 0 {
		one.More = strings.TrimSpace("These are taken away: the version that is there is newer. " + one.More)
	}
	return one
}
