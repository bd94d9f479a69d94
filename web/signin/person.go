package signin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc"
)

// personOf is whose account somebody gets whom a provider vouches for: first by
// issuer and subject, which never change; then, where the provider's settings
// allow it, an account with the same verified mail address that nobody can have
// used yet; then a new one.
func (s *SignIn) personOf(ctx context.Context, p records.Provider, c oidc.Claims, from string) (pipelines.User, error) {
	known, _, ok, err := s.Records.Identity(ctx, c.Issuer, c.Subject)
	if err != nil {
		return pipelines.User{}, err
	}
	if ok {
		u, err := s.Records.User(ctx, known.UserID)
		if pipelines.CodeOf(err) == pipelines.NotFound {
			err = pipelines.Refuse(pipelines.Forbidden, "your account here was removed: ask an administrator")
		}
		if err == nil && u.Noun.Service {
			err = pipelines.Refuse(pipelines.Forbidden, "%s is a service account now: it comes in by API keys", u.Noun.Username)
		}
		return u.Noun, err
	}
	if p.LinkByMail {
		u, found, err := s.unused(ctx, c)
		if err != nil {
			return u, err
		}
		if found {
			told := s.event(modified, u.ID, u.Username, p.Name, from, "the first sign-in by "+p.Name+" took the account, by its verified mail address "+c.Mail)
			return u, s.Records.Tell(ctx, []pipelines.Event{told}, records.AddIdentity(s.identity(p, c, u.ID))...)
		}
	}
	if !p.NewUsers {
		return pipelines.User{}, pipelines.Refuse(pipelines.Forbidden, "%s knows you, but nobody here belongs to that account: ask an administrator, or sign in with your password and link it on your profile page", p.Name)
	}
	return s.newPerson(ctx, p, c, from)
}

func (s *SignIn) identity(p records.Provider, c oidc.Claims, userID string) records.Identity {
	name := c.Mail
	if name == "" {
		name = c.Username
	}
	return records.Identity{Issuer: c.Issuer, Subject: c.Subject, Provider: p.ID, UserID: userID, Since: s.Env.Now(), Name: shortened(name)}
}

// unused is the one account with a verified mail address, if nobody can have
// signed in to it: no password, no identity, no key. An administrator's is never
// taken so: whoever can make a mail address at the provider would be one.
func (s *SignIn) unused(ctx context.Context, c oidc.Claims) (pipelines.User, bool, error) {
	if !c.MailVerified || !pipelines.IsMailAddress(c.Mail) {
		return pipelines.User{}, false, nil
	}
	all, err := s.Records.Users(ctx)
	if err != nil {
		return pipelines.User{}, false, err
	}
	var fitting []pipelines.User
	for _, u := range all {
		if strings.EqualFold(u.Mail, c.Mail) {
			fitting = append(fitting, u)
		}
	}
	if len(fitting) != 1 || fitting[0].Disabled || fitting[0].Service {
		return pipelines.User{}, false, nil
	}
	u := fitting[0]
	p, err := s.Records.Principal(ctx, u.ID, "")
	if err != nil || p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return u, false, err
	}
	password, err := s.Records.Password(ctx, u.ID)
	if err != nil {
		return u, false, err
	}
	identities, err := s.Records.Identities(ctx, u.ID)
	if err != nil {
		return u, false, err
	}
	keys, err := s.Records.APIKeys(ctx, u.ID)
	return u, password == "" && len(identities) == 0 && len(keys) == 0, err
}

