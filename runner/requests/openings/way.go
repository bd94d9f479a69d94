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
