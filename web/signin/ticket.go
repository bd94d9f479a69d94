package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/letters"
	"slipway/runner/links"
	"slipway/runner/mail"
	"slipway/runner/records"
)

// Purpose is what a mailed link is for: one never serves as the other.
type Purpose string

// The purposes.
const (
	Invitation Purpose = "invitation"
	Reset      Purpose = "reset"
)

func (p Purpose) lasts() time.Duration {
	if p == Invitation {
		return 72 * time.Hour
	}
	return time.Hour
}

// Invite sends somebody the mail by which they set their password.
func (s *SignIn) Invite(ctx context.Context, p pipelines.Principal, username string) (pipelines.User, error) {
	u, err := s.mayKeep(ctx, p, username, pipelines.UserInvite)
	if err != nil {
		return u, err
	}
	if err := s.invitable(u); err != nil {
		return u, err
	}
	if err := s.brake.check("invitation of "+u.ID, "", "too many invitations were sent to "+u.Username, s.Env.Now()); err != nil {
		return u, err
	}
	s.brake.count("invitation of "+u.ID, "", s.Env.Now())
	m, changes, err := s.ticket(u, Invitation, p.Called)
	if err != nil {
		return u, err
	}
	// The link opens nothing until somebody has the mail, so that the entry can wait
	// for what became of that.
	if err := s.Records.Write(ctx, changes...); err != nil {
		return u, err
	}
	came, refused := s.sendInvitation(ctx, u, m)
	told := s.told(p, "InvitationSent", u.ID, "invited "+u.Username+" by mail to "+u.Mail+came)
	if err := s.Records.Tell(context.WithoutCancel(ctx), told); err != nil {
		return u, err
	}
	return u, refused
}

// invitationWaits is how long somebody waits for the mail server to take an
// invitation.
const invitationWaits = 5 * time.Second

// sendInvitation sends it, and says what came of it: for the log, and for whoever
// sent it.
func (s *SignIn) sendInvitation(ctx context.Context, u pipelines.User, m mail.Message) (came string, refused error) {
	limited, stop := context.WithTimeout(ctx, invitationWaits)
	defer stop()
	err := s.Backroom.Send(limited, m)
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, mail.ErrTryAgain) && limited.Err() == nil:
		return "; the mail could not be sent yet, and is tried again: " + cutShort(err.Error()),
			pipelines.Refuse(pipelines.Unavailable, "the mail server does not take the invitation to %s now (%s): it goes out by itself as soon as it does", u.Username, err)
	case limited.Err() != nil && ctx.Err() == nil:
		err = fmt.Errorf("the mail server did not take it within %s", invitationWaits)
	}
	return "; the mail could not be sent: " + cutShort(err.Error()),
		pipelines.Refuse(pipelines.Unavailable, "the invitation to %s could not be sent (%s): look at the settings of the mail server, and send it again", u.Username, err)
}

