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

// releasesShown are on a page; ?before=RELEASE shows those before that one.
const releasesShown = 20

func (s *site) projectPage(w http.ResponseWriter, r *http.Request) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	row, err := s.Views.ProjectRow(ctx, p, r.PathValue("project"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	environments, err := s.Views.Environments(ctx, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	before := r.FormValue("before")
	releases, more, err := s.Views.ReleasesBefore(ctx, p, row.Project, before, releasesShown)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := s.project(row, environments)
	home, err := s.projectHome(r, row.Project)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.VariableSets = home.included(row.Project)
	v.MayRelease = p.Allows(pipelines.ReleaseCreate, pipelines.Where{Project: row.Project.Name})
	if p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: row.Project.Name}) {
		s.textPlaces(&v, row.Project)
	}
	if more {
		v.Earlier = pages.ProjectPath(row.Project.ID) + "?before=" + url.QueryEscape(releases[len(releases)-1].ID)
	}
	if before != "" {
		v.Newest = pages.ProjectPath(row.Project.ID)
	}
	for _, release := range releases {
		v.Releases = append(v.Releases, s.releaseRow(p, row.Project, release, environments))
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, row.Project.Name, whereabouts(row, before != "" || len(releases) > 0), dashboardCrumb())
	v.Tabs = projectTabs(p, row.Project, pages.ProjectPath(row.Project.ID))
	s.show(w, r, http.StatusOK, pages.ProjectPage(v))
}

// project is what a project is by itself.
func (s *site) project(row views.Row, environments []pipelines.Environment) pages.Project {
	project := row.Project
	v := pages.Project{
		ID: project.ID, Description: project.Description, Environments: columns(environments),
		Lifecycle: row.Default().Lifecycle.Name, Phases: phases(row.Default().Lifecycle), Steps: s.process(project), Variables: variableRows(project.Variables), Hidden: hiddenValues(row.Hidden),
		Channels: channels(row), PushCommand: "slipway release create " + quoted(project.Name),
	}
	for i, t := range project.Triggers {
		v.Triggers = append(v.Triggers, "A new version of "+packageOf(t)+" makes a release, and the first phase deploys it by itself.")
		if i == 0 && t.Feed == "" {
			v.PushCommand = "slipway push " + t.Package + ".1.0.0.nupkg"
		}
	}
	return v
}

// packageOf is what a trigger waits for, and how it hears of it.
func packageOf(t pipelines.Trigger) string {
	switch {
	case t.Feed == "":
		return t.Package
	case t.Poll == 0:
		return t.Package + " that the feed " + t.Feed + " tells of"
	}
	return t.Package + " in the feed " + t.Feed + ", which is asked every " + t.Poll.String() + ","
}

// quoted is an argument as a shell wants it.
func quoted(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (s *site) releaseRow(p pipelines.Principal, project pipelines.Project, release views.Release, environments []pipelines.Environment) pages.ReleaseRow {
	row := pages.ReleaseRow{Version: release.Number, Channel: channelOf(project, release.ReleaseHead.Release), Created: s.moment(release.Created), By: by(release.CreatedBy, "")}
	for _, e := range environments {
		row.Cells = append(row.Cells, s.releaseCell(p, release, e))
	}
	return row
}

// releaseCell is one release in one environment.
func (s *site) releaseCell(p pipelines.Principal, release views.Release, e pipelines.Environment) pages.Cell {
	newest := release.Newest(e.Name)
	cell := pages.Cell{Outside: newest == nil && !inLifecycle(release, e.Name), Unseen: !seesDeployments(p, release.Project.Name, e.Name)}
	if newest != nil {
		cell = s.deploymentCell(*newest)
		cell.Who = by(newest.CreatedBy, "") // the way in stands on the deployment's page
	}
	again := newest == nil || newest.Status.Ended() && newest.Status != pipelines.Succeeded
	if again && release.OpenTo(e.Name) && p.Allows(pipelines.DeploymentCreate, pipelines.Where{Project: release.Project.Name, Environment: e.Name}) {
		cell.Deploy = deployLink(release.ProjectID, release.Number, e)
	}
	return cell
}

func seesDeployments(p pipelines.Principal, project, environment string) bool {
	return p.Allows(pipelines.DeploymentView, pipelines.Where{Project: project, Environment: environment})
}

func inLifecycle(release views.Release, environment string) bool {
	for _, p := range release.Progression {
		if pipelines.SameName(p.Environment, environment) {
			return true
		}
	}
	return false
}

// whereabouts is a project in one sentence: what is furthest, what moves.
func whereabouts(row views.Row, released bool) string {
	if !released {
		return "No release yet."
	}
	var out []string
	for i := len(row.Cells) - 1; i >= 0; i-- {
		c := row.Cells[i]
		if c.Live != nil && len(out) == 0 {
			out = append(out, c.Live.Release+" is in "+c.Environment.Name)
		}
	}
	for _, c := range row.Cells {
		if c.Newest == nil || c.Newest.Status.Ended() {
			continue
		}
		out = append(out, c.Newest.Release+" "+onTheWay(c.Newest.Status)+" "+c.Environment.Name)
	}
	switch {
	case len(out) > 0:
		return strings.Join(out, "; ") + "."
	case slices.ContainsFunc(row.Cells, func(c views.Cell) bool { return c.Hidden && c.InLifecycle }):
		return "Nothing is deployed where you may see it."
	}
	return "Nothing is deployed yet."
}

func onTheWay(status pipelines.Status) string {
	switch status {
	case pipelines.Waiting:
		return "waits for a person in"
	case pipelines.Queued, pipelines.Pending:
		return "waits for its turn in"
	case pipelines.Cancelling:
		return "is being cancelled in"
	}
	return "is on its way to"
}
