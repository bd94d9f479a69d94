package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	now := s.Env.Now()
	t, m, err := s.ticket(u, Invitation, p.Called, now.Add(Invitation.lasts()))
	if err != nil {
		return u, err
	}
	told := s.told(p, "InvitationSent", u.ID, "invited "+u.Username+" by mail to "+u.Mail)
	if err := s.Records.Tell(ctx, told, records.AddTicket(t, now)...); err != nil {
		return u, err
	}
	came, refused := s.sendInvitation(ctx, u, m)
	if came == "" {
		return u, refused
	}
	told = s.told(p, "InvitationSent", u.ID, "the mail that invites "+u.Username+", to "+u.Mail+","+came)
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
		return " could not be sent yet, and is tried again: " + cutShort(err.Error()),
			pipelines.Refuse(pipelines.Unavailable, "the mail server does not take the invitation to %s now (%s): it goes out by itself as soon as it does", u.Username, err)
	case limited.Err() != nil && ctx.Err() == nil:
		err = fmt.Errorf("the mail server did not take it within %s", invitationWaits)
	}
	return " could not be sent: " + cutShort(err.Error()),
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

// ticket makes a link for a user, to be stored, and its mail. The link begins with
// the configured address, whatever a request says.
func (s *SignIn) ticket(u pipelines.User, purpose Purpose, by string, ends time.Time) (records.Ticket, mail.Message, error) {
	now := s.Env.Now()
	token, link, err := links.NewTicket(s.Env.Random, now, ends.Sub(now), string(purpose), u.ID)
	if err != nil {
		return records.Ticket{}, mail.Message{}, err
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
		return records.Ticket{}, mail.Message{}, err
	}
	m := mail.Message{ID: string(purpose) + "." + s.Env.NewID(), Topic: string(purpose) + " of " + u.ID, To: []string{u.Mail}, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, Date: now, Keep: true}
	return records.Ticket{Key: links.Key(token), UserID: u.ID, By: by, Link: link}, m, nil
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
		if err := s.mailReset(ctx, u, from); err != nil { // others may share the address
			return err
		}
	}
	return nil
}

// mostStanding is how many links of one account stand at most: one a minute for the
// hour that a reset lasts.
const mostStanding = 60

// mailReset ends no link that stands: whoever asks need not be who has the mailbox.
// Who was invited and has not come yet gets that invitation again, which ends when
// the first one does.
func (s *SignIn) mailReset(ctx context.Context, u pipelines.User, from string) error {
	stand, err := s.Records.Tickets(ctx, u.ID)
	now := s.Env.Now()
	if err != nil || len(stand.All) >= mostStanding || mailedSince(stand, now.Add(-time.Minute)) {
		return err
	}
	s.brake.count("reset of "+u.ID, "", now)
	purpose, by, ends := Reset, "", now.Add(Reset.lasts())
	if open, ok := openInvitation(stand, now); ok {
		purpose, by, ends = Invitation, open.By, open.Expires
	}
	t, m, err := s.ticket(u, purpose, by, ends)
	if err != nil {
		return err
	}
	told := s.event("PasswordResetAsked", u.ID, u.Username, "page", from, "a new password was asked for, from "+from)
	err = s.Records.Tell(ctx, []pipelines.Event{told}, records.AddTicketBeside(t, stand, now)...)
	switch {
	case records.Conflict(err): // another mail goes out at this moment
		return nil
	case err != nil:
		return err
	}
	if err := s.Backroom.Send(ctx, m); err != nil && !errors.Is(err, mail.ErrTryAgain) { // what waits goes out by itself
		return err
	}
	return nil
}

// mailedSince says whether a mail with a link went out since then, perhaps from
// another process.
func mailedSince(stand records.Tickets, then time.Time) bool {
	return slices.ContainsFunc(stand.All, func(t records.TicketMade) bool { return t.Made.After(then) })
}

func openInvitation(stand records.Tickets, now time.Time) (records.TicketMade, bool) {
	i := slices.IndexFunc(stand.All, func(t records.TicketMade) bool {
		return t.Purpose == string(Invitation) && now.Before(t.Expires)
	})
	if i < 0 {
		return records.TicketMade{}, false
	}
	return stand.All[i], true
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
		return pipelines.User{}, ticket, 0, pipelines.Refuse(pipelines.NotFound, "this link does not work: it was used, has expired, or a newer invitation has taken its place")
	}
	u, err := s.Records.User(ctx, ticket.UserID)
	if pipelines.CodeOf(err) == pipelines.NotFound || err == nil && (u.Noun.Disabled || u.Noun.Service) {
		err = pipelines.Refuse(pipelines.NotFound, "this link does not work: the account is closed")
	}
	return u.Noun, ticket, revision, err
}

// mostAsksMeanwhile is how many mails may be asked for while a link is being used.
const mostAsksMeanwhile = 5

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
	for asks := 0; ; asks++ {
		changes := append(records.UseTicket(ticket, revision), records.SetPassword(u.ID, hash), records.EndSessions(u.ID, ended))
		err = s.Records.Tell(ctx, []pipelines.Event{told}, changes...)
		if !records.Conflict(err) || asks == mostAsksMeanwhile {
			break
		}
		// Used by somebody else, or there is one more beside it.
		if u, ticket, revision, err = s.opened(ctx, purpose, token); err != nil {
			return false, err
		}
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
