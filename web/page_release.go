package web

import (
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/markdown"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) releasePage(w http.ResponseWriter, r *http.Request) {
	s.showRelease(w, r, http.StatusOK, "")
}

// showRelease shows a release; problem is why its variables were not updated just
// now.
func (s *site) showRelease(w http.ResponseWriter, r *http.Request, status int, problem string) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	release, err := s.Views.Release(ctx, p, r.PathValue("project"), r.PathValue("release"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	if err := s.Views.LatestOf(ctx, p, &release); err != nil {
		s.fail(w, r, err)
		return
	}
	project, err := s.Views.Project(ctx, p, release.ProjectID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	environments, err := s.Views.Environments(ctx, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Release{
		ProjectID: release.ProjectID, Project: release.Project.Name, Version: release.Number, Channel: channelOf(project, release.Release),
		Created: s.moment(release.Created), By: release.CreatedBy, Notes: markdown.HTML(release.Notes),
		Phases: s.phaseProgress(p, release, environments),
	}
	if v.Packages, err = s.releasePackages(r, p, release.Release); err != nil {
		s.fail(w, r, err)
		return
	}
	if v.Changes, err = s.changesOf(r, p, release, environments); err != nil {
		s.fail(w, r, err)
		return
	}
	if v.Changed, err = s.changedSince(r, p, release.Release); err != nil {
		s.fail(w, r, err)
		return
	}
	if p.Allows(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}) {
		v.Update = &pages.UpdateVariables{Seen: revision(v.Changed), Problem: problem}
	}
	if err := s.releaseDeployments(r, p, release, &v); err != nil {
		s.fail(w, r, err)
		return
	}
	v.Deploy = nextDeploy(v.Phases)
	made := createdBy(release.CreatedBy) + s.moment(release.Created).Text + ". "
	if v.Channel != "" {
		made = createdBy(release.CreatedBy) + s.moment(release.Created).Text + " in channel " + v.Channel + ". "
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, "Release "+release.Number, made+progress(p, release), projectCrumbs(release.ProjectID, release.Project.Name)...)
	s.show(w, r, status, pages.ReleasePage(v))
}

// deploymentsShown are on a page of a release; ?before=ID shows those before that
// deployment.
const deploymentsShown = 50

func (s *site) releaseDeployments(r *http.Request, p pipelines.Principal, release views.Release, v *pages.Release) error {
	before, home := r.FormValue("before"), pages.ReleasePath(release.ProjectID, release.Number)
	all, next, err := s.Views.ReleaseDeployments(r.Context(), p, release, before, deploymentsShown)
	for _, d := range all {
		v.Deployments = append(v.Deployments, s.deploymentRow(d))
	}
	if next != "" {
		v.Earlier = home + "?before=" + url.QueryEscape(next)
	}
	if before != "" {
		v.Newest = home
	}
	return err
}

// changedSince says which values have changed since a release was made.
func (s *site) changedSince(r *http.Request, p pipelines.Principal, release pipelines.Release) ([]string, error) {
	differences, err := s.Views.ChangedSince(r.Context(), p, release)
	var out []string
	for _, d := range differences {
		out = append(out, toSentence(d.String()))
	}
	return out, err
}

// updateVariables takes today's variables into a release, if they are still
// those that were shown.
func (s *site) updateVariables(w http.ResponseWriter, r *http.Request) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	release, err := s.Views.Release(ctx, p, r.PathValue("project"), r.PathValue("release"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	shown, err := s.changedSince(r, p, release.Release)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if revision(shown) != r.PostFormValue("seen") {
		s.showRelease(w, r, http.StatusConflict, "The variables have changed since you looked. Nothing was updated: look again.")
		return
	}
	_, _, err = s.Requests.UpdateVariables(ctx, p, release.ID)
	switch {
	case err == nil:
		s.to(w, r, pages.ReleasePath(release.ProjectID, release.Number))
	case pipelines.CodeOf(err) == pipelines.Conflict:
		s.showRelease(w, r, http.StatusConflict, toSentence(problemsOf(err, nil)[0].Text))
	default:
		s.fail(w, r, err)
	}
}

// phaseProgress groups the progression by phase.
func (s *site) phaseProgress(p pipelines.Principal, release views.Release, environments []pipelines.Environment) []pages.PhaseProgress {
	var out []pages.PhaseProgress
	for _, step := range release.Progression {
		if len(out) == 0 || out[len(out)-1].Name != step.Phase {
			out = append(out, pages.PhaseProgress{Name: step.Phase, Optional: step.Optional, Open: step.Open, Rule: toSentence(step.Rule)})
		}
		e, ok := pipelines.EnvironmentNamed(environments, step.Environment)
		if !ok {
			e.Name = step.Environment // seen in the lifecycle, but not to be deployed to by this person
		}
		phase := &out[len(out)-1]
		phase.Environments = append(phase.Environments, pages.EnvironmentProgress{Name: e.Name, Cell: s.releaseCell(p, release, e)})
	}
	return out
}

// nextDeploy is the last open place the release has not reached: the one next
// step that deserves the primary button.
func nextDeploy(phases []pages.PhaseProgress) *pages.DeployLink {
	var next *pages.DeployLink
	for _, phase := range phases {
		for _, e := range phase.Environments {
			if phase.Open && e.Cell.Deploy != nil {
				next = e.Cell.Deploy
			}
		}
	}
	return next
}

func (s *site) releasePackages(r *http.Request, p pipelines.Principal, release pipelines.Release) ([]pages.ReleasePackage, error) {
	var out []pages.ReleasePackage
	for _, chosen := range release.Packages {
		row := pages.ReleasePackage{ID: chosen.Package, Version: chosen.Version, Feed: chosen.Feed, FeedID: chosen.FeedID, Step: s.stepInstalling(release.Project, chosen), SHA256: chosen.SHA256}
		kept, ok, err := s.Views.PackageOf(r.Context(), p, chosen)
		if err != nil {
			return nil, err
		}
		if ok {
			row.Size = size(kept.Size)
		}
		if row.Build, err = s.buildOf(r, p, chosen.Package, chosen.Version); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *site) deploymentRow(d pipelines.Deployment) pages.DeploymentRow {
	row := pages.DeploymentRow{ID: d.ID, Environment: d.Environment, State: stateOf(d.Status), When: s.moment(d.Created), Who: by(d.CreatedBy, d.Via)}
	if s.isAhead(d) {
		row.State, row.When = pages.Scheduled, scheduledFor(*d.NotBefore)
	}
	if d.Started != nil && d.Finished != nil {
		row.Took = between(*d.Started, *d.Finished)
	}
	return row
}

// progress is how far a release came, in one sentence.
func progress(by pipelines.Principal, release views.Release) string {
	var reached, open []string
	for _, p := range release.Progression {
		switch {
		case p.Succeeded && !seesDeployments(by, release.Project.Name, p.Environment):
		case p.Succeeded:
			reached = append(reached, p.Environment)
		case p.Open:
			open = append(open, p.Environment)
		}
	}
	var out []string
	if len(reached) > 0 {
		out = append(out, "It succeeded in "+anded(reached)+".")
	}
	if len(open) > 0 {
		out = append(out, anded(open)+verb(len(open), " is", " are")+" open.")
	}
	return strings.Join(out, " ")
}

// createdBy begins the sentence that says how a release came about.
func createdBy(who string) string {
	switch who {
	case "":
		return "Created "
	case pipelines.System("").Called:
		return "Created automatically "
	}
	return "Created by " + who + " "
}
