package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/pages"
)

// commitsShown bounds the commits of one package in a list of changes.
const commitsShown = 100

// buildOf is where a version of a package comes from, nil where nobody told.
func (s *site) buildOf(r *http.Request, p pipelines.Principal, id, version string) (*pages.Build, error) {
	b, known, err := s.Views.BuildInformation(r.Context(), p, id, version)
	if err != nil || !known {
		return nil, err
	}
	return s.build(b), nil
}

func (s *site) build(b pipelines.BuildInformation) *pages.Build {
	out := &pages.Build{
		Kind: revisionWord(b), Short: b.ShortRevision(b.Revision()), Full: b.Revision(), Address: b.CommitAddress(b.Revision()),
		Branch: b.Branch, Repository: b.Repository, RepositoryLink: b.RepositoryAddress(), Number: b.BuildNumber, BuildLink: b.BuildURL,
		Sent: s.moment(b.Sent), By: b.SentBy,
	}
	for _, c := range b.Commits {
		out.Commits = append(out.Commits, commitOf(pipelines.ChangedCommit{Commit: c, Build: b}))
	}
	if b.LeftOut > 0 {
		out.More = "and " + plural(b.LeftOut, "more commit") + " that are not kept"
	}
	return out
}

// revisionWord is what a change is called in its kind of repository.
func revisionWord(b pipelines.BuildInformation) string {
	switch b.Type {
	case pipelines.TFVC:
		return "Changeset"
	case pipelines.Git:
		return "Commit"
	}
	return "Revision"
}

func commitOf(c pipelines.ChangedCommit) pages.Commit {
	first, rest, _ := strings.Cut(c.Message, "\n")
	return pages.Commit{
		Short: c.Build.ShortRevision(c.ID), Full: c.ID, Address: c.Build.CommitAddress(c.ID),
		First: first, Rest: strings.TrimSpace(rest), Author: c.Author,
	}
}

// changesOf are what a release brings to the environments that have another one,
// those with the same release together.
func (s *site) changesOf(r *http.Request, p pipelines.Principal, release views.Release, environments []pipelines.Environment) ([]pages.Changes, error) {
	var out []pages.Changes
	where := map[string][]string{}
	for _, e := range environments {
		if !inLifecycle(release, e.Name) || !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: release.Project.Name, Environment: e.Name}) {
			continue
		}
		since, err := s.Views.ChangesSince(r.Context(), p, release.Release, e)
		if err != nil {
			return nil, err
		}
		if since.From == release.Number {
			continue
		}
		shown := changesShown(release.ProjectID, since)
		if where[shown.Since+shown.There] = append(where[shown.Since+shown.There], e.Name); len(where[shown.Since+shown.There]) == 1 {
			out = append(out, shown)
		}
	}
	out = slices.DeleteFunc(out, func(c pages.Changes) bool { return c.Since == "" && !tells(c) })
	for i := range out {
		out[i].Where = anded(where[out[i].Since+out[i].There])
	}
	return out, nil
}

// tells says whether there is a commit to read.
func tells(c pages.Changes) bool {
	return slices.ContainsFunc(c.Packages, func(p pages.ChangedPackage) bool { return len(p.Commits) > 0 })
}

// changesOnTheWay are what a deployment would bring.
func (s *site) changesOnTheWay(r *http.Request, d pipelines.Deployment) pipelines.Changes {
	release := pipelines.Release{ProjectID: d.ProjectID, Number: d.Release, Packages: d.Packages, Project: pipelines.Project{Name: d.Project}}
	since, err := s.Views.ChangesSince(r.Context(), s.SignIn.Principal(r), release, pipelines.Environment{ID: d.EnvironmentID, Name: d.Environment})
	if err != nil {
		s.Log.Error("changes since", "release", d.ReleaseID, "error", err) // the page says less without them
	}
	return since
}

// changesTo shows them where there is something to read.
func changesTo(d pipelines.Deployment, since pipelines.Changes) []pages.Changes {
	out := changesShown(d.ProjectID, since)
	if out.Where = d.Environment; since.From == d.Release || !tells(out) && since.From == "" {
		return nil
	}
	return []pages.Changes{out}
}

