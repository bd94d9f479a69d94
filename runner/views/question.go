package views

import (
	"context"
	"time"

	"slipway/runner/graph"
	"slipway/runner/links"
)

// AnsweredByLink is the decision that was made on what a mail link asks, and
// whether it was the link's own person who made it; nil while there is none.
// The link is the right to ask.
func (v *Views) AnsweredByLink(ctx context.Context, token string) (answer *graph.Answered, at time.Time, own bool, err error) {
	owner, _, _, err := v.Records.LinkOwner(ctx, links.Key(token))
	if err != nil || owner.Deployment == "" {
		return nil, at, false, err
	}
	l, err := v.Records.Load(ctx, owner.Deployment)
	if err != nil {
		return nil, at, false, err
	}
	step := l.State.Head.Steps[owner.Step]
	if step.Round != owner.Round {
		return nil, at, false, nil // it asks anew since
	}
	answer = step.Answer
	return answer, step.Ended, answer != nil && answer.UserID == owner.UserID, nil
}
