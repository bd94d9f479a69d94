package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) dashboardPage(w http.ResponseWriter, r *http.Request) {
	v, err := s.dashboard(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, "Dashboard", v.Sentence)
	s.show(w, r, http.StatusOK, pages.DashboardPage(v))
}

// dashboardLive answers an open dashboard: with nothing while nothing moved, which
// is found, as a rule, without looking at what is where.
func (s *site) dashboardLive(w http.ResponseWriter, r *http.Request) {
	p, now, seen := s.SignIn.Principal(r), s.Now(), r.FormValue("rev")
	mark, err := s.Views.Mark(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if s.still.holds(seenBy(p, seen), mark, now) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	v, err := s.dashboardAt(r, mark, now)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if v.LivePath == liveDashboard(seen) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.show(w, r, http.StatusOK, pages.DashboardGrid(v))
}

func liveDashboard(revision string) string {
	return pages.DashboardLivePath + "?rev=" + url.QueryEscape(revision)
}

func seenBy(p pipelines.Principal, revision string) string { return p.UserID + " " + revision }

// dashboard is the grid in a bare frame.
func (s *site) dashboard(r *http.Request) (pages.Dashboard, error) {
	now := s.Now()
	mark, err := s.Views.Mark(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		return pages.Dashboard{}, err
	}
	return s.dashboardAt(r, mark, now)
}

// dashboardAt is the grid as it is since a moment, when its mark was read.
func (s *site) dashboardAt(r *http.Request, mark string, since time.Time) (pages.Dashboard, error) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	rows, err := s.Views.Dashboard(ctx, p)
	if err != nil {
		return pages.Dashboard{}, err
	}
	environments, err := s.Views.Environments(ctx, p)
	if err != nil {
		return pages.Dashboard{}, err
	}
	v := pages.Dashboard{Frame: s.bareFrame("", s.summary(rows)), Environments: columns(environments)}
	if p.Allows(pipelines.ProjectView, pipelines.Where{}) {
		v.FirstCommand = "slipway login " + cmp.Or(s.BaseURL, "http://127.0.0.1:8480") + "\nslipway apply ./deploy"
	}
	if p.Allows(pipelines.ProjectEdit, pipelines.Where{}) {
		v.New = pages.NewProjectPath
	}
	for _, row := range rows {
		v.Projects = append(v.Projects, pages.ProjectRow{ID: row.Project.ID, Name: row.Project.Name, Cells: s.rowCells(p, row, environments)})
	}
	if len(rows) > 0 {
		shown := revision(v.Projects)
		v.LivePath = liveDashboard(shown)
		s.still.note(seenBy(p, shown), mark, since, holdsUntil(rows, since))
	}
	return v, nil
}

// revision changes whenever what is shown does, relative times included: a
// page left open overnight is still right.
func revision(shown any) string {
	text, err := json.Marshal(shown)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

func columns(all []pipelines.Environment) []pages.Environment {
	out := make([]pages.Environment, len(all))
	for i, e := range all {
		out[i] = pages.Environment{ID: e.ID, Name: e.Name}
	}
	return out
}

// rowCells are a row's cells in the order of the columns.
func (s *site) rowCells(p pipelines.Principal, row views.Row, columns []pipelines.Environment) []pages.Cell {
	out := make([]pages.Cell, len(columns))
	for i, e := range columns {
		for _, c := range row.Cells {
			if c.Environment.ID == e.ID {
				out[i] = s.cell(p, row.Project, c)
			}
		}
	}
	return out
}

func (s *site) cell(p pipelines.Principal, project pipelines.Project, c views.Cell) pages.Cell {
	out := pages.Cell{Outside: !c.InLifecycle && c.Newest == nil, Unseen: c.Hidden}
	switch {
	case c.Newest == nil:
	case c.Live == nil:
		out = s.deploymentCell(*c.Newest)
		if out.State == pages.Scheduled || out.State == pages.Cancelled { // the other words say it themselves
			out.Note = "nothing has succeeded here yet"
		}
	case c.Live.ID == c.Newest.ID:
		out = s.deploymentCell(*c.Newest)
	default:
		out = s.deploymentCell(*c.Live)
		beside := s.deploymentCell(*c.Newest)
		out.Beside = &beside
	}
	if n := len(c.Others); n > 0 {
		out.More, out.MorePath = "and "+grouped(n)+" more", pages.QueuePath
	}
	if c.InLifecycle && c.MayDeploy && c.Next != nil && offers(c) {
		out.Deploy = deployLink(project.ID, c.Next.Number, c.Environment)
	}
	return out
}

// offers says whether the newest release that may go there is worth a button:
// not while it is on its way or there already.
func offers(c views.Cell) bool {
	if c.Newest == nil || c.Newest.ReleaseID != c.Next.ID {
		return true
	}
	return c.Newest.Status.Ended() && c.Newest.Status != pipelines.Succeeded
}

// deploymentCell shows one deployment in a grid.
func (s *site) deploymentCell(d pipelines.Deployment) pages.Cell {
	out := pages.Cell{
		Version: d.Release, DeploymentID: d.ID, State: stateOf(d.Status), When: s.moment(lastMoved(d)),
		Who: by(d.CreatedBy, d.Via), Why: toSentence(d.Message),
	}
	if s.isAhead(d) {
		out.State, out.When = pages.Scheduled, scheduledFor(*d.NotBefore)
	}
	return out
}

// isAhead says whether a deployment waits for its time, as far as its row tells.
func (s *site) isAhead(d pipelines.Deployment) bool {
	return d.Status == pipelines.Queued && d.Started == nil && d.NotBefore != nil && d.NotBefore.After(s.Now())
}

// scheduledFor stands behind the word Scheduled.
func scheduledFor(t time.Time) pages.Moment {
	return pages.Moment{Text: "for " + t.UTC().Format("2 Jan, 15:04"), Exact: t.UTC().Format(exactly)}
}

func deployLink(projectID, version string, to pipelines.Environment) *pages.DeployLink {
	return &pages.DeployLink{ProjectID: projectID, EnvironmentID: to.ID, Version: version, Environment: to.Name}
}

// summary is the dashboard in one sentence.
func (s *site) summary(rows []views.Row) string {
	if len(rows) == 0 {
		return ""
	}
	count := map[pages.State]int{}
	for _, row := range rows {
		for _, c := range row.Cells {
			if c.Newest != nil {
				count[s.standing(*c.Newest)]++
			}
			for _, d := range c.Others {
				count[s.standing(d)]++
			}
		}
	}
	return moving(count)
}

// standing is how a deployment stands, as far as its row tells.
func (s *site) standing(d pipelines.Deployment) pages.State {
	if s.isAhead(d) {
		return pages.Scheduled
	}
	return stateOf(d.Status)
}

func moving(count map[pages.State]int) string {
	var out []string
	add := func(n int, one, many string) {
		switch {
		case n > 0 && len(out) == 0:
			out = append(out, plural(n, "deployment")+" "+verb(n, one, many))
		case n > 0:
			out = append(out, grouped(n)+" "+verb(n, one, many))
		}
	}
	add(count[pages.Running]+count[pages.Cancelling], "runs", "run")
	add(count[pages.Queued], "waits for its turn", "wait for their turn")
	add(count[pages.Scheduled], "is scheduled", "are scheduled")
	add(count[pages.Waiting], "waits for a person", "wait for a person")
	add(count[pages.Failed]+count[pages.Unknown], "has failed", "have failed")
	if len(out) == 0 {
		return "Everything is quiet."
	}
	return anded(out) + "."
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
