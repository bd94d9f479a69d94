package signin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
)

// A membership by signing in lasts as long as what made it: the provider, its
// settings that a group stands for the team, and the person's account there. It
// ends in the act that takes one of these away, not only at the next sign-in,
// which may never come.

// reason is why somebody may be in a team by signing in.
type reason struct{ provider, group, team string }

func reasonsOf(p records.Provider) []reason {
	var out []reason
	for _, g := range p.Groups {
		out = append(out, reason{p.ID, g.Group, pipelines.NameKey(g.Team)})
	}
	return out
}

// ending is what takes away reasons, and by them memberships.
type ending struct {
	teams map[string]bool // that lost a reason
	left  []reason
	gone  records.Identity // that is nobody's any more, and the one user whom it is about; none: all
}

// endings takes those out of teams who have no reason any more to be there, and
// says who left what and who stays all the same.
func (s *SignIn) endings(ctx context.Context, m *memberships, e ending) (left, stay, ids []string, err error) {
	for at, t := range m.teams {
		team := pipelines.NameKey(t.Name)
		if !e.teams[team] {
			continue
		}
		for _, username := range t.BySignIn {
			id := idOf(m.users, username)
			if e.gone.UserID != "" && id != e.gone.UserID {
				continue
			}
			has, err := s.hasReason(ctx, id, team, e)
			switch {
			case err != nil:
				return nil, nil, nil, err
			case has:
			case m.leave(at, username):
				left, ids = append(left, username+" left "+t.Name), append(ids, id)
			default:
				stay = append(stay, username+" stays in "+t.Name+", because nobody else who can sign in may do everything")
			}
		}
	}
	return left, stay, slices.Compact(ids), nil
}

func (s *SignIn) hasReason(ctx context.Context, userID, team string, e ending) (bool, error) {
	identities, err := s.Records.Identities(ctx, userID)
	for _, i := range identities {
		if i.Issuer == e.gone.Issuer && i.Subject == e.gone.Subject {
			continue
		}
		for _, r := range e.left {
			if r.team == team && slices.Contains(i.Groups[r.provider], r.group) {
				return true, err
			}
		}
	}
	return false, err
}

func idOf(users []pipelines.User, username string) string {
	for _, u := range users {
		if pipelines.SameName(u.Username, username) {
			return u.ID
		}
	}
	return ""
}

// withEndings writes an act together with the memberships that end by it. act
// reads what it is about and says what it comes to; it is asked again where
// somebody else was quicker.
func (s *SignIn) withEndings(ctx context.Context, act func(m *memberships) (told pipelines.Event, changes []records.Change, e ending, err error)) error {
	for range 10 {
		m, err := s.memberships(ctx) // first: what is read after it is as new at least
		if err != nil {
			return err
		}
		told, changes, e, err := act(m)
		if err != nil {
			return err
		}
		left, stay, ids, err := s.endings(ctx, m, e)
		if err != nil {
			return err
		}
		if n := len(m.changed()); n > mostTeamsAtOnce {
			return pipelines.Refuse(pipelines.Invalid, "memberships in %d teams would end at once, and %d at most do: take some of the groups out of the settings first", n, mostTeamsAtOnce)
		}
		more, err := m.changes(ctx, s.Records)
		if err != nil {
			return err
		}
		tellEndings(&told, left, stay, ids)
		m.tell(&told)
		err = s.Records.Tell(ctx, []pipelines.Event{told}, append(changes, more...)...)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the teams change at this moment: do it again")
}

const (
	mostTeamsAtOnce = 40 // one write takes no more
	mostEndingsTold = 16 << 10
	mostRelated     = 100
)

// tellEndings puts into an entry who left what.
func tellEndings(told *pipelines.Event, left, stay, ids []string) {
	if len(left)+len(stay) == 0 {
		return
	}
	if told.Details == nil {
		told.Details = map[string]string{}
	}
	told.Related = append(told.Related, ids[:min(len(ids), mostRelated)]...)
	if all := append(slices.Clone(left), stay...); len(all) <= 3 {
		told.Message += ": " + strings.Join(all, "; ")
	} else {
		told.Message += fmt.Sprintf(": %d memberships ended", len(left))
	}
	for name, lines := range map[string][]string{"left": left, "stays": stay} {
		if text := strings.Join(lines, "\n"); text != "" {
			told.Details[name] = strings.ToValidUTF8(text[:min(len(text), mostEndingsTold)], "")
		}
	}
}

// endingOf is what becomes of memberships where a provider is changed to want;
// nil: it is removed.
func (s *SignIn) endingOf(ctx context.Context, old records.Provider, want *records.Provider) (ending, error) {
	e := ending{teams: map[string]bool{}}
	others, err := s.Records.Providers(ctx)
	if err != nil {
		return e, err
	}
	for _, p := range others {
		if p.ID != old.ID && !p.Disabled {
			e.left = append(e.left, reasonsOf(p)...)
		}
	}
	// Somebody known by another issuer or claim was not known to be in the group.
	if want != nil && !want.Disabled && want.Issuer == old.Issuer && want.GroupClaim == old.GroupClaim {
		e.left = append(e.left, reasonsOf(*want)...)
	}
	for _, r := range reasonsOf(old) {
		if !slices.Contains(e.left, r) {
			e.teams[r.team] = true
		}
	}
	return e, nil
}

// endingOfLink is what becomes of somebody's memberships where their account at a
// provider is theirs no more.
func (s *SignIn) endingOfLink(ctx context.Context, gone records.Identity) (ending, error) {
	e := ending{teams: map[string]bool{}, gone: gone}
	all, err := s.Records.Providers(ctx)
	for _, p := range all {
		for _, r := range reasonsOf(p) {
			if !p.Disabled {
				e.left = append(e.left, r)
			}
			e.teams[r.team] = e.teams[r.team] || p.ID == gone.Provider || slices.Contains(gone.Groups[p.ID], r.group)
		}
	}
	return e, err
}
