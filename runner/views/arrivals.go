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
// waits for it made no release.
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
		if a.At.After(since) && (a.Outcome == records.Refused || len(a.Problems) > 0) {
			out = append(out, a)
		}
	}
	return out, nil
}