func changesShown(project string, since pipelines.Changes) pages.Changes {
	out := pages.Changes{Since: since.From}
	if since.From != "" {
		out.Path = pages.ReleasePath(project, since.From)
	} else if since.Left != nil {
		out.There = since.Unreplaced("")
	}
	for _, change := range since.Packages {
		row := pages.ChangedPackage{Name: change.Package, From: change.From, To: change.To, Back: change.Back}
		all := change.Commits()
		for i, c := range all {
			if i == commitsShown {
				row.More = "and " + plural(len(all)-i, "more commit")
				break
			}
			shown := commitOf(c)
			shown.Version = c.Build.Version
			row.Commits = append(row.Commits, shown)
		}
		switch {
		case change.More > 0:
			row.Untold = toSentence(plural(change.More, "older version") + " on the way were not looked at")
		case change.Untold > 0 && len(change.Builds) == 0:
			row.Untold = "Nobody has told where its versions come from: `slipway push` does, with --commit."
		case change.Untold > 0:
			row.Untold = toSentence("of " + plural(change.Untold, "version") + " on the way nobody has told the commits")
		}
		out.Packages = append(out.Packages, row)
	}
	return out
}

// packageVersionPage shows one version of a pushed package.
func (s *site) packageVersionPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	one, err := s.Views.PackageVersion(r.Context(), p, r.PathValue("package"), r.PathValue("version"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	installed, err := s.Views.Installed(r.Context(), p, one.ID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	pushed := s.moment(one.Arrived)
	v := pages.PackageVersionView{
		Facts: []pages.Fact{
			{Label: "Pushed", Text: pushed.Text + " by " + one.ArrivedBy, Exact: pushed.Exact},
			{Label: "Size", Text: size(one.Size) + " in " + plural(one.Entries, "file")},
			{Label: "SHA-256", Text: one.SHA256, Code: true},
		},
		Where: whereRuns(one, installed), Notes: one.Notes,
		Push: "slipway build-information " + quoted(one.ID) + " " + quoted(one.Version) + " --commit COMMIT --branch BRANCH --repository URL --build-url URL",
	}
	if err := s.releasesOf(r, p, one, &v); err != nil {
		s.fail(w, r, err)
		return
	}
	if v.Build, err = s.buildOf(r, p, one.ID, one.Version); err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.pageFrame(r, pages.InPackages, one.ID+" "+one.Version, runsIn(v.Where), pages.Crumb{Text: "Packages", Path: pages.PackagesPath}, pages.Crumb{Text: one.ID, Path: pages.PackagePath(one.ID)})
	s.show(w, r, http.StatusOK, pages.PackageVersionViewPage(v))
}

// usesShown are on a page of a version; ?before=ID shows those before that release.
const usesShown = 50

// releasesOf adds the releases that have chosen a version.
func (s *site) releasesOf(r *http.Request, p pipelines.Principal, one pipelines.Package, v *pages.PackageVersionView) error {
	before, home := r.FormValue("before"), pages.PackageVersionPath(one.ID, one.Version)
	using, err := s.Views.ReleasesBehind(r.Context(), p, one.ID, one.Version, before, usesShown)
	v.Releases = usingShown(using.Releases)
	if using.Next != "" {
		v.Earlier = home + "?before=" + url.QueryEscape(using.Next)
	}
	if before != "" {
		v.Newest = home
	}
	return err
}

// runsIn is where a version runs now, in words.
func runsIn(where []pages.DeployedAt) string {
	if len(where) == 0 {
		return "It runs nowhere now."
	}
	places := make([]string, len(where))
	for i, at := range where {
		places[i] = at.Project + " in " + at.Environment
	}
	return "It runs as " + anded(places) + "."
}

// buildFacts are where the packages of a deployment come from.
func (s *site) buildFacts(r *http.Request, d pipelines.Deployment) []pages.Fact {
	var out []pages.Fact
	for _, chosen := range d.Packages {
		b, known, err := s.Views.BuildInformation(r.Context(), s.SignIn.Principal(r), chosen.Package, chosen.Version)
		if err != nil {
			s.Log.Error("build information", "package", chosen.Package, "error", err) // the page says less without it
		}
		if err != nil || !known {
			continue
		}
		if id := b.Revision(); id != "" {
			out = append(out, pages.Fact{Label: revisionWord(b), Text: strings.TrimSpace(b.ShortRevision(id) + " " + inBranch(b)), Code: true, Address: b.CommitAddress(id)})
		} else if b.Branch != "" {
			out = append(out, pages.Fact{Label: "Branch", Text: b.Branch})
		}
		if b.BuildNumber != "" || b.BuildURL != "" {
			text := b.BuildNumber
			if text == "" {
				text = "its page"
			}
			out = append(out, pages.Fact{Label: "Build", Text: text, Address: b.BuildURL})
		}
	}
	return out
}

func inBranch(b pipelines.BuildInformation) string {
	if b.Branch == "" {
		return ""
	}
	return "(" + b.Branch + ")"
}
