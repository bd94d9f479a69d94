package signin

import (
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/web/oidc"
)

// Whoever says how people sign in could make themselves anybody, so that takes
// an administrator.
func (s *SignIn) mayConfigure(p pipelines.Principal) error {
	if err := p.Demand(pipelines.AdministerSystem, pipelines.Where{}); err != nil {
		return err
	}
	return p.DemandWhole()
}

// Settings are how people sign in.
type Settings struct {
	records.SignInSettings
	Revision  int64
	Providers []records.Provider
	Trusts    []records.Trust
}

// Settings reads them for who may change them.
func (s *SignIn) Settings(ctx context.Context, p pipelines.Principal) (out Settings, err error) {
	if err := s.mayConfigure(p); err != nil {
		return out, err
	}
	if out.SignInSettings, out.Revision, err = s.Records.SignInSettings(ctx); err != nil {
		return out, err
	}
	if out.Providers, err = s.Records.Providers(ctx); err != nil {
		return out, err
	}
	out.Trusts, err = s.Records.Trusts(ctx)
	return out, err
}

// SetSecondFactor says who needs a second factor.
func (s *SignIn) SetSecondFactor(ctx context.Context, p pipelines.Principal, rule records.FactorRule) error {
	if err := s.mayConfigure(p); err != nil {
		return err
	}
	if !slices.Contains([]records.FactorRule{records.FactorOptional, records.FactorAdministrators, records.FactorEverybody}, rule) {
		return pipelines.Refuse(pipelines.Invalid, "a second factor is required for nobody, administrators or everybody")
	}
	now, revision, err := s.Records.SignInSettings(ctx)
	if err != nil || now.SecondFactor == rule {
		return err
	}
	told := s.told(p, modified, "settings/sign-in", "changed who needs a second factor")
	told[0].Details = map[string]string{"before": wordOf(now.SecondFactor), "after": wordOf(rule)}
	now.SecondFactor = rule
	return s.Records.Tell(ctx, told, records.SetSignInSettings(now, revision))
}

func wordOf(rule records.FactorRule) string {
	if rule == records.FactorOptional {
		return "nobody"
	}
	return string(rule)
}

// providerSecret is the name that what we prove ourselves with at a provider is
// sealed under.
func providerSecret(id string) string { return "provider/" + id }

// SaveProvider adds or changes an identity provider. secret "" keeps the one
// there is. The provider is asked, so that a mistake is seen here.
func (s *SignIn) SaveProvider(ctx context.Context, p pipelines.Principal, want records.Provider, secret string) error {
	if err := s.mayConfigure(p); err != nil {
		return err
	}
	if err := checkProvider(&want); err != nil {
		return err
	}
	teams, err := s.Records.Teams(ctx)
	if err != nil {
		return err
	}
	for _, g := range want.Groups {
		if _, ok := pipelines.TeamNamed(teams, g.Team); !ok {
			return pipelines.Refuse(pipelines.Invalid, "there is no team %q", g.Team)
		}
	}
	if !want.Disabled {
		if err := s.issuers().Check(ctx, want.Issuer); err != nil {
			return err
		}
	}
	return s.withEndings(ctx, func(m *memberships) (told pipelines.Event, changes []records.Change, e ending, err error) {
		old, revision, there, err := s.Records.Provider(ctx, want.ID)
		if err != nil {
			return told, nil, e, err
		}
		if there {
			if err := s.leavesAnAdmin(ctx, m, old, &want); err != nil {
				return told, nil, e, err
			}
		}
		if want.Secret, err = s.secretOf(ctx, old, want, secret); err != nil {
			return told, nil, e, err
		}
		category := created
		if there {
			category = modified
		}
		told = s.told(p, category, "settings/sign-in", "saved the identity provider "+want.Name)[0]
		told.Details = map[string]string{"before": providerText(old), "after": providerText(want)}
		e, err = s.endingOf(ctx, old, &want)
		return told, []records.Change{records.SetProvider(want, revision)}, e, err
	})
}

// secretOf is what we prove ourselves with from now on: a new secret where one is
// given, and the old one for nobody but whom it was given for.
func (s *SignIn) secretOf(ctx context.Context, old, want records.Provider, secret string) (secrets.Sealed, error) {
	switch {
	case secret != "":
		return s.Sealer.Seal(ctx, providerSecret(want.ID), []byte(secret))
	case old.Issuer != want.Issuer:
		return secrets.Sealed{}, nil
	}
	return old.Secret, nil
}

func providerText(p records.Provider) string {
	if p.ID == "" {
		return ""
	}
	text := "issuer: " + p.Issuer + "\nclient: " + p.ClientID + "\nscopes: " + strings.Join(p.Scopes, " ") + "\ngroup claim: " + p.GroupClaim
	for _, g := range p.Groups {
		text += "\ngroup " + g.Group + " → team " + g.Team
	}
	for _, choice := range []struct {
		on   bool
		what string
	}{{p.NewUsers, "new users"}, {p.LinkByMail, "link by mail"}, {p.Disabled, "disabled"}} {
		if choice.on {
			text += "\n" + choice.what
		}
	}
	return text
}

