package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/mailroom"
	"slipway/runner/records"
)

// Mails is how sending mails stands.
type Mails struct {
	Waiting  []records.MailWait    // the longest waiting first
	Failures []records.MailFailure // newest first
}

// Mails reads what administrators look at.
func (v *Views) Mails(ctx context.Context, p pipelines.Principal) (Mails, error) {
	if err := p.Demand(pipelines.ConfigureServer, pipelines.Where{}); err != nil {
		return Mails{}, err
	}
	all, err := v.Records.MailWaits(ctx)
	if err != nil {
		return Mails{}, err
	}
	failures, err := v.Records.MailFailures(ctx, 20)
	return Mails{Waiting: mailroom.Waiting(all, v.Env.Now()), Failures: failures}, err
}

// MailsOf are what did not go out, or went out late, of one deployment's mails.
// Who asks has read the deployment.
func (v *Views) MailsOf(ctx context.Context, d Deployment) (waiting []records.MailWait, late []records.MailLate, err error) {
	all, err := v.Records.MailWaits(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range mailroom.Waiting(all, v.Env.Now()) {
		if w.Deployment == d.Deployment.ID {
			waiting = append(waiting, w)
		}
	}
	late, err = v.Records.MailsLate(ctx, d.Deployment.ID)
	return waiting, late, err
}
