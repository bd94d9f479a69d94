package signin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/links"
	"slipway/runner/mail"
	"slipway/runner/records"
)

// Recovery is the way back into an account whose owner has lost every other.
type Recovery struct {
	User     pipelines.User `json:"-"`
	Username string         `json:"username"`
	// Factor says whether there was a second factor, which is gone now.
	Factor bool `json:"factorRemoved"`
	// Link leads to the page where a new password is set, once.
	Link  string    `json:"link"`
	Until time.Time `json:"until"`
	// Letter tells the person; it holds no link. Nil for somebody without an address.
	Letter *mail.Message `json:"-"`
}

// Recover is for whoever has the server itself in hand, and so asks for no right:
// it takes an account's second factor away, ends its sessions, and makes a link to
// set a new password. where says in the log where that was done.
func (s *SignIn) Recover(ctx context.Context, username, where string) (Recovery, error) {
	u, err := s.lost(ctx, username)
	if err != nil {
		return Recovery{}, err
	}
	_, revision, had, err := s.Records.Factor(ctx, u.ID)
	if err != nil {
		return Recovery{}, err
	}
	now := s.Env.Now()
	token, link, err := links.NewTicket(s.Env.Random, now, Reset.lasts(), string(Reset), u.ID)
	if err != nil {
		return Recovery{}, err
	}
	message := "a way back into the account of " + u.Username + " was made " + where + ": its sessions ended, and a link to set a new password was given out"
	changes := append(records.AddTicket(records.Ticket{Key: links.Key(token), UserID: u.ID, Link: link}, now), records.EndSessions(u.ID, now))
	if had {
		message += "; its second factor was removed"
		changes = append(changes, records.RemoveFactor(u.ID, revision))
	}
	told := pipelines.System("recovery").Did(s.Env.NewID(), now, "AccountRecovered", u.ID, message)
	err = s.Records.Tell(ctx, []pipelines.Event{told}, changes...)
	if records.Conflict(err) {
		err = pipelines.Refuse(pipelines.Conflict, "somebody changed how %s signs in at this moment: do it again", u.Username)
	}
	if err != nil {
		return Recovery{}, err
	}
	return Recovery{
		User: u, Username: u.Username, Factor: had, Link: s.BaseURL + "/" + string(Reset) + "/" + token, Until: link.Expires,
		Letter: s.recovered(u, where, had),
	}, nil
}

// lost is the account that somebody wants back. Who does not find theirs is told
// whose may do everything.
func (s *SignIn) lost(ctx context.Context, username string) (pipelines.User, error) {
	m, err := s.memberships(ctx)
	if err != nil {
		return pipelines.User{}, err
	}
	at := slices.IndexFunc(m.users, func(u pipelines.User) bool { return pipelines.SameName(u.Username, username) })
	if at < 0 {
		return pipelines.User{}, pipelines.Refuse(pipelines.NotFound, "there is no user %q; administrators are: %s", shortened(username), strings.Join(m.admins(), ", "))
	}
	u := m.users[at]
	switch {
	case u.Disabled:
		return u, pipelines.Refuse(pipelines.Conflict, "%s is disabled: recover the account of an administrator (%s), who enables it", u.Username, strings.Join(m.admins(), ", "))
	case u.Service:
		return u, pipelines.Refuse(pipelines.Conflict, "%s is a service account, which comes in by API keys only: recover the account of an administrator (%s), who makes one", u.Username, strings.Join(m.admins(), ", "))
	}
	return u, nil
}

// admins are the names of the people who may do everything.
func (m *memberships) admins() []string {
	var out []string
	for _, u := range m.users {
		if !u.Disabled && !u.Service && pipelines.PrincipalOf(u, m.teams, m.roles, "").Admin {
			out = append(out, u.Username)
		}
	}
	return out
}

// recovered is the mail that tells somebody what was done to their account, so that
// it is not done behind their back. Whoever reads it gets nothing by it.
func (s *SignIn) recovered(u pipelines.User, where string, had bool) *mail.Message {
	if u.Mail == "" {
		return nil
	}
	factor := ""
	if had {
		factor = " The second factor is removed: set up a new one on your profile page."
	}
	now := s.Env.Now()
	return &mail.Message{
		ID: "recovery." + s.Env.NewID(), Topic: "recovery of " + u.ID, To: []string{u.Mail}, Date: now, Keep: true,
		Subject: "Slipway: a way back into your account",
		Text: fmt.Sprintf("A way back into your account %s was made %s, on %s: somebody there got a link to set a new password, and all sessions ended.%s\n\n"+
			"If nobody told you of it, whoever runs the server should know: until the link is used your password still works, and you can change it at\n%s/profile\n",
			u.Username, where, now.UTC().Format("Mon 2 Jan 2006, 15:04 UTC"), factor, s.BaseURL),
	}
}
