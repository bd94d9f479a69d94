package views

import (
	"context"
	"time"
)

// Heard is how a feed tells of new versions, and how that went last.
type Heard struct {
	// Webhook says that there is a token for its messages.
	Webhook bool
	// Every is how often it is asked, "" never; Asked is when it was last, and Next
	// when it will be.
	Every       string
	Asked, Next *time.Time
	// Trouble is the last one, Since is when it was; Failing says that it is not over.
	Trouble string
	Since   *time.Time
	Failing bool
}

// heard reads it.
func (v *Views) heard(ctx context.Context, feedID string) (Heard, error) {
	var out Heard
	_, there, err := v.Records.Webhook(ctx, feedID)
	if err != nil {
		return out, err
	}
	out.Webhook = there
	poll, _, err := v.Records.FeedPoll(ctx, feedID)
	if err != nil || len(poll.Packages) == 0 {
		return out, err
	}
	every := poll.Packages[0].Every
	for _, one := range poll.Packages {
		every = min(every, one.Every)
	}
	out.Every, out.Next = every.String(), when(poll.Due())
	out.Asked, out.Trouble, out.Since, out.Failing = when(poll.Asked), poll.Trouble, when(poll.Since), poll.Failures > 0
	return out, nil
}

func when(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
