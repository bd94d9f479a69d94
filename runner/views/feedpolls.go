package views

import (
	"context"
	"strings"
	"time"

	"slipway/pipelines"
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

// heard reads it, as far as the principal may hear of it.
func (v *Views) heard(ctx context.Context, p pipelines.Principal, feedID string) (Heard, error) {
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
	out.Asked, out.Trouble, out.Since, out.Failing = when(poll.Asked), troubleFor(p, poll.Trouble), when(poll.Since), poll.Failures > 0
	return out, nil
}

// noReleaseOf stands behind a project's name in a trouble that is not the feed's
// own: the project could make no release of what the feed gave.
const noReleaseOf = " makes no release of it: "

// troubleFor is a trouble as the principal may read it: whoever sees a feed need
// not see the projects that ask it.
func troubleFor(p pipelines.Principal, trouble string) string {
	head, _, ofProject := strings.Cut(trouble, noReleaseOf)
	if !ofProject {
		return trouble
	}
	version, project, _ := strings.Cut(head, ": ")
	if p.AllowsIn(pipelines.ProjectView, project) {
		return trouble
	}
	return version + ": a project that you do not see makes no release of it"
}

func when(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
