package openings

import (
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Resume says why a deployment cannot be taken up again, nil if it can. Since is
// the one that has begun in its place after it, nil if none has: that has changed
// the hosts, or is about to.
func Resume(l records.Loaded, since *pipelines.Deployment) error {
	d, head := l.Deployment, l.State.Head
	anew := "`slipway deploy " + word(d.Project) + " " + word(d.Release) + " " + word(d.Environment) + "`"
	switch {
	case !head.Status.Ended():
		return pipelines.Refuse(pipelines.Conflict, "%s has not ended: it is %s; only what has failed or was cancelled can be tried again", d.ID, head.Status)
	case head.Status == pipelines.Succeeded:
		return pipelines.Refuse(pipelines.Conflict, "%s has succeeded, so there is nothing to try again: %s deploys the release anew", d.ID, anew)
	case head.Blocked:
		return pipelines.Refuse(pipelines.Conflict, "%s was stopped by what its plan found (%s), and a plan never changes: put that right, then %s", d.ID, head.Message, anew)
	case since != nil:
		return pipelines.Refuse(pipelines.Conflict, "%s (%s) was deployed to %s after %s: %s brings %s back", since.ID, since.Release, d.Environment, d.ID, anew, d.Release)
	case !head.Closed:
		return pipelines.Refuse(pipelines.Conflict, "%s has ended this very moment: try again in a few seconds", d.ID)
	}
	return nil
}

// word is a name as one word of a command line.
func word(name string) string {
	if strings.ContainsAny(name, " \t\"'`$&|;<>()*?!#~\\") {
		return strconv.Quote(name)
	}
	return name
}
