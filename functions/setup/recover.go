package setup

import (
	"context"

	"slipway/pipelines"
	"slipway/web/signin"
)

// Recover makes the way back into an account whose owner has lost every other, for
// whoever has the data folder. The mail that tells the person waits for the next
// start, which knows how mails leave; a way that was made is returned also where
// that fails.
func (s *Server) Recover(ctx context.Context, username string) (signin.Recovery, error) {
	out, err := s.signIn.Recover(ctx, username, "on the server's own machine")
	if err != nil || out.Letter == nil {
		return out, err
	}
	return out, s.mails.Later(ctx, *out.Letter)
}

// recovered is Recover for whoever may call the runner function.
func (a *AWS) recovered(ctx context.Context, username string) (signin.Recovery, error) {
	if username == "" {
		return signin.Recovery{}, pipelines.Refuse(pipelines.Invalid, `the call %s does not say whose account: {"slipway":%q,"user":"NAME"}`, askRecover, askRecover)
	}
	out, err := a.parts.signIn(a.base, a.backroom).Recover(ctx, username, "by a call of the runner function")
	if err != nil || out.Letter == nil {
		return out, err
	}
	if err := a.mails.Send(ctx, *out.Letter); err != nil { // the way back is made without
		a.parts.log.Error("the mail that an account was recovered was not sent", "user", out.Username, "error", err)
	}
	return out, nil
}
