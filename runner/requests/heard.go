package requests

import "slipway/pipelines"

// Somebody may push a package, or make a release, without seeing what comes of it:
// any project may wait for a package.

// heardBy is what the principal may hear of what became of an upload.
func (in Received) heardBy(p pipelines.Principal) Received {
	followed := Followed{Deployments: in.Deployments, NotSent: in.NotSent, notSentTo: in.notSentTo}.heardBy(p)
	in.Deployments, in.NotSent, in.notSentTo = followed.Deployments, followed.NotSent, followed.notSentTo
	releases, problems, of := in.Releases, in.Problems, in.problemsOf
	in.Releases, in.Problems, in.problemsOf = nil, nil, nil
	for _, release := range releases {
		if p.AllowsIn(pipelines.ReleaseView, release.Project.Name) {
			in.Releases = append(in.Releases, release)
		}
	}
	for i, problem := range problems {
		if p.AllowsIn(pipelines.ProjectView, of[i]) {
			in.Problems, in.problemsOf = append(in.Problems, problem), append(in.problemsOf, of[i])
		}
	}
	return in
}

// heardBy is what the principal may hear of what followed by itself.
func (f Followed) heardBy(p pipelines.Principal) Followed {
	var out Followed
	for _, d := range f.Deployments {
		if p.Allows(pipelines.DeploymentView, pipelines.Where{Project: d.Project, Environment: d.Environment}) {
			out.Deployments = append(out.Deployments, d)
		}
	}
	for i, why := range f.NotSent {
		if p.Allows(pipelines.DeploymentView, f.notSentTo[i]) {
			out.NotSent, out.notSentTo = append(out.NotSent, why), append(out.notSentTo, f.notSentTo[i])
		}
	}
	return out
}
