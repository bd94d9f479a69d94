package setup

import (
	"context"
	"crypto/rand"
	"fmt"

	"slipway/runner/mail"
	"slipway/runner/rootsecrets"
	"slipway/web/credentials"
	"slipway/web/pages"
)

// Prepare makes a stack ready, or one that was updated: the key for secrets, the
// programs for hosts in the bucket, and a mail that says so.
func (a *AWS) Prepare(ctx context.Context, update bool, mailTo string) error {
	if kind, where := a.keyAt(); kind == "parameter" {
		if err := rootsecrets.Prepare(ctx, a.account.For("SSM"), where, rand.Reader); err != nil {
			return err
		}
	}
	if err := a.overSSM.Publish(ctx); err != nil {
		return err
	}
	if update || mailTo == "" || a.held != nil {
		return nil
	}
	err := a.mail().Send(ctx, mail.Message{
		ID: "ready-" + a.base, From: a.get("SLIPWAY_MAIL_FROM"), To: []string{mailTo}, Date: a.parts.env.Now(), Subject: "Slipway is ready",
		Text: fmt.Sprintf("Slipway answers at %s\n\nThe first administrator is made at a one-time address. Whoever may call the runner function gets it:\n\n"+
			"  aws lambda invoke --function-name %s --cli-binary-format raw-in-base64-out --payload '{\"slipway\":\"first-admin\"}' /dev/stdout\n", a.base, a.get("SLIPWAY_RUNNER")),
	})
	if err != nil { // the stack works without
		a.parts.log.Warn("the mail that the stack is ready was not sent", "to", mailTo, "error", err)
	}
	return nil
}

// firstAdmin is the one-time address where the first administrator is made. Each
// call makes another one; the last is valid.
func (a *AWS) firstAdmin(ctx context.Context) (string, error) {
	token, hash, err := credentials.NewSession(rand.Reader)
	if err != nil {
		return "", err
	}
	if err := a.parts.catalog().OfferSetup(ctx, hash); err != nil {
		return "", err
	}
	return a.base + pages.SetUpPath(token), nil
}
