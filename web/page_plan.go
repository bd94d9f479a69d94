package web

import (
	"net/http"

	"slipway/pipelines/plan"
	"slipway/web/pages"
)

// planFact leads from a deployment to its plan.
func planFact(deployment string) pages.Fact {
	return pages.Fact{Label: "Planned", Text: "Steps, claims, findings", Path: pages.DeploymentPlanPath(deployment)}
}

// planPage shows the plan that a deployment was made with, however the project
// looks by now.
func (s *site) planPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	view, err := s.Views.Deployment(r.Context(), p, r.PathValue("deployment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	d, pl := view.Deployment, view.Plan
	frozen, err := s.Views.FrozenValues(r.Context(), p, d)
	if err != nil {
		s.Log.Error("values of the release", "release", d.ReleaseID, "error", err) // the page says less without them
	}
	v := pages.DeploymentPlan{
		Facts: s.valuesFacts(d), Steps: plannedSteps(pl), Claims: plannedClaims(pl),
		Values: plannedValues(pl, nil, frozen), Texts: plannedTexts(pl),
	}
	for _, f := range pl.Findings {
		if f.Blocks {
			v.Findings = append(v.Findings, pages.Finding{What: toSentence(f.Message)})
			continue
		}
		v.Warnings = append(v.Warnings, toSentence(f.Message))
	}
	crumbs := append(releaseCrumbs(d.ProjectID, d.Project, d.Release), pages.Crumb{Text: "to " + d.Environment, Path: pages.DeploymentPath(d.ID)})
	v.Frame = s.pageFrame(r, pages.InDashboard, "Plan", "What the deployment of "+d.Release+" to "+d.Environment+" was to do. This never changes.", crumbs...)
	s.show(w, r, http.StatusOK, pages.DeploymentPlanPage(v))
}

// plannedClaims are what the plan claims, with the names of the targets.
func plannedClaims(pl plan.Plan) []pages.Claimed {
	names := map[string]string{}
	for _, s := range pl.Steps {
		for _, t := range s.Targets {
			names[t.ID] = t.Name
		}
	}
	out := make([]pages.Claimed, len(pl.Claims))
	for i, c := range pl.Claims {
		out[i] = pages.Claimed{Kind: c.Kind, Value: c.Value, Step: c.Step, Holder: c.Holder, Allowed: c.Allowed}
		for _, id := range c.Targets {
			out[i].Hosts = append(out[i].Hosts, names[id])
		}
	}
	return out
}
