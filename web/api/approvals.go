package api

import (
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/rest"
	"slipway/web/route"
)

func (a *API) approvalRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /v1/approvals", Needs: pipelines.Own, Serve: a.answer(a.approvals)},
		{Pattern: "POST /v1/approvals/{id}/assign", Needs: pipelines.Own, Serve: a.answer(a.assign)},
	}
}

// approvals are the sign-offs that wait for whoever asks.
func (a *API) approvals(r *http.Request, p pipelines.Principal) (any, error) {
	waiting, err := a.Views.Waiting(r.Context(), p)
	if err != nil {
		return nil, err
	}
	out := []rest.Approval{}
	for _, d := range waiting {
		for _, at := range d.Questions {
			if !d.MayAnswer[at] {
				continue
			}
			one, err := a.approval(r, p, d, at)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	return out, nil
}

func (a *API) approval(r *http.Request, p pipelines.Principal, d views.Deployment, at int) (rest.Approval, error) {
	step := d.Plan.Steps[at]
	out := rest.Approval{
		ID: d.Deployment.ID + "." + strconv.Itoa(at), Deployment: d.Deployment.ID, Project: d.Deployment.Project, Release: d.Deployment.Release,
		Environment: d.Deployment.Environment, Step: step.Name, Teams: list(step.Question.Teams), Asked: d.State.Head.Steps[at].Started,
	}
	if end, there := d.Times().Expires[at]; there {
		out.Until = &end
	}
	has, there, err := a.Views.TakenOn(r.Context(), d, at)
	if there {
		out.Taken = &rest.Taken{By: has.Called, Since: has.At, Mine: has.UserID == p.UserID, Note: has.Note}
	}
	return out, err
}

// assign takes a sign-off on, or gives it back. The address names the sign-off, or
// its deployment.
func (a *API) assign(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.AssignRequest](r)
	if err != nil {
		return nil, err
	}
	id, number, ofStep := strings.Cut(r.PathValue("id"), ".")
	d, err := a.Views.Asked(r.Context(), p, id)
	if err != nil {
		return nil, err
	}
	in.Deployment = id
	if ofStep {
		at, err := strconv.Atoi(number)
		if err != nil || at < 0 || at >= len(d.Plan.Steps) {
			return nil, pipelines.Refuse(pipelines.NotFound, "there is no sign-off %q", r.PathValue("id"))
		}
		in.Step = d.Plan.Steps[at].Name
	}
	return nil, a.Requests.Assign(r.Context(), p, in)
}