// newPerson makes an account. It may do nothing until it is in a team.
func (s *SignIn) newPerson(ctx context.Context, p records.Provider, c oidc.Claims, from string) (pipelines.User, error) {
	all, err := s.Records.Users(ctx)
	if err != nil {
		return pipelines.User{}, err
	}
	u := pipelines.User{Username: freeName(all, usernameOf(c)), DisplayName: shortened(c.Name), Owner: pipelines.OwnedByPages}
	if c.MailVerified && pipelines.IsMailAddress(c.Mail) && !slices.ContainsFunc(all, func(o pipelines.User) bool { return strings.EqualFold(o.Mail, c.Mail) }) {
		u.Mail = c.Mail
	}
	if found := u.Check(); len(found) > 0 {
		return u, pipelines.Refuse(pipelines.Invalid, "no account can be made of what %s says: %s", p.Name, found[0].Message)
	}
	changes, id, err := s.Records.NewNoun(ctx, records.Users, u.Username, func(id string, _ int) any { u.ID = id; return u })
	if err != nil {
		return u, err
	}
	told := s.event(created, id, u.Username, p.Name, from, "made the user "+u.Username+", at the first sign-in by "+p.Name)
	return u, s.Records.Tell(ctx, []pipelines.Event{told}, append(changes, records.AddIdentity(s.identity(p, c, id))...)...)
}

// usernameOf is what somebody may be called here: what the provider calls them,
// without what a username may not have.
func usernameOf(c oidc.Claims) string {
	for _, wish := range []string{c.Username, c.Mail, c.Name} {
		wish, _, _ = strings.Cut(wish, "@")
		name := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
				return r
			}
			return -1
		}, wish)
		if name = strings.Trim(name, ".-_"); name != "" {
			return name[:min(len(name), 60)]
		}
	}
	return "user"
}

func freeName(all []pipelines.User, wish string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(all, func(u pipelines.User) bool { return pipelines.SameName(u.Username, name) })
	}
	name := wish
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", wish, n)
	}
	return name
}

// link gives the person of a session one more way to sign in.
func (s *SignIn) link(r *http.Request, p records.Provider, c oidc.Claims, userID string) error {
	who, err := s.Who(r)
	if err != nil {
		return err
	}
	if who.UserID != userID || who.Via != "session" {
		return errWayOver
	}
	known, _, ok, err := s.Records.Identity(r.Context(), c.Issuer, c.Subject)
	switch {
	case err != nil:
		return err
	case ok && known.UserID == userID:
		return nil
	case ok:
		return pipelines.Refuse(pipelines.Conflict, "this account at %s belongs to another user here", p.Name)
	}
	i := s.identity(p, c, userID)
	return s.Records.Tell(r.Context(), s.told(who, modified, userID, "linked the account "+i.Name+" at "+p.Name), records.AddIdentity(i)...)
}

// Unlink takes one of the principal's ways to sign in away, unless it is the last,
// and with it the memberships that it made.
func (s *SignIn) Unlink(ctx context.Context, p pipelines.Principal, providerID string) error {
	if err := p.DemandOwn(); err != nil {
		return err
	}
	return s.withEndings(ctx, func(*memberships) (told pipelines.Event, changes []records.Change, e ending, err error) {
		all, err := s.Records.Identities(ctx, p.UserID)
		if err != nil {
			return told, nil, e, err
		}
		providers, err := s.Records.Providers(ctx)
		if err != nil {
			return told, nil, e, err
		}
		at := slices.IndexFunc(all, func(i records.Identity) bool { return i.Provider == providerID })
		if at < 0 {
			return told, nil, e, noProvider(providerID)
		}
		stays, err := s.comesIn(ctx, p.UserID, providers, all[at])
		if err != nil {
			return told, nil, e, err
		}
		if !stays {
			return told, nil, e, pipelines.Refuse(pipelines.Conflict, "this is your only way to sign in: set a password first")
		}
		told = s.told(p, modified, p.UserID, "unlinked the account "+all[at].Name)[0]
		_, revision, ok, err := s.Records.Identity(ctx, all[at].Issuer, all[at].Subject)
		if err != nil {
			return told, nil, e, err
		}
		if !ok {
			return told, nil, e, noProvider(providerID)
		}
		e, err = s.endingOfLink(ctx, all[at])
		return told, records.RemoveIdentity(all[at], revision), e, err
	})
}

// Identities are the principal's accounts at providers.
func (s *SignIn) Identities(ctx context.Context, p pipelines.Principal) ([]records.Identity, error) {
	return s.Records.Identities(ctx, p.UserID)
}
