package signin

import (
	"context"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

// Own is the principal's account as it is stored.
func (s *SignIn) Own(ctx context.Context, p pipelines.Principal) (u pipelines.User, hasPassword bool, err error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return u, false, err
	}
	stored, err := s.Records.User(ctx, p.UserID)
	if err != nil {
		return u, false, err
	}
	password, err := s.Records.Password(ctx, p.UserID)
	return stored.Noun, password != "", err
}

// SaveOwn changes the principal's own name and mail address. Where mails go is
// where a new password can be asked for, so changing the address takes showing
// once more who one is.
func (s *SignIn) SaveOwn(r *http.Request, p pipelines.Principal, display, mail, password string) error {
	if err := p.DemandWhole(); err != nil {
		return err
	}
	stored, err := s.Records.User(r.Context(), p.UserID)
	if err != nil {
		return err
	}
	if now := stored.Noun; strings.TrimSpace(mail) != now.Mail && pipelines.MayEdit("user", now.Username, now.Owner, pipelines.OwnedByPages) == nil { // what text says stays in any case
		if err := s.Again(r, p, password); err != nil {
			return err
		}
	}
	return (&catalog.Catalog{Records: s.Records, Env: s.Env}).SaveOwn(r.Context(), p, display, mail)
}
