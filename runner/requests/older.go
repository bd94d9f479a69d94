package requests

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/runner/requests/openings"
)

// tooOld says why no rule may send a release to an environment by itself, "" if
// one may: a newer release is there, or has begun to go there.
func (r *Requests) tooOld(ctx context.Context, release pipelines.Release, environment pipelines.Environment) (string, error) {
	current, err := r.Records.In(ctx, release.ProjectID, environment.ID)
	_, why := openings.TooOld(release.Number, environment.Name, current)
	return why, err
}

// noteNotSent writes down that a rule would have deployed a release, and why it
// did not. It returns the sentence for whoever caused it.
func (r *Requests) noteNotSent(ctx context.Context, by starter, project pipelines.Project, release pipelines.Release, environment pipelines.Environment, why string) (string, error) {
	message := fmt.Sprintf("%s %s was not sent to %s: %s", project.Name, release.Number, environment.Name, why)
	entry := r.audit(by.Principal, "DeploymentNotCreated", project.ID, message, release.ID, environment.ID)
	entry.Project, entry.Environment = project.ID, environment.ID
	return message, r.Records.Tell(ctx, []pipelines.Event{entry})
}
