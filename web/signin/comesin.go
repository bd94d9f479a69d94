package signin

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/records"
)

// comesIn says whether a person has a way to sign in on the pages: a password, or
// an account, other than without, at one of the providers.
func (s *SignIn) comesIn(ctx context.Context, userID string, providers []records.Provider, without records.Identity) (bool, error) {
	password, err := s.Records.Password(ctx, userID)
	if err != nil || password != "" {
		return err == nil, err
	}
	identities, err := s.Records.Identities(ctx, userID)
	return slices.ContainsFunc(identities, func(i records.Identity) bool {
		return (i.Issuer != without.Issuer || i.Subject != without.Subject) &&
			slices.ContainsFunc(providers, func(p records.Provider) bool { return !p.Disabled && p.Issuer == i.Issuer })
	}), err
}

// leavesAnAdmin refuses that a provider becomes want, nil for none, where no
// administrator could sign in any more: nobody could undo that.
func (s *SignIn) leavesAnAdmin(ctx context.Context, m *memberships, old records.Provider, want *records.Provider) error {
	now, err := s.Records.Providers(ctx)
	if err != nil {
		return err
	}
	will := slices.DeleteFunc(slices.Clone(now), func(p records.Provider) bool { return p.ID == old.ID })
	if want != nil {
		will = append(will, *want)
	}
	there := false
	for _, u := range m.users {
		if u.Disabled || u.Service || !pipelines.PrincipalOf(u, m.teams, m.roles, "").Admin {
			continue
		}
		if stays, err := s.comesIn(ctx, u.ID, will, records.Identity{}); err != nil || stays {
			return err
		}
		before, err := s.comesIn(ctx, u.ID, now, records.Identity{})
		if err != nil {
			return err
		}
		there = there || before
	}
	if !there { // nor could they before
		return nil
	}
	return pipelines.Refuse(pipelines.Conflict, "every administrator signs in by %s alone, and nobody could change this back: one of them sets a password first", old.Name)
}
