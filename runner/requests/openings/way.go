package openings

import (
	"fmt"

	"slipway/pipelines"
	"slipway/runner/records"
)

// TooOld says why no rule may send a release to an environment by itself, and
// which deployment is in its way: no rule puts an older release over a newer one.
// A person may.
func TooOld(release, environment string, in records.Current) (by *pipelines.Deployment, why string) {
	there := in.Newer(release)
	if there == nil {
		return nil, ""
	}
	return there, fmt.Sprintf("release %s is older than %s, which is in %s, or was last on its way there; a person can still deploy it", release, there.Release, environment)
}

// Replaced says why a deployment of a release that waits gives way to one that
// was asked for later, where a new one puts an end to those that wait; "" if it
// does not.
func Replaced(release string, by pipelines.Deployment) string {
	if by.Automatic && (pipelines.Release{Number: by.Release}).OlderThan(release) {
		return ""
	}
	return fmt.Sprintf("replaced by %s (%s)", by.ID, by.Release)
}

// GivesWay says why a deployment that waits gives its turn to another one, which
// waits behind it, as the project's policy has it; "" if it does not. For one that
// would give way itself nobody does.
func GivesWay(policy pipelines.QueuePolicy, d, to pipelines.Deployment, in records.Current) string {
	if to.Automatic && in.Newer(to.Release) != nil {
		return ""
	}
	switch {
	case policy == pipelines.QueueReplaceWaiting:
		return Replaced(d.Release, to)
	case policy == pipelines.QueueSkipSuperseded && (pipelines.Release{Number: d.Release}).OlderThan(to.Release):
		return fmt.Sprintf("superseded by %s (%s), which waits behind it", to.ID, to.Release)
	}
	return ""
}
