package signin

import (
	"context"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc"
)

// joinTeams makes the memberships that a provider's groups decide those of this
// sign-in: in and out. It touches only teams that the provider's settings name,
// and only memberships that came by signing in. Which groups it was is noted, so
// that the memberships end with what made them.
func (s *SignIn) joinTeams(ctx context.Context, p records.Provider, c oidc.Claims, u pipelines.User, from string) error {
	if len(p.Groups) == 0 {
		return nil
	}
	for range 10 {
		err := s.setTeams(ctx, p, c, u, from)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the teams change at this moment: sign in again")
}

func (s *SignIn) setTeams(ctx context.Context, p records.Provider, c oidc.Claims, u pipelines.User, from string) error {
	now, err := s.memberships(ctx)
	if err != nil {
		return err
	}
	i, revision, ok, err := s.Records.Identity(ctx, c.Issuer, c.Subject)
	if err != nil {
		return err
	}
	if !ok || i.UserID != u.ID {
		return errWayOver // unlinked meanwhile
	}
	in, named := groupsHere(p, c)
	var joined, left, stays []string
	for at, t := range now.will {
		team := pipelines.NameKey(t.Name)
		wanted := slices.ContainsFunc(p.Groups, func(g records.GroupTeam) bool {
			return pipelines.NameKey(g.Team) == team && slices.Contains(in, g.Group)
		})
		switch has := pipelines.HasName(t.BySignIn, u.Username); {
		case !named[team] || has == wanted:
		case wanted:
			now.join(at, u.Username)
			joined = append(joined, t.Name)
		case now.leave(at, u.Username):
			left = append(left, t.Name)
		default:
			stays = append(stays, t.Name)
		}
	}
	changes, err := now.changes(ctx, s.Records)
	if err != nil {
		return err
	}
	var told []pipelines.Event
	if len(joined)+len(left)+len(stays) > 0 {
		entry := s.event(modified, u.ID, u.Username, p.Name, from, "memberships by the groups at "+p.Name+membershipText(joined, left, stays))
		now.tell(&entry)
		told = append(told, entry)
	}
	if !slices.Equal(i.Groups[p.ID], in) {
		i.Groups = maps.Clone(i.Groups)
		if i.Groups == nil {
			i.Groups = map[string][]string{}
		}
		i.Groups[p.ID] = in
		changes = append(changes, records.SetIdentity(i, revision)...)
	}
	if len(told)+len(changes) == 0 {
		return nil
	}
	return s.Records.Tell(ctx, told, changes...)
}

// groupsHere are those of somebody's groups that stand for a team, sorted, and
// which teams groups stand for at all.
func groupsHere(p records.Provider, c oidc.Claims) (in []string, named map[string]bool) {
	claim := p.GroupClaim
	if claim == "" {
		claim = "groups"
	}
	theirs := c.List(claim)
	named = map[string]bool{}
	for _, g := range p.Groups {
		named[pipelines.NameKey(g.Team)] = true
		if slices.Contains(theirs, g.Group) {
			in = append(in, g.Group)
		}
	}
	slices.Sort(in)
	return slices.Compact(in), named
}

func membershipText(in, out, stays []string) string {
	text := ""
	for _, part := range []struct {
		word  string
		teams []string
		why   string
	}{{": in ", in, ""}, {": out of ", out, ""}, {": stays in ", stays, ", because nobody else who can sign in may do everything"}} {
		if len(part.teams) > 0 {
			text += part.word + strings.Join(part.teams, ", ") + part.why
		}
	}
	return text
}
