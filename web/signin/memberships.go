package signin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

// memberships are the teams as they stand and as they will, with what says
// whether somebody is left then who may do everything.
type memberships struct {
	turn  records.Change // of two at once, one begins again
	users []pipelines.User
	roles []pipelines.UserRole
	teams []pipelines.Team
	will  []pipelines.Team
}

func (s *SignIn) memberships(ctx context.Context) (m *memberships, err error) {
	m = &memberships{}
	if m.turn, err = s.Records.ChangeNouns(ctx); err != nil {
		return nil, err
	}
	if m.users, err = s.Records.Users(ctx); err != nil {
		return nil, err
	}
	if m.roles, err = s.Records.UserRoles(ctx); err != nil {
		return nil, err
	}
	m.teams, err = s.Records.Teams(ctx)
	m.will = slices.Clone(m.teams)
	return m, err
}

func (m *memberships) join(at int, username string) {
	m.will[at].BySignIn = append(slices.Clone(m.will[at].BySignIn), username)
}

// leave takes somebody out who came in by signing in, unless nobody were left
// then who may do everything: nobody could undo that.
func (m *memberships) leave(at int, username string) bool {
	without := m.will[at]
	without.BySignIn = slices.DeleteFunc(slices.Clone(without.BySignIn), func(n string) bool { return pipelines.SameName(n, username) })
	if catalog.MakesAdmins(without, m.roles) {
		will := slices.Clone(m.will)
		will[at] = without
		if catalog.LocksOut(m.users, m.roles, m.will, will) {
			return false
		}
	}
	m.will[at] = without
	return true
}

// changed are the teams that will stand otherwise.
func (m *memberships) changed() []int {
	var out []int
	for i := range m.teams {
		if !slices.Equal(m.teams[i].BySignIn, m.will[i].BySignIn) {
			out = append(out, i)
		}
	}
	return out
}

// tell puts into an entry which teams stand otherwise by it, and who was and is in
// them by signing in: it is found under each of these teams, too.
func (m *memberships) tell(told *pipelines.Event) {
	changed := m.changed()
	if len(changed) == 0 {
		return
	}
	if told.Details == nil {
		told.Details = map[string]string{}
	}
	for name, teams := range map[string][]pipelines.Team{"members before": m.teams, "members after": m.will} {
		var lines []string
		for _, i := range changed {
			lines = append(lines, teams[i].Name+" by sign-in: "+cmp.Or(strings.Join(teams[i].BySignIn, ", "), "nobody"))
		}
		text := strings.Join(lines, "\n")
		told.Details[name] = strings.ToValidUTF8(text[:min(len(text), mostEndingsTold)], "")
	}
	for _, i := range changed {
		told.Related = append(told.Related, m.teams[i].ID)
	}
}

// changes are those of the teams, none where all stay as they are.
func (m *memberships) changes(ctx context.Context, r *records.Records) ([]records.Change, error) {
	var out []records.Change
	for _, i := range m.changed() {
		revision, err := r.Revision(ctx, records.Teams, m.will[i].ID)
		if err != nil {
			return nil, err
		}
		out = append(out, records.ReplaceNoun(records.Teams, m.will[i].ID, m.will[i], revision))
	}
	if len(out) > 0 {
		out = append(out, m.turn)
	}
	return out, nil
}
