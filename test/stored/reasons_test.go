package stored

import "slipway/runner/replay"

// Why journals of older releases would be decided otherwise today, on purpose.
const (
	asks  = "an outcome that nobody knows now waits for a person's choice, and so does what depends on it"
	stops = "what is told to stop now has a minute to say that it has"
	twice = "the state now says that a cancel was asked for twice"
)

// reasonFor is why a difference is meant. One that has no reason is a fault of
// today's code.
func reasonFor(folder, deployment string, d replay.Difference) string {
	if d.Field == "who cancelled it, twice" && d.Stored == "none" && d.Now == "true" {
		return twice
	}
	if d.Field == "effects" && d.Now == "set the alarm stopped" {
		return stops
	}
	if folder == "v1-4" && deployment == "Deployments-6" && d.Revision == 3 {
		return asks
	}
	return ""
}
