package web

import (
	"fmt"
	"net/http"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/requests"
	"slipway/web/pages"
)

func deployRequest(r *http.Request) requests.DeployRequest {
	return requests.DeployRequest{Project: r.PathValue("project"), Release: r.PathValue("release"), Environment: r.PathValue("environment")}
}

// preview is what a deployment would do, for somebody who may see the project.
func (s *site) preview(r *http.Request, in requests.DeployRequest) (requests.Outlook, error) {
	p := s.SignIn.Principal(r)
	if _, err := s.Views.Project(r.Context(), p, in.Project); err != nil {
		return requests.Outlook{}, unseen(err)
	}
	return s.Requests.Preview(r.Context(), p, in)
}

// confirmPage shows what a deployment would do, and asks for the values it
// wants. It orders nothing.
func (s *site) confirmPage(w http.ResponseWriter, r *http.Request) {
	ahead, err := s.preview(r, deployRequest(r))
	if err != nil {
		s.cannotDeploy(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.ConfirmDeployPage(s.confirmation(r, ahead)))
}

// deploy orders what was shown: if the plan is another by now, it is shown
// again instead. What was shown was made before any value was given, so that is
// what is compared.
func (s *site) deploy(w http.ResponseWriter, r *http.Request) {
	in := deployRequest(r)
	in.Form = r.PostFormValue("form")
	ordered, err := s.Requests.Ordered(r.Context(), s.SignIn.Principal(r), in)
	if err != nil {
		s.cannotDeploy(w, r, err)
		return
	}
	if ordered.ID != "" { // sent twice; the plan may be another by now
		s.to(w, r, pages.DeploymentPath(ordered.ID))
		return
	}
	ahead, err := s.preview(r, in)
	if err != nil {
		s.cannotDeploy(w, r, err)
		return
	}
	v := s.confirmation(r, ahead)
	if len(ahead.Asked) > 0 {
		v, in.Values = s.confirmationWith(r, v, ahead)
	}
	v = s.withOptions(r, v, &in)
	switch {
	case len(v.Findings) > 0:
		s.show(w, r, http.StatusConflict, pages.ConfirmDeployPage(v))
	case v.Plan != r.PostFormValue("plan"):
		v.Warnings = append([]string{"What would happen has changed since you looked. Nothing was ordered: look again."}, v.Warnings...)
		s.show(w, r, http.StatusConflict, pages.ConfirmDeployPage(v))
	case len(v.Problems) > 0:
		s.show(w, r, http.StatusUnprocessableEntity, pages.ConfirmDeployPage(v))
	default:
		s.order(w, r, in)
	}
}

func (s *site) order(w http.ResponseWriter, r *http.Request, in requests.DeployRequest) {
	ordered, err := s.Requests.Deploy(r.Context(), s.SignIn.Principal(r), in)
	if err != nil {
		s.cannotDeploy(w, r, err)
		return
	}
	s.to(w, r, pages.DeploymentPath(ordered.ID))
}

// cannotDeploy shows what stands in the way where the deployment would have
// been confirmed.
func (s *site) cannotDeploy(w http.ResponseWriter, r *http.Request, err error) {
	if pipelines.CodeOf(err) != pipelines.Conflict {
		s.fail(w, r, err)
		return
	}
	p := s.SignIn.Principal(r)
	project, failed := s.Views.Project(r.Context(), p, r.PathValue("project"))
	if failed != nil {
		s.fail(w, r, failed)
		return
	}
	version, to := r.PathValue("release"), s.environmentCalled(r, p)
	v := pages.ConfirmDeploy{
		Frame:     s.pageFrame(r, pages.InDashboard, "Deploy "+version+" to "+to.Name, "", releaseCrumbs(project.ID, project.Name, version)...),
		ProjectID: project.ID, Project: project.Name, Version: version, EnvironmentID: to.ID, Environment: to.Name,
	}
	for _, problem := range problemsOf(err, nil) {
		v.Findings = append(v.Findings, pages.Finding{What: problem.Text})
	}
	s.show(w, r, http.StatusConflict, pages.ConfirmDeployPage(v))
}

func (s *site) environmentCalled(r *http.Request, p pipelines.Principal) pipelines.Environment {
	asked := r.PathValue("environment")
	all, err := s.Views.Environments(r.Context(), p)
	if err == nil {
		for _, e := range all {
			if e.ID == asked || pipelines.SameName(e.Name, asked) {
				return e
			}
		}
	}
	return pipelines.Environment{ID: asked, Name: asked}
}

// confirmation is what a deployment would do, what it asks for, and its hash.
func (s *site) confirmation(r *http.Request, ahead requests.Outlook) pages.ConfirmDeploy {
	d, pl := ahead.Deployment, ahead.Plan
	since := s.changesOnTheWay(r, d)
	sentence := since.Unreplaced(d.ID)
	if d.Replaces != "" {
		sentence = "It would replace " + d.Replaces + "."
	}
	v := pages.ConfirmDeploy{
		Frame:     s.pageFrame(r, pages.InDashboard, "Deploy "+d.Release+" to "+d.Environment, sentence, releaseCrumbs(d.ProjectID, d.Project, d.Release)...),
		ProjectID: d.ProjectID, Project: d.Project, Version: d.Release, EnvironmentID: d.EnvironmentID, Environment: d.Environment,
		Button: button(d, pl), Prompts: prompts(ahead.Asked), Steps: plannedSteps(pl), Claims: plannedClaims(pl), Texts: plannedTexts(pl),
		Skips: skippable(pl), Guided: pl.GuidedFailure,
	}
	frozen, err := s.Views.FrozenValues(r.Context(), s.SignIn.Principal(r), d)
	if err != nil {
		s.Log.Error("values of the release", "release", d.ReleaseID, "error", err) // the page says less without them
	}
	v.Values = plannedValues(pl, ahead.Asked, frozen)
	v.Changes = changesTo(d, since)
	for _, f := range pl.Findings {
		if f.Blocks && len(ahead.Lacking) == 0 { // else it may be for want of a value that is asked for here
			v.Findings = append(v.Findings, pages.Finding{What: toSentence(f.Message)})
			continue
		}
		v.Warnings = append(v.Warnings, toSentence(f.Message))
	}
	if other := s.ahead(r, d); other != "" {
		v.Warnings = append(v.Warnings, other)
	}
	v.Plan, v.Form = fingerprint(d, pl), r.PostFormValue("form")
	if v.Form == "" {
		v.Form = s.SignIn.Env.NewID()
	}
	return v
}

// ahead says whom a deployment would wait for, "" if nobody is before it.
func (s *site) ahead(r *http.Request, d pipelines.Deployment) string {
	places, err := s.Views.Queue(r.Context(), s.SignIn.Principal(r), d.Project, d.Environment)
	if err != nil {
		return "" // a hint: without it the page still says what would happen
	}
	for _, p := range places {
		switch {
		case p.ProjectID != d.ProjectID || p.EnvironmentID != d.EnvironmentID:
		case len(p.Waiting) > 0:
			return fmt.Sprintf("%s would be before it in the queue for %s.", plural(len(p.Waiting), "deployment"), d.Environment)
		case p.Holder != nil:
			return fmt.Sprintf("%s has the place in %s at this moment: this deployment would wait for its turn.", p.Holder.Deployment.Release, d.Environment)
		}
	}
	return ""
}

// fingerprint changes when anything does that was read before the button was
// pressed. Texts as evaluated are left out: they may hold the id and the time
// of a deployment, which no two plans share.
func fingerprint(d pipelines.Deployment, pl plan.Plan) string {
	type step struct {
		Name, Skip string
		Targets    []string
		Package    string
	}
	var steps []step
	for _, s := range pl.Steps {
		one := step{Name: s.Name, Skip: s.Skip, Targets: hostsOf(s)}
		if s.Package != nil {
			one.Package = s.Package.SHA256
		}
		steps = append(steps, one)
	}
	return revision([]any{d.ReleaseID, d.EnvironmentID, d.Replaces, steps, ownVariables(pl), pl.Findings, pl.Claims})
}
