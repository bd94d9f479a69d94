package signin

import (
	"context"
	"log/slog"
	"time"

	"slipway/pipelines"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/web/credentials"
	"slipway/web/oidc"
)

// Backroom is what signing in takes that who answers requests may not do
// everywhere: open a secret, and send a mail.
type Backroom interface {
	// FactorStep says whether a code is that of a user's app, and which it is.
	FactorStep(ctx context.Context, userID, code string) (step int64, ok bool, err error)
	// Redeem trades a provider's code for an ID token, which is not checked yet.
	Redeem(ctx context.Context, providerID, redirect, code, verifier string) (token string, err error)
	// Send hands over a mail; who it is from is filled in there.
	Send(ctx context.Context, m mail.Message) error
	// Forgotten sees to it, after it has returned, that somebody gets the mail to
	// set a new password, if there is such a user: so that neither answer nor time
	// tells whether there is.
	Forgotten(ctx context.Context, name, from string) error
}

// Here is the Backroom of a server that may do all of it.
type Here struct {
	Records *records.Records
	Opener  secrets.Opener
	Mail    mail.Mail
	Now     func() time.Time
	Log     *slog.Logger
	Issuers *oidc.Issuers
	// SignIn writes the mails that people ask for who forgot their password.
	SignIn *SignIn
}

// FactorStep implements Backroom.
func (h *Here) FactorStep(ctx context.Context, userID, code string) (int64, bool, error) {
	f, _, ok, err := h.Records.Factor(ctx, userID)
	if err != nil || !ok {
		return 0, false, err
	}
	if f.Sealed.Name != factorName(userID) {
		return 0, false, secrets.ErrCannotOpen
	}
	secret, err := h.Opener.Open(ctx, f.Sealed)
	if err != nil {
		return 0, false, err
	}
	step, ok := credentials.CheckTOTP(secret, code, h.Now(), f.LastStep)
	return step, ok, nil
}

// Redeem implements Backroom.
func (h *Here) Redeem(ctx context.Context, providerID, redirect, code, verifier string) (string, error) {
	p, _, ok, err := h.Records.Provider(ctx, providerID)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", noProvider(providerID)
	}
	c := clientOf(p, redirect)
	if p.Secret.By != "" {
		if p.Secret.Name != providerSecret(p.ID) {
			return "", secrets.ErrCannotOpen
		}
		secret, err := h.Opener.Open(ctx, p.Secret)
		if err != nil {
			return "", err
		}
		c.Secret = string(secret)
	}
	return h.Issuers.Redeem(ctx, c, code, verifier)
}

// Send implements Backroom.
func (h *Here) Send(ctx context.Context, m mail.Message) error {
	return h.Mail.Send(ctx, m)
}

// forgottenLimit is how long a mail may be tried to be sent behind somebody's back.
const forgottenLimit = 5 * time.Minute

// Forgotten implements Backroom.
func (h *Here) Forgotten(ctx context.Context, name, from string) error {
	go func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), forgottenLimit)
		defer stop()
		if err := h.SignIn.MailReset(ctx, name, from); err != nil {
			h.Log.Error("the mail to set a new password could not be sent", "error", err)
		}
	}()
	return nil
}

// noBackroom says what is missing, for people.
func (s *SignIn) noBackroom() error {
	if s.Backroom == nil || s.BaseURL == "" {
		return pipelines.Refuse(pipelines.Unavailable, "this server can send no mails")
	}
	return nil
}
