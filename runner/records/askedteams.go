package records

import (
	"context"

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

var askedTeamsKey = key("meta", "asked-teams")
