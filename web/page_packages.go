package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) packagesPage(w http.ResponseWriter, r *http.Request) {
	shelves, err := s.Views.Shelves(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Packages{Frame: s.pageFrame(r, pages.InPackages, "Packages", ""), PushCommand: "slipway push RandomQuotes.1.0.1.nupkg"}
	if len(shelves) > 0 {
		v.Sentence = toSentence(plural(len(shelves), "package"))
	}
	if v.Arrivals, v.MoreArrivals, err = s.wrongArrivals(r); err != nil {
		s.fail(w, r, err)
		return
	}
	v.Tabs = packageTabs(pages.PackagesPath)
	fetched, err := s.Views.FetchedPackages(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, f := range fetched {
		v.Fetched = append(v.Fetched, s.fetchedRow(f))
	}
	for _, shelf := range shelves {
		v.Items = append(v.Items, pages.PackageRow{
			ID: shelf.Newest.ID, Latest: shelf.Newest.Version, Versions: plural(shelf.Versions, "version"),
			Pushed: s.moment(shelf.Newest.Arrived), By: shelf.Newest.ArrivedBy,
		})
	}
	s.show(w, r, http.StatusOK, pages.PackagesPage(v))
}

func (s *site) fetchedRow(f views.Fetched) pages.PackageRow {
	row := pages.PackageRow{
		ID: f.ID, Feed: f.Feed.Name, Path: pages.FeedPackagePath(f.Feed.ID, f.ID), Versions: plural(f.Versions, "version"), UsedBy: linksTo(f.Projects),
	}
	if f.Newest != nil {
		row.Latest, row.Pushed, row.By = f.Newest.Version, s.moment(f.Newest.Arrived), f.Newest.ArrivedBy
	}
	return row
}

// versionsShown are on a page; ?before=VERSION shows those before that one.
const versionsShown = 30

func (s *site) packagePage(w http.ResponseWriter, r *http.Request) {
	p, before := s.SignIn.Principal(r), r.FormValue("before")
	page, err := s.Views.PackagePage(r.Context(), p, r.PathValue("package"), before, versionsShown)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	id := r.PathValue("package")
	if len(page.Packages) > 0 {
		id = page.Packages[0].ID
	}
	v := pages.PackageVersions{
		Frame: s.pageFrame(r, pages.InPackages, id, toSentence(plural(page.Count, "version")), pages.Crumb{Text: "Packages", Path: pages.PackagesPath}),
		ID:    id,
	}
	if page.Next != "" {
		v.Earlier = pages.PackagePath(id) + "?before=" + url.QueryEscape(page.Next)
	}
	if before != "" {
		v.Newest = pages.PackagePath(id)
	}
	if v.Items, err = s.versionRows(r, p, page.Packages); err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.PackageVersionsPage(v))
}

func (s *site) versionRows(r *http.Request, p pipelines.Principal, all []pipelines.Package) ([]pages.PackageVersion, error) {
	if len(all) == 0 {
		return nil, nil
	}
	id, named := all[0].ID, make([]string, len(all))
	for i, one := range all {
		named[i] = one.Version
	}
	installed, err := s.Views.Installed(r.Context(), p, id)
	if err != nil {
		return nil, err
	}
	using, err := s.Views.ReleasesWith(r.Context(), p, id, named, mostReleases)
	if err != nil {
		return nil, err
	}
	out := make([]pages.PackageVersion, len(all))
	for i, one := range all {
		out[i] = pages.PackageVersion{
			Version: one.Version, Size: size(one.Size), SHA256: one.SHA256, Path: pages.PackageVersionPath(id, one.Version),
			Pushed: s.moment(one.Arrived), By: one.ArrivedBy, Where: whereRuns(one, installed), Releases: usingShown(using[i].Releases),
		}
		if using[i].Next != "" {
			out[i].MoreReleases = out[i].Path
		}
		built, ok, err := s.Views.BuildInformation(r.Context(), p, id, one.Version)
		if err != nil {
			return nil, err
		}
		if ok {
			out[i].Build = builtFacts(built)
		}
	}
	return out, nil
}

// mostReleases are as many as one reads in a row of a table.
const mostReleases = 4

func usingShown(all []views.Using) (links []pages.Link) {
	for _, one := range all {
		links = append(links, pages.Link{Text: one.Project.Name + " " + one.Number, Path: pages.ReleasePath(one.Project.ID, one.Number)})
	}
	return links
}

// builtFacts are where a version comes from, in short.
func builtFacts(b pipelines.BuildInformation) []pages.Fact {
	var out []pages.Fact
	if b.Branch != "" {
		out = append(out, pages.Fact{Label: "Branch", Text: b.Branch})
	}
	if b.Commit != "" {
		out = append(out, pages.Fact{Label: "Commit", Text: b.Commit[:min(len(b.Commit), 12)], Code: true})
	}
	if b.Changeset != "" {
		out = append(out, pages.Fact{Label: "Changeset", Text: b.Changeset, Code: true})
	}
	if b.BuildNumber != "" || b.BuildURL != "" {
		out = append(out, pages.Fact{Label: "Build", Text: strings.TrimSpace("build " + b.BuildNumber), Address: b.BuildURL})
	}
	return out
}

// whereRuns are the places where this very version runs now.
func whereRuns(p pipelines.Package, installed []pipelines.Deployment) []pages.DeployedAt {
	var out []pages.DeployedAt
	for _, d := range installed {
		if p.In(d) {
			out = append(out, pages.DeployedAt{Project: d.Project, Environment: d.Environment, DeploymentID: d.ID})
		}
	}
	return out
}

// arrivalsShown are as many as one reads.
const arrivalsShown = 3

// wrongArrivals are what was put into the bucket in vain, and what is said of
// those that are too many to show.
func (s *site) wrongArrivals(r *http.Request) ([]pages.WrongArrival, string, error) {
	all, err := s.Views.WrongArrivals(r.Context(), s.SignIn.Principal(r))
	var out []pages.WrongArrival
	more := ""
	if n := len(all) - arrivalsShown; n > 0 {
		all, more = all[:arrivalsShown], fmt.Sprintf("And %d more in the last 7 days.", n)
	}
	for _, a := range all {
		out = append(out, wrongArrival(a, s.moment(a.At)))
	}
	return out, more, err
}

func wrongArrival(a records.Arrival, at pages.Moment) pages.WrongArrival {
	if a.Outcome == records.Refused {
		return pages.WrongArrival{Name: path.Base(a.Key), Key: a.Key, What: "was refused", At: at, Why: toSentence(a.Why)}
	}
	return pages.WrongArrival{Name: a.Package, Key: a.Key, What: "made no release", At: at, Why: toSentence(strings.Join(a.Problems, ". "))}
}
