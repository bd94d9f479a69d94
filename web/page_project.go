package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/pages"
)

// releasesShown are the newest ones; ?all=yes shows every one.
const releasesShown = 20

func (s *site) projectPage(w http.ResponseWriter, r *http.Request) {
	s.showProject(w, r, http.StatusOK, pages.NewRelease{})
}

// showProject shows a project; tried is the release that somebody wanted and
// did not get, and nothing else.
func (s *site) showProject(w http.ResponseWriter, r *http.Request, status int, tried pages.NewRelease) {
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
	limit := releasesShown + 1
	if r.FormValue("all") != "" {
		limit = 0
	}
	releases, err := s.Views.ReleasesOf(ctx, p, row.Project, limit)
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
	if v.NewRelease, err = s.newRelease(r, p, row.Project, tried); err != nil {
		s.fail(w, r, err)
		return
	}
	if limit > 0 && len(releases) == limit {
		releases = releases[:releasesShown]
		v.Earlier = pages.ProjectPath(row.Project.ID) + "?all=yes"
	}
	for _, release := range releases {
		v.Releases = append(v.Releases, s.releaseRow(p, row.Project, release, environments))
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, row.Project.Name, whereabouts(row, len(releases)), dashboardCrumb())
	s.show(w, r, status, pages.ProjectPage(v))
}

// newRelease is the form for whoever may make a release, with the number it
// would get, or where there are channels to choose from, in each of them.
func (s *site) newRelease(r *http.Request, p pipelines.Principal, project pipelines.Project, tried pages.NewRelease) (*pages.NewRelease, error) {
	if !p.Allows(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}) {
		return nil, nil
	}
	choices, err := s.channelChoices(r, p, project)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(choices, func(c pages.ChannelChoice) bool { return c.WhyNot == "" }) {
		return &pages.NewRelease{WhyNot: choices[0].WhyNot}, nil
	}
	if len(choices) > 1 {
		tried.Channels = choices
		if tried.Channel == "" {
			tried.Channel = project.DefaultChannel().Name
		}
		return &tried, nil
	}
	tried.Proposed = choices[0].Proposed
	if len(tried.Problems) == 0 {
		tried.Number = tried.Proposed
	}
	return &tried, nil
}

// channelChoices are the project's channels with the number that a release of
// each would get.
func (s *site) channelChoices(r *http.Request, p pipelines.Principal, project pipelines.Project) ([]pages.ChannelChoice, error) {
	var out []pages.ChannelChoice
	for _, c := range project.AllChannels() {
		choice := pages.ChannelChoice{Name: c.Name}
		proposed, err := s.Requests.ProposeNumber(r.Context(), p, project.ID, c.Name)
		if refused, ok := errors.AsType[*pipelines.Error](err); ok {
			choice.WhyNot = toSentence(refused.Message)
		} else if err != nil {
			return nil, err
		}
		choice.Proposed = proposed
		out = append(out, choice)
	}
	return out, nil
}

// project is what a project is by itself.
func (s *site) project(row views.Row, environments []pipelines.Environment) pages.Project {
	project := row.Project
	v := pages.Project{
		ID: project.ID, Description: project.Description, Environments: columns(environments),
		Lifecycle: row.Default().Lifecycle.Name, Phases: phases(row.Default().Lifecycle), Steps: s.process(project), Variables: variableRows(project.Variables),
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
	cell := pages.Cell{Outside: newest == nil && !inLifecycle(release, e.Name)}
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

func inLifecycle(release views.Release, environment string) bool {
	for _, p := range release.Progression {
		if pipelines.SameName(p.Environment, environment) {
			return true
		}
	}
	return false
}

func (s *site) createRelease(w http.ResponseWriter, r *http.Request) {
	if _, err := s.Views.Project(r.Context(), s.SignIn.Principal(r), r.PathValue("project")); err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	in := requests.ReleaseRequest{
		Project: r.PathValue("project"), Channel: r.PostFormValue("channel"),
		Number: strings.TrimSpace(r.PostFormValue("number")), Notes: r.PostFormValue("notes"),
	}
	release, err := s.Requests.CreateRelease(r.Context(), s.SignIn.Principal(r), in)
	switch {
	case err == nil:
		s.to(w, r, pages.ReleasePath(release.ProjectID, release.Number))
	case forPerson(err):
		tried := pages.NewRelease{Channel: in.Channel, Number: in.Number, Notes: in.Notes, Problems: problemsOf(err, nil)}
		if s.isAboutNumber(r, in, err) {
			tried.Problems[0].Field = "number"
		}
		s.showProject(w, r, formStatus(err), tried)
	default:
		s.fail(w, r, err)
	}
}

// isAboutNumber says whether another number would help: the one asked for is
// none, or is taken.
func (s *site) isAboutNumber(r *http.Request, in requests.ReleaseRequest, err error) bool {
	if in.Number == "" || pipelines.CodeOf(err) == pipelines.Invalid {
		return in.Number != ""
	}
	_, missing := s.Views.Release(r.Context(), s.SignIn.Principal(r), in.Project, in.Number)
	return missing == nil
}

// whereabouts is a project in one sentence: what is furthest, what moves.
func whereabouts(row views.Row, releases int) string {
	if releases == 0 {
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
	if len(out) == 0 {
		return "Nothing is deployed yet."
	}
	return strings.Join(out, "; ") + "."
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
