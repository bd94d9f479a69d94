package catalog

import (
	"testing"

	"slipway/pipelines"
)

func TestTwoPeopleHaveTwoMailAddresses(t *testing.T) {
	t.Parallel()
	ada := pipelines.User{ID: "Users-1", Username: "ada", Mail: "ada@example.org"}
	old := pipelines.User{ID: "Users-2", Username: "ada2", Mail: "Ada@example.org"}
	with := func(u pipelines.User, change func(*pipelines.User)) pipelines.User { change(&u); return u }
	for what, c := range map[string]struct {
		now    []pipelines.User
		wanted pipelines.User
		refuse bool
	}{
		"a new one with the same":     {[]pipelines.User{ada}, old, true},
		"one who had it before":       {[]pipelines.User{ada, old}, with(old, func(u *pipelines.User) { u.DisplayName = "Ada" }), false},
		"one who is renamed":          {[]pipelines.User{ada}, with(ada, func(u *pipelines.User) { u.Username = "lovelace" }), false},
		"one that takes it":           {[]pipelines.User{ada, with(old, func(u *pipelines.User) { u.Mail = "b@example.org" })}, old, true},
		"the other is closed":         {[]pipelines.User{with(ada, func(u *pipelines.User) { u.Disabled = true })}, old, false},
		"a service account":           {[]pipelines.User{ada}, with(old, func(u *pipelines.User) { u.Service = true }), false},
		"nobody needs a mail address": {[]pipelines.User{with(ada, func(u *pipelines.User) { u.Mail = "" })}, with(old, func(u *pipelines.User) { u.Mail = "" }), false},
	} {
		found := sharedMail(c.now, append([]pipelines.User{c.wanted}, c.now...), c.wanted)
		if (len(found) > 0) != c.refuse || c.refuse && found[0].Path != "mail" {
			t.Errorf("%s: %v, refused: %v", what, found, c.refuse)
		}
	}
}
