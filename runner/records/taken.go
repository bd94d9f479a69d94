package records

import (
	"context"
	"time"

	"slipway/runner/table"
)

// Taken is that one person has taken a sign-off on: one at a time holds it, until
// they give it back, somebody takes it over, or it is answered.
type Taken struct {
	Deployment string    `json:"deployment"`
	Step       int       `json:"step"`
	Round      int       `json:"round,omitempty"`
	UserID     string    `json:"userId"`
	Called     string    `json:"called"`
	At         time.Time `json:"at"`
	Note       string    `json:"note,omitempty"` // the word with which it was taken over
}

// Taken reads who has taken a sign-off on.
func (r *Records) Taken(ctx context.Context, deployment string, step, round int) (Taken, int64, bool, error) {
	return get[Taken](ctx, r, takenKey(deployment, step, round))
}

// Take is the change that gives a sign-off to somebody; revision is what was read
// of whoever has it, 0 where nobody has.
func Take(t Taken, revision int64) Change {
	k := takenKey(t.Deployment, t.Step, t.Round)
	if revision == 0 {
		return table.Create(k, encode(t))
	}
	return table.Replace(k, encode(t), revision)
}

// GiveBack is the change after which nobody has a sign-off that was read at
// revision.
func GiveBack(t Taken, revision int64) Change {
	return table.RemoveAt(takenKey(t.Deployment, t.Step, t.Round), revision)
}

func takenKey(deployment string, step, round int) table.Key {
	return key("deployment/"+deployment, "taken", sequence(step), sequence(round))
}
