package views

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Those that went wrong lately are found among so many; after a week, whoever
// put them there has heard or does not care.
const (
	arrivalsLookedAt = 200
	wrongFor         = 7 * 24 * time.Hour
)

// WrongArrivals are the objects in the bucket whose last arrival did not bring
// what it was put there for, newest first: it was refused, or a project that
// waits for it made no release; of projects that may not be seen nothing is told.
func (v *Views) WrongArrivals(ctx context.Context, p pipelines.Principal) ([]records.Arrival, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return nil, nil
	}
	all, err := v.Records.Arrivals(ctx, arrivalsLookedAt)
	if err != nil {
		return nil, err
	}
	var out []records.Arrival
	seen := map[string]bool{}
	since := v.Env.Now().Add(-wrongFor)
	for _, a := range all {
		if seen[a.Key] {
			continue
		}
		seen[a.Key] = true
		a.Problems = problemsSeen(p, a)
		if a.At.After(since) && (a.Outcome == records.Refused || len(a.Problems) > 0) {
			out = append(out, a)
		}
	}
	return out, nil
}

// problemsSeen are the problems of projects that may be seen. Of older ones
// nobody knows the project.
func problemsSeen(p pipelines.Principal, a records.Arrival) []string {
	if p.Allows(pipelines.ProjectView, pipelines.Where{}) {
		return a.Problems
	}
	var out []string
	for i, project := range a.Projects {
		if i < len(a.Problems) && p.AllowsIn(pipelines.ProjectView, project) {
			out = append(out, a.Problems[i])
		}
	}
	return out
}
