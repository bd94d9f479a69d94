package signin

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/runner/records"
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
// where a new password can be asked for, so changing the address takes the
// password.
func (s *SignIn) SaveOwn(r *http.Request, p pipelines.Principal, display, mail, password string) error {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return err
	}
	ctx := r.Context()
	stored, err := s.Records.User(ctx, p.UserID)
	if err != nil {
		return err
	}
	now := stored.Noun
	if err := pipelines.MayEdit("user", now.Username, now.Owner, pipelines.OwnedByPages); err != nil {
		return err
	}
	want := now
	want.DisplayName, want.Mail = strings.TrimSpace(display), strings.TrimSpace(mail)
	if utf8.RuneCountInString(want.DisplayName) > 200 || len(want.Mail) > 254 {
		return &pipelines.Error{Code: pipelines.Invalid, Message: "too long", Problems: []pipelines.Problem{{Path: "display-name", Message: "a name has at most 200 characters, a mail address 254"}}}
	}
	if found := want.Check(); len(found) > 0 {
		return &pipelines.Error{Code: pipelines.Invalid, Message: found[0].Message, Problems: found}
	}
	if want == now {
		return nil
	}
	hash, err := s.Records.Password(ctx, p.UserID)
	if err != nil {
		return err
	}
	if want.Mail != now.Mail && hash != "" {
		if err := s.CheckPassword(r, p, password); err != nil {
			return err
		}
	}
	turn, err := s.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	told := s.told(p, modified, p.UserID, "changed their own name or mail address")
	told[0].Details = map[string]string{"before": now.DisplayName + " <" + now.Mail + ">", "after": want.DisplayName + " <" + want.Mail + ">"}
	// Links that were mailed to another address open nothing any more.
	return s.Records.Tell(ctx, told, turn, records.ReplaceNoun(records.Users, now.ID, want, stored.Revision), records.DropTickets(now.ID))
}
