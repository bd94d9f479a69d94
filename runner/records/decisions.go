package records

import (
	"context"
	"time"

	"slipway/runner/table"
)

// Decision is an answer to a sign-off as the one remembers it who gave it.
type Decision struct {
	ID          string    `json:"id"`
	UserID      string    `json:"userId"`
	Deployment  string    `json:"deployment"`
	Step        string    `json:"step"`
	Project     string    `json:"project"`
	Release     string    `json:"release"`
	Environment string    `json:"environment"`
	Proceed     bool      `json:"proceed"`
	Note        string    `json:"note,omitempty"`
	Via         string    `json:"via"`
	At          time.Time `json:"at"`
}

// AddDecision is the change that goes with an answer.
func AddDecision(d Decision) Change {
	return table.Create(key("decided/"+d.UserID, d.At.UTC().Format("2006-01-02T15:04:05.000000000Z"), d.ID), encode(d))
}

// DecisionsOf are a user's newest decisions, newest first.
func (r *Records) DecisionsOf(ctx context.Context, userID string, limit int) ([]Decision, error) {
	return all[Decision](ctx, r, table.Range{Partition: "decided/" + userID, Descending: true, Limit: limit})
}
