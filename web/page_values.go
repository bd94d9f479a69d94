package web

import (
	"cmp"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/views"
	"slipway/web/pages"
)

// valuesFact leads from a deployment to the values it used.
func valuesFact(deployment string) pages.Fact {
	return pages.Fact{Label: "Values", Text: "Values it used", Path: pages.DeploymentValuesPath(deployment)}
}

// valuesPage says which values a deployment used, however the project looks by
// now.
func (s *site) valuesPage(w http.ResponseWriter, r *http.Request) {
	used, err := s.Views.ValuesUsed(r.Context(), s.SignIn.Principal(r), r.PathValue("deployment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	d := used.Deployment
	v := pages.ValuesUsed{Facts: s.valuesFacts(d), Own: usedValues(used.Own), System: usedValues(used.System)}
	for _, x := range used.Given {
		v.Given = append(v.Given, pages.UsedValue{Name: x.Name, Value: usedValue(x)})
	}
	for _, x := range used.Texts {
		v.Texts = append(v.Texts, pages.UsedText{Step: x.Step, Path: x.Path, Value: usedValue(plan.Variable{Value: x.Text})})
	}
	crumbs := append(releaseCrumbs(d.ProjectID, d.Project, d.Release), pages.Crumb{Text: "to " + d.Environment, Path: pages.DeploymentPath(d.ID)})
	v.Frame = s.pageFrame(r, pages.InDashboard, "Values it used", "What the deployment of "+d.Release+" to "+d.Environment+" was planned with. This never changes.", crumbs...)
	s.show(w, r, http.StatusOK, pages.ValuesUsedPage(v))
}

func (s *site) valuesFacts(d pipelines.Deployment) []pages.Fact {
	created := s.moment(d.Created)
	return []pages.Fact{
		{Label: "Deployment", Text: d.ID, Path: pages.DeploymentPath(d.ID)},
		{Label: "Project", Text: d.Project, Path: pages.ProjectPath(d.ProjectID)},
		{Label: "Release", Text: d.Release, Code: true, Path: pages.ReleasePath(d.ProjectID, d.Release)},
		{Label: "Channel", Text: cmp.Or(d.Channel, pipelines.DefaultChannelName)},
		{Label: "Environment", Text: d.Environment},
		{Label: "Ordered", Text: created.Text + " " + by(d.CreatedBy, d.Via), Exact: created.Exact},
		{Label: "Plan", Text: d.Plan, Code: true},
	}
}

func usedValues(all []views.ValueUsed) []pages.UsedValue {
	out := make([]pages.UsedValue, len(all))
	for i, x := range all {
		out[i] = pages.UsedValue{Name: x.Name, Where: whereUsed(x), Value: usedValue(x.Variable)}
		out[i].Repeat = i > 0 && pipelines.SameName(all[i-1].Name, x.Name)
	}
	return out
}

func whereUsed(x views.ValueUsed) string {
	switch {
	case x.Step == "":
		return "every step"
	case x.Target == "":
		return "step " + x.Step
	}
	return "step " + x.Step + " on " + x.Target
}

// usedValue is a value of a plan; of a secret only where it lies.
func usedValue(v plan.Variable) pages.VariableValue {
	if v.Secret != "" {
		return pages.VariableValue{Secret: keptAt(v.Secret)}
	}
	if v.Value == "" {
		return pages.VariableValue{}
	}
	return pages.VariableValue{Text: piecesOf(v.Value)}
}

// keptAt says where a plan's secret lies.
func keptAt(reference string) string {
	if name, ok := strings.CutPrefix(reference, pipelines.FromParameter); ok {
		return "parameter " + name
	}
	if name, ok := strings.CutPrefix(reference, pipelines.FromSecretsManager); ok {
		return "secret " + name + " of Secrets Manager"
	}
	return "secret " + reference
}
