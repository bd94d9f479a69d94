package requests

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// Outlook is what a deployment would be if it were ordered now.
type Outlook struct {
	Deployment pipelines.Deployment
	// Plan is the plan that would be carried out. Its findings leave out Lacking.
	Plan plan.Plan
	// Asked are the variables whose values whoever deploys is asked for.
	Asked []plan.Prompted
	// Lacking is what is wrong with the values that were given for them, or were
	// not given yet. Deploy refuses while there is any.
	Lacking []plan.Finding
}

// Preview is what Deploy would do now. It changes nothing, and does not mind
// that values which are asked for are still to be given.
func (r *Requests) Preview(ctx context.Context, p pipelines.Principal, in DeployRequest) (Outlook, error) {
	from, err := r.prepare(ctx, p, in, func(context.Context) (string, error) { return "Deployments-Preview", nil })
	if err != nil {
		return Outlook{Deployment: from.Deployment}, err
	}
	out := Outlook{Deployment: from.Deployment, Plan: plan.Make(from)}
	values := variables.New(from.Release.Project, from.Release.Sets, from.Deployment.Values)
	out.Asked = plan.Prompts(values, variables.Place{Environment: from.Environment.Name, Channel: from.Release.ChannelName()})
	if len(out.Asked) == 0 {
		return out, nil
	}
	strict := out.Plan.Findings
	from.Release = undemanding(from.Release)
	out.Plan = plan.Make(from)
	for _, f := range strict {
		if !slices.Contains(out.Plan.Findings, f) {
			out.Lacking = append(out.Lacking, f)
		}
	}
	return out, nil
}

// undemanding is the release as if any value would do for what is asked for,
// even none.
func undemanding(release pipelines.Release) pipelines.Release {
	release.Project.Variables = anyValue(release.Project.Variables)
	release.Sets = slices.Clone(release.Sets)
	for i := range release.Sets {
		release.Sets[i].Variables = anyValue(release.Sets[i].Variables)
	}
	return release
}

func anyValue(all []pipelines.Variable) []pipelines.Variable {
	out := slices.Clone(all)
	for i := range out {
		if out[i].Prompt != nil {
			out[i].Prompt = &pipelines.Prompt{}
		}
	}
	return out
}
