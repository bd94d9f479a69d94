package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"slipway/runner/blobs"
	"slipway/runner/hosts/ssmhosts"
	"slipway/runner/mail"
	"slipway/runner/rootsecrets"
	"slipway/web/credentials"
	"slipway/web/pages"
)

// Prepare makes a stack ready, or one that was updated: the key for secrets, the
// programs for hosts in the bucket, and a mail that says so. At the first time the
// bucket has just been made, and the programs come a moment later.
func (a *AWS) Prepare(ctx context.Context, update bool, mailTo string) error {
	if kind, where := a.keyAt(); kind == "parameter" {
		if err := rootsecrets.Prepare(ctx, a.account.For("SSM"), where, rand.Reader); err != nil {
			return err
		}
	}
	missing, err := a.overSSM.Publish(ctx)
	if err != nil {
		return err
	}
	for _, why := range missing {
		a.parts.log.Warn("a program for hosts is missing; deploying to such hosts fails until it is there", "error", why)
	}
	if err := a.polls.Arrange(ctx); err != nil { // the stack works without
		a.parts.log.Error("when feeds are asked could not be arranged", "error", err)
	}
	if update || mailTo == "" || a.held != nil {
		return nil
	}
	err = a.mails.Send(ctx, mail.Message{
		ID: "ready-" + a.base, From: a.get("SLIPWAY_MAIL_FROM"), To: []string{mailTo}, Date: a.parts.env.Now(), Subject: "Slipway is ready",
		Text: fmt.Sprintf("Slipway answers at %s\n\nThe first administrator is made at a one-time address. Whoever may call the runner function gets it:\n\n"+
			"  aws lambda invoke --function-name %s --cli-binary-format raw-in-base64-out --payload '{\"slipway\":\"first-admin\"}' /dev/stdout\n", a.base, a.get("SLIPWAY_RUNNER")),
	})
	if err != nil { // the stack works without
		a.parts.log.Warn("the mail that the stack is ready was not sent", "to", mailTo, "error", err)
	}
	return nil
}

// program reads a program for hosts, which a function does not carry.
func (a *AWS) program(ctx context.Context, hash string) (io.ReadCloser, error) {
	packed, _, err := a.store.Get(ctx, ssmhosts.ExecutorBlob(hash))
	if errors.Is(err, blobs.ErrNotFound) {
		return nil, &ssmhosts.MissingError{Hash: hash, Bucket: a.get("SLIPWAY_BUCKET")}
	}
	return packed, err
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
