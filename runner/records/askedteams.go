package records

import (
	"context"
	"strconv"
	"sync"

	"slipway/runner/table"
)

// AskedTeams are the teams that a process has named for a sign-off at any time, or
// false where nobody has written down any: releases ask as their process did when
// they were made, so a team is asked long after the process names another.
func (r *Records) AskedTeams(ctx context.Context) (teams []string, kept bool, err error) {
	teams, _, kept, err = get[[]string](ctx, r, askedTeamsKey)
	return teams, kept, err
}

// KeepAskedTeams is the change that writes them down. It goes with the turn of the
// configuration, so that nobody else's are lost.
func KeepAskedTeams(teams []string) Change { return table.Put(askedTeamsKey, encode(teams)) }

// askedBefore are the teams that releases ask of a time before these rows, once
// somebody has looked through them all. It holds while there are no others.
type askedBefore struct {
	mu      sync.Mutex
	counted string // how releases were counted then, "" for never
	teams   []string
}

// AskedBefore are these teams; look finds them, where it is not known.
func (r *Records) AskedBefore(ctx context.Context, look func() ([]string, error)) ([]string, error) {
	made, _, _, err := get[int](ctx, r, key("counters", "Releases"))
	if err != nil {
		return nil, err
	}
	r.asked.mu.Lock()
	defer r.asked.mu.Unlock()
	if now := strconv.Itoa(made); r.asked.counted != now {
		teams, err := look()
		if err != nil {
			return nil, err
		}
		r.asked.counted, r.asked.teams = now, teams
	}
	return r.asked.teams, nil
}

var askedTeamsKey = key("meta", "asked-teams")
