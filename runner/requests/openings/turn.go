package openings

import (
	"fmt"

	"slipway/pipelines"
	"slipway/runner/records"
)

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
