package requests

import (
	"time"

	"slipway/pipelines"
)

// furthest is how far ahead a deployment may be asked for.
const furthest = 366 * 24 * time.Hour

// late is how long ago a time may be that was still to come when it was typed.
const late = time.Minute

// startTime checks when a deployment is to start; nil is at once.
func (r *Requests) startTime(asked *time.Time) (*time.Time, error) {
	if asked == nil || asked.IsZero() {
		return nil, nil
	}
	now := r.Env.Now()
	at := asked.UTC().Truncate(time.Second)
	written := at.Format("2006-01-02 15:04 UTC")
	switch {
	case at.Before(now.Add(-late)):
		return nil, pipelines.Refuse(pipelines.Invalid, "%s is over: name a time that is to come, or none to deploy at once", written)
	case at.After(now.Add(furthest)):
		return nil, pipelines.Refuse(pipelines.Invalid, "%s is more than a year away: ask for it later", written)
	case !at.After(now):
		return nil, nil
	}
	return &at, nil
}

// MayStart says why no deployment can be ordered for that time, nil if one can.
func (r *Requests) MayStart(at time.Time) error {
	_, err := r.startTime(&at)
	return err
}

// leftOut gives the steps that somebody wants left out the names that they have
// in the process. Required ones cannot be, nor sign-offs.
func (r *Requests) leftOut(project pipelines.Project, asked []string) ([]string, error) {
	var out []string
	for _, name := range asked {
		step, ok := project.StepNamed(name)
		if !ok {
			return nil, pipelines.Refuse(pipelines.Invalid, "%s has no step %q to leave out; there are: %s", project.Name, name, stepNames(project))
		}
		if why := step.Requires(r.Types.Asks); why != "" {
			return nil, pipelines.Refuse(pipelines.Conflict, "%s: deploy %s with it", why, project.Name)
		}
		if !pipelines.HasName(out, step.Name) {
			out = append(out, step.Name)
		}
	}
	return out, nil
}

func stepNames(p pipelines.Project) string {
	var out []string
	for _, s := range p.AllSteps() {
		out = append(out, s.Name)
	}
	return list(out)
}
