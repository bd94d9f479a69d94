package signin

import (
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc"
)

// joinTeams makes the memberships that a provider's groups decide those of this
// sign-in: in and out. It touches only teams that the provider's settings name,
// and only memberships that came by signing in.
func (s *SignIn) joinTeams(ctx context.Context, p records.Provider, c oidc.Claims, u pipelines.User) error {
	if len(p.Groups) == 0 {
		return nil
	}
	claim := p.GroupClaim
	if claim == "" {
		claim = "groups"
	}
	groups := c.List(claim)
	named, wanted := map[string]bool{}, map[string]bool{}
	for _, g := range p.Groups {
		team := pipelines.NameKey(g.Team)
		named[team] = true
		wanted[team] = wanted[team] || slices.Contains(groups, g.Group)
	}
	for range 10 {
		err := s.setTeams(ctx, p, u, named, wanted)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the teams change at this moment: sign in again")
}

func (s *SignIn) setTeams(ctx context.Context, p records.Provider, u pipelines.User, named, wanted map[string]bool) error {
	teams, err := s.Records.Teams(ctx)
	if err != nil {
		return err
	}
	var changes []records.Change
	var in, out []string
	for _, t := range teams {
		key := pipelines.NameKey(t.Name)
		has := pipelines.HasName(t.BySignIn, u.Username)
		if !named[key] || has == wanted[key] {
			continue
		}
		revision, err := s.Records.Revision(ctx, records.Teams, t.ID)
		if err != nil {
			return err
		}
		if wanted[key] {
			t.BySignIn, in = append(slices.Clone(t.BySignIn), u.Username), append(in, t.Name)
		} else {
			t.BySignIn, out = without(t.BySignIn, u.Username), append(out, t.Name)
		}
		changes = append(changes, records.ReplaceNoun(records.Teams, t.ID, t, revision))
	}
	if len(changes) == 0 {
		return nil
	}
	told := s.event(modified, u.ID, u.Username, p.Name, "", "memberships by the groups at "+p.Name+membershipText(in, out))
	return s.Records.Tell(ctx, []pipelines.Event{told}, changes...)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return pipelines.SameName(n, name) })
}

func membershipText(in, out []string) string {
	text := ""
	if len(in) > 0 {
		text += ": in " + strings.Join(in, ", ")
	}
	if len(out) > 0 {
		text += ": out of " + strings.Join(out, ", ")
	}
	return text
}
