package api

import (
	"cmp"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/runner/spend"
	"slipway/runner/views"
	"slipway/web/pages"
	"slipway/web/rest"
)

func (a *API) deployments(r *http.Request, p pipelines.Principal) (any, error) {
	take, err := number(r, "take", 30, 1000)
	if err != nil {
		return nil, err
	}
	project := r.URL.Query().Get("project")
	if project == "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "say of which project: ?project=NAME")
	}
	all, err := a.Views.Deployments(r.Context(), p, project, take)
	out := []rest.Deployment{}
	for _, d := range all {
		out = append(out, a.deploymentOf(d))
	}
	return out, err
}

func (a *API) deploy(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.DeployRequest](r)
	if err != nil {
		return nil, err
	}
	d, err := a.Requests.Deploy(r.Context(), p, in)
	out := a.deploymentOf(d)
	if err != nil {
		return out, err
	}
	if v, err := a.Views.Deployment(r.Context(), p, d.ID); err == nil { // who may deploy need not see all of it
		out.Findings = v.Plan.Findings
	}
	return out, nil
}

// preview says what a deployment would do, and what it asks for.
func (a *API) preview(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.DeployRequest](r)
	if err != nil {
		return nil, err
	}
	ahead, err := a.Requests.Preview(r.Context(), p, in)
	if err != nil {
		return nil, err
	}
	d := ahead.Deployment
	out := rest.Preview{
		Project: d.Project, Release: d.Release, Channel: cmp.Or(d.Channel, pipelines.DefaultChannelName), Environment: d.Environment, Replaces: d.Replaces,
		Asked: []rest.Asked{}, Findings: append(list(ahead.Lacking), ahead.Plan.Findings...),
	}
	for _, x := range ahead.Asked {
		out.Asked = append(out.Asked, rest.Asked{Name: x.Name, Value: string(x.Value), Given: x.Given, Prompt: x.Prompt})
	}
	return out, nil
}

func (a *API) deployment(r *http.Request, p pipelines.Principal) (any, error) {
	v, err := a.Views.Deployment(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	out := a.deploymentOf(v.Deployment)
	out.Holder, out.Steps, out.Cost = v.Holder, stepsOf(v.Plan, v.State), costOf(v.Spent)
	out.Findings = v.Plan.Findings
	return out, nil
}

// valuesUsed are the values that a deployment was planned with.
func (a *API) valuesUsed(r *http.Request, p pipelines.Principal) (any, error) {
	used, err := a.Views.ValuesUsed(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	d := used.Deployment
	out := rest.ValuesUsed{
		Deployment: d.ID, Project: d.Project, Release: d.Release, Channel: cmp.Or(d.Channel, pipelines.DefaultChannelName), Environment: d.Environment, Plan: d.Plan,
		Given: map[string]string{}, Variables: eachUsed(used.Own), System: eachUsed(used.System), Texts: []rest.TextUsed{},
	}
	for _, x := range used.Given {
		out.Given[x.Name] = x.Value
	}
	for _, x := range used.Texts {
		out.Texts = append(out.Texts, rest.TextUsed{Step: x.Step, Path: x.Path, Text: x.Text})
	}
	return out, nil
}

func eachUsed(all []views.ValueUsed) []rest.ValueUsed {
	out := []rest.ValueUsed{}
	for _, x := range all {
		out = append(out, rest.ValueUsed{Step: x.Step, Target: x.Target, Name: x.Name, Value: x.Value, Secret: x.Secret})
	}
	return out
}

func costOf(spent spend.Counts) *rest.Cost {
	if len(spent) == 0 {
		return nil
	}
	counts := map[string]float64{}
	for kind, n := range spent {
		counts[string(kind)] = n
	}
	return &rest.Cost{Dollars: spent.Dollars(), Counts: counts, Prices: spend.PricesRegion + ", " + spend.PricesDate}
}

// decide answers a sign-off. The deployment is the one of the address.
func (a *API) decide(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.AnswerRequest](r)
	if err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if in.Deployment != "" && in.Deployment != id {
		return nil, pipelines.Refuse(pipelines.Invalid, "the address says %s and the body %s: leave it out of the body", id, in.Deployment)
	}
	in.Deployment = id
	return nil, a.Requests.Answer(r.Context(), p, in)
}

func (a *API) cancel(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[struct {
		Note string `json:"note"`
	}](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Requests.Cancel(r.Context(), p, r.PathValue("id"), in.Note)
}

func (a *API) deploymentOf(d pipelines.Deployment) rest.Deployment {
	d.Packages = list(d.Packages)
	return rest.Deployment{Deployment: d, Address: a.BaseURL + pages.DeploymentPath(d.ID), Ended: d.Status.Ended()}
}
