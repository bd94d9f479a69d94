package pipelines

import (
	"slices"
	"strings"
	"testing"
)

func TestWhoMayBeTakenOutOfATeam(t *testing.T) {
	t.Parallel()
	team := Team{Name: "Deployers", Members: []string{"Ada", "bob"}, BySignIn: []string{"nina", "bob"}}
	for _, c := range []struct {
		who  string
		left []string
		code Code
		says string
	}{
		{"ada", []string{"bob"}, "", ""},
		{"bob", []string{"Ada"}, "", ""},
		{"NINA", nil, Conflict, "by signing in: the groups at the identity provider decide that"},
		{"eve", nil, NotFound, "no member of the team Deployers"},
	} {
		got, err := team.Without(c.who)
		if CodeOf(err) != c.code || err == nil && !slices.Equal(got.Members, c.left) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("Without(%s) = %v, %v, want %v, %q %q", c.who, got.Members, err, c.left, c.code, c.says)
		}
	}
	if len(team.Members) != 2 {
		t.Errorf("the team itself was changed: %v", team.Members)
	}
}
