package polls

import (
	"context"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// wants are the packages to ask for, by the id of their feed. A feed that is not
// there any more is left out.
func wants(ctx context.Context, r *records.Records) (map[string][]pipelines.Poll, error) {
	projects, err := r.Projects(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]pipelines.Poll{}
	polls := pipelines.Polls(projects)
	if len(polls) == 0 {
		return out, nil
	}
	feeds, err := r.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range polls {
		if f, ok := pipelines.FeedNamed(feeds, p.Feed); ok {
			out[f.ID] = append(out[f.ID], p)
		}
	}
	return out, nil
}

// agreed keeps what is known of packages that are wanted still. One that is
// wanted more often, or for the first time, is due accordingly sooner.
func agreed(there []records.PolledPackage, wanted []pipelines.Poll, now time.Time) []records.PolledPackage {
	var out []records.PolledPackage
	for _, w := range wanted {
		one := records.PolledPackage{ID: w.Package, Every: w.Every, Next: now}
		if at := slices.IndexFunc(there, func(t records.PolledPackage) bool { return pipelines.SameName(t.ID, w.Package) }); at >= 0 {
			one.Known, one.Newest, one.Next = there[at].Known, there[at].Newest, there[at].Next
			if soon := now.Add(time.Duration(w.Every)); w.Every != there[at].Every && soon.Before(one.Next) {
				one.Next = soon
			}
		}
		out = append(out, one)
	}
	return out
}

// Settled says that there is nothing for Arrange to do. It reads only: a process
// that may set no timers asks it before it calls one that may.
func Settled(ctx context.Context, r *records.Records) (bool, error) {
	wanted, err := wants(ctx, r)
	if err != nil {
		return false, err
	}
	there, err := r.FeedPolls(ctx)
	if err != nil || len(there) != len(wanted) {
		return false, err
	}
	for _, f := range there {
		same := slices.EqualFunc(f.Packages, wanted[f.FeedID], func(a records.PolledPackage, b pipelines.Poll) bool {
			return a.ID == b.Package && a.Every == b.Every
		})
		if !same {
			return false, nil
		}
	}
	return true, nil
}