func checkProvider(p *records.Provider) error {
	p.Name, p.ClientID, p.Issuer, p.GroupClaim = strings.TrimSpace(p.Name), strings.TrimSpace(p.ClientID), strings.TrimSpace(p.Issuer), strings.TrimSpace(p.GroupClaim)
	switch {
	case p.ID == "" || len(p.ID) > 40 || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return pipelines.Refuse(pipelines.Invalid, "a provider's id has lower-case letters, digits and dashes, like gitlab: it stands in its redirect address")
	case p.Name == "" || len(p.Name) > 60:
		return pipelines.Refuse(pipelines.Invalid, "a provider needs a name of at most 60 characters: people read it on the button")
	case p.ClientID == "" || len(p.ClientID) > 500:
		return pipelines.Refuse(pipelines.Invalid, "the client id is missing: the provider gives it when Slipway is registered there")
	case len(p.Groups) > 200 || len(p.Scopes) > 50:
		return pipelines.Refuse(pipelines.Invalid, "at most 200 groups and 50 scopes")
	}
	return oidc.CheckIssuer(p.Issuer)
}

// RemoveProvider takes a provider away. Who signed in with it keeps the account,
// and leaves the teams that its groups stood for.
func (s *SignIn) RemoveProvider(ctx context.Context, p pipelines.Principal, id string) error {
	if err := s.mayConfigure(p); err != nil {
		return err
	}
	return s.withEndings(ctx, func(m *memberships) (told pipelines.Event, changes []records.Change, e ending, err error) {
		old, revision, ok, err := s.Records.Provider(ctx, id)
		if err != nil {
			return told, nil, e, err
		}
		if !ok {
			return told, nil, e, noProvider(id)
		}
		if err := s.leavesAnAdmin(ctx, m, old, nil); err != nil {
			return told, nil, e, err
		}
		told = s.told(p, "Deleted", "settings/sign-in", "removed the identity provider "+old.Name)[0]
		e, err = s.endingOf(ctx, old, nil)
		return told, []records.Change{records.RemoveProvider(id, revision)}, e, err
	})
}

// Redirect is what a provider must be told as the address to send people back to.
func (s *SignIn) Redirect(providerID string) string { return s.redirect(providerID) }

// How long a key of a build may last, in minutes.
const (
	shortestKey = 15
	longestKey  = 60
)

// AddTrust makes a service account trust the tokens of a build system.
func (s *SignIn) AddTrust(ctx context.Context, p pipelines.Principal, username string, t records.Trust) (records.Trust, error) {
	if err := s.mayConfigure(p); err != nil {
		return t, err
	}
	u, ok, err := s.userNamed(ctx, username)
	switch {
	case err != nil:
		return t, err
	case !ok:
		return t, pipelines.Refuse(pipelines.NotFound, "there is no user %q", shortened(username))
	case !u.Service:
		return t, pipelines.Refuse(pipelines.Invalid, "%s is a person: builds sign in as a service account", u.Username)
	}
	if t.Minutes == 0 {
		t.Minutes = shortestKey
	}
	if t.Audience == "" {
		t.Audience = s.BaseURL
	}
	if t.Minutes < shortestKey || t.Minutes > longestKey {
		return t, pipelines.Refuse(pipelines.Invalid, "the key of a build lasts %d to %d minutes; got %d", shortestKey, longestKey, t.Minutes)
	}
	if t.Audience == "" || len(t.Audience) > 500 {
		return t, pipelines.Refuse(pipelines.Invalid, "a rule names the audience that tokens are made for, like the address of this server")
	}
	if err := oidc.CheckIssuer(t.Issuer); err != nil {
		return t, err
	}
	if err := oidc.CheckPattern(t.Issuer, t.Subject); err != nil {
		return t, err
	}
	t.ID, t.UserID, t.Created, t.By = "Trusts-"+s.Env.NewID(), u.ID, s.Env.Now(), p.Username
	told := s.told(p, created, u.ID, "made "+u.Username+" trust builds of "+t.Issuer+" as "+t.Subject)
	return t, s.Records.Tell(ctx, told, records.AddTrust(t))
}

// RemoveTrust takes a rule away.
func (s *SignIn) RemoveTrust(ctx context.Context, p pipelines.Principal, id string) error {
	if err := s.mayConfigure(p); err != nil {
		return err
	}
	all, err := s.Records.Trusts(ctx)
	if err != nil {
		return err
	}
	gone := pipelines.Refuse(pipelines.NotFound, "there is no trust rule %q", shortened(id))
	at := slices.IndexFunc(all, func(t records.Trust) bool { return t.ID == id })
	if at < 0 {
		return gone
	}
	change, ok, err := s.Records.RemoveTrust(ctx, id)
	if err != nil {
		return err
	}
	t := all[at]
	if ok {
		err = s.Records.Tell(ctx, s.told(p, "Deleted", t.UserID, "took back the trust in "+t.Issuer+" as "+t.Subject), change)
	}
	if !ok || records.Conflict(err) { // somebody else was quicker
		return gone
	}
	return err
}
