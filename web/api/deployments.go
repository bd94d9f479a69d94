package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
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
		whole := a.wholeOf(r.Context(), v)
		out.Findings, out.Steps = whole.Findings, takingPart(v.Plan, whole.Steps)
	}
	return out, nil
}

// takingPart are steps without those that the plan leaves out, whose turn to be
// skipped has not come yet.
func takingPart(p plan.Plan, steps []rest.Step) []rest.Step {
	return slices.DeleteFunc(steps, func(s rest.Step) bool {
		return slices.ContainsFunc(p.Steps, func(planned plan.Step) bool { return planned.Name == s.Name && planned.Skip != "" })
	})
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
	return a.wholeOf(r.Context(), v), nil
}

// wholeOf is a deployment with all that is known of it.
func (a *API) wholeOf(ctx context.Context, v views.Deployment) rest.Deployment {
	out := a.deploymentOf(v.Deployment)
	out.CreatedByUsername = v.Plan.OrderedBy()
	out.Place, out.Holder, out.Ahead, out.Limit = v.State.Head.Stands(), v.Holder, v.Ahead, moment(v.Times().Limit)
	out.Choices, out.Resumed, out.CanRetry = choicesOf(v), takeupsOf(v.State.Head.Resumed), v.MayResume
	out.Steps, out.Cost, out.Findings = stepsOf(v.Plan, v.State), costOf(v.Spent), v.Plan.Findings
	if v.Held != "" {
		out.Place = ""
	}
	for _, at := range v.Questions {
		if a.Instructions == nil {
			break
		}
		if text, err := a.Instructions(ctx, v.Loaded, at); err == nil { // else the mail reports it
			out.Steps[at].Instructions = text
		}
	}
	return out
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

// signOff answers a sign-off.
func (a *API) signOff(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.AnswerRequest](r)
	if err == nil {
		in.Deployment, err = ofAddress(r, in.Deployment)
	}
	if err != nil {
		return nil, err
	}
	return nil, a.Requests.Answer(r.Context(), p, in)
}

// decide chooses what becomes of an attempt.
func (a *API) decide(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.DecideRequest](r)
	if err == nil {
		in.Deployment, err = ofAddress(r, in.Deployment)
	}
	if err != nil {
		return nil, err
	}
	return nil, a.Requests.Decide(r.Context(), p, in)
}

// ofAddress is the deployment that the address names; a body need not repeat it.
func ofAddress(r *http.Request, body string) (string, error) {
	id := r.PathValue("id")
	if body != "" && body != id {
		return "", pipelines.Refuse(pipelines.Invalid, "the address says %s and the body %s: leave it out of the body", id, body)
	}
	return id, nil
}

func (a *API) cancel(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Cancel](r)
	if err != nil {
		return nil, err
	}
	if in.GiveUp {
		return nil, a.Requests.Abandon(r.Context(), p, r.PathValue("id"), in.Note)
	}
	return nil, a.Requests.Cancel(r.Context(), p, r.PathValue("id"), in.Note)
}

// retry takes a deployment up again that ended without success.
func (a *API) retry(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[struct {
		Note string `json:"note"`
	}](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Requests.Resume(r.Context(), p, r.PathValue("id"), in.Note)
}

func (a *API) deploymentOf(d pipelines.Deployment) rest.Deployment {
	d.Packages = list(d.Packages)
	return rest.Deployment{Deployment: d, Address: a.BaseURL + pages.DeploymentPath(d.ID), Ended: d.Status.Ended()}
}