// cutShort keeps what a mail server says from filling an entry.
func cutShort(text string) string {
	const most = 500
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

func (s *SignIn) invitable(u pipelines.User) error {
	switch {
	case u.Disabled:
		return pipelines.Refuse(pipelines.Conflict, "%s is disabled: enable the account first", u.Username)
	case u.Service:
		return pipelines.Refuse(pipelines.Conflict, "%s is a service account, which signs in with API keys only", u.Username)
	case u.Mail == "":
		return pipelines.Refuse(pipelines.Invalid, "%s has no mail address: enter one first", u.Username)
	}
	return s.noBackroom()
}

// ticket makes a link for a user, its mail, and the changes that store it. The
// link begins with the configured address, whatever a request says.
func (s *SignIn) ticket(u pipelines.User, purpose Purpose, by string) (mail.Message, []records.Change, error) {
	now := s.Env.Now()
	token, link, err := links.NewTicket(s.Env.Random, now, purpose.lasts(), string(purpose), u.ID)
	if err != nil {
		return mail.Message{}, nil, err
	}
	until := link.Expires.UTC().Format("Mon 2 Jan 2006, 15:04 UTC")
	address := s.BaseURL + "/" + string(purpose) + "/" + token
	var letter letters.Letter
	if purpose == Invitation {
		letter, err = letters.Invitation{Username: u.Username, By: by, Server: s.BaseURL, URL: address, Until: until}.Letter()
	} else {
		letter, err = letters.Reset{Username: u.Username, Server: s.BaseURL, URL: address, Until: until}.Letter()
	}
	if err != nil {
		return mail.Message{}, nil, err
	}
	m := mail.Message{ID: string(purpose) + "." + s.Env.NewID(), Topic: string(purpose) + " of " + u.ID, To: []string{u.Mail}, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, Date: now, Keep: true}
	return m, records.AddTicket(records.Ticket{Key: links.Key(token), UserID: u.ID, Link: link}), nil
}

// forgotten is what mails that somebody asks for are counted as.
const forgotten = "forgotten passwords"

// Forgot is asked by somebody who does not know their password. It answers the
// same, in the same time, whether there is such a user or not.
func (s *SignIn) Forgot(r *http.Request, name string) error {
	if err := s.noBackroom(); err != nil {
		return err
	}
	from, now := s.Address(r), s.Env.Now()
	if err := s.brake.check(forgotten, from, "too many mails were asked for from your address ("+from+")", now); err != nil {
		return err
	}
	s.brake.count(forgotten, from, now)
	return s.Backroom.Forgotten(r.Context(), shortened(strings.TrimSpace(name)), from)
}

// MailReset sends the mail to set a new password to whoever has this username or
// mail address, if somebody has, and not too often.
func (s *SignIn) MailReset(ctx context.Context, name, from string) error {
	all, err := s.Records.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range all {
		if name == "" || !pipelines.SameName(u.Username, name) && !strings.EqualFold(u.Mail, name) {
			continue
		}
		if s.invitable(u) != nil || s.brake.check("reset of "+u.ID, "", "", s.Env.Now()) != nil {
			continue
		}
		recent, err := s.resetRecently(ctx, u.ID)
		if err != nil {
			return err
		}
		if recent {
			continue // others may share the address
		}
		s.brake.count("reset of "+u.ID, "", s.Env.Now())
		m, changes, err := s.ticket(u, Reset, "")
		if err != nil {
			return err
		}
		told := s.event("PasswordResetAsked", u.ID, u.Username, "page", from, "a new password was asked for, from "+from)
		if err := s.Records.Tell(ctx, []pipelines.Event{told}, changes...); err != nil {
			return err
		}
		// What waits for the mail server goes out by itself.
		if err := s.Backroom.Send(ctx, m); err != nil && !errors.Is(err, mail.ErrTryAgain) {
			return err
		}
	}
	return nil
}

// resetRecently says whether the last mail went out a moment ago: another process
// may have sent it.
func (s *SignIn) resetRecently(ctx context.Context, userID string) (bool, error) {
	last, ok, err := s.Records.NewestTicket(ctx, userID)
	if err != nil || !ok || last.Link.Purpose != string(Reset) {
		return false, err
	}
	return s.Env.Now().Before(last.Link.Expires.Add(time.Minute - Reset.lasts())), nil
}

// Opened is whose password a mailed link sets, or why it does not any more. It
// changes nothing, however often it is asked: mail scanners follow links.
func (s *SignIn) Opened(ctx context.Context, purpose Purpose, token string) (pipelines.User, error) {
	u, _, _, err := s.opened(ctx, purpose, token)
	return u, err
}

func (s *SignIn) opened(ctx context.Context, purpose Purpose, token string) (pipelines.User, records.Ticket, int64, error) {
	ticket, revision, ok, err := s.Records.Ticket(ctx, links.Key(token))
	if err != nil {
		return pipelines.User{}, ticket, 0, err
	}
	if ok {
		err = ticket.Link.Redeem(token, string(purpose), s.Env.Now())
	}
	if !ok || err != nil {
		return pipelines.User{}, ticket, 0, pipelines.Refuse(pipelines.NotFound, "this link does not work: it was used, has expired, or a newer mail has taken its place")
	}
	u, err := s.Records.User(ctx, ticket.UserID)
	if pipelines.CodeOf(err) == pipelines.NotFound || err == nil && (u.Noun.Disabled || u.Noun.Service) {
		err = pipelines.Refuse(pipelines.NotFound, "this link does not work: the account is closed")
	}
	return u.Noun, ticket, revision, err
}

// Redeem sets the password that somebody chose who came by a mailed link, uses
// the link up, ends what sessions there were, and signs them in as far as a
// password does.
func (s *SignIn) Redeem(w http.ResponseWriter, r *http.Request, purpose Purpose, token, password string) (halfway bool, err error) {
	ctx := r.Context()
	u, ticket, revision, err := s.opened(ctx, purpose, token)
	if err != nil {
		return false, err
	}
	hash, err := s.hash(ctx, u.Username, password)
	if err != nil {
		return false, err
	}
	told := s.event(modified, u.ID, u.Username, string(purpose), s.Address(r), "set the password of "+u.Username+" by a link that works once")
	ended := s.Env.Now()
	changes := append(records.UseTicket(ticket, revision), records.SetPassword(u.ID, hash), records.EndSessions(u.ID, ended))
	err = s.Records.Tell(ctx, []pipelines.Event{told}, changes...)
	if records.Conflict(err) {
		return false, pipelines.Refuse(pipelines.NotFound, "this link does not work: it was used just now")
	}
	if err != nil {
		return false, err
	}
	p, err := s.user(ctx, u.ID, "session", "")
	if err != nil {
		return false, err
	}
	p.From = s.Address(r)
	s.brake.release(u.Username, p.From)
	return s.enterByPassword(w, r, arrival{p, "password", records.EndingAt(ended)}, "with a new password")
}
