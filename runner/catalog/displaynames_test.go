package catalog_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

func TestNobodyIsCalledAsAnother(t *testing.T) {
	t.Parallel()
	now := []pipelines.User{
		{ID: "Users-1", Username: "ada", DisplayName: "Ada Admin"}, {ID: "Users-2", Username: "dev1"},
		{ID: "Users-3", Username: "old", DisplayName: "ada"}, {ID: "Users-4", Username: "rita", DisplayName: "Rita"},
	}
	for _, c := range []struct {
		user, shown string
		refused     bool
	}{
		{"dev1", "ada", true}, {"dev1", " ADA ", true}, {"dev1", "a\u200bda", true}, {"dev1", "ａｄａ", true}, {"dev1", "ada\ufe0f", true},
		{"dev1", "Ada Admin", true}, {"dev1", "ada\u00a0ADMIN", true}, {"dev1", "Rita", true},
		{"dev1", "", false}, {"dev1", "Dev1", false}, {"dev1", "Ada Lovelace", false}, {"dev1", "Adam", false},
		{"ada", "Ada", false}, {"ada", "Ada Admin", false}, {"old", "ada", false}, {"old", "Ada Admin", true}, {"new", "rita", true},
	} {
		wanted := pipelines.User{Username: c.user, DisplayName: c.shown}
		found := catalog.BorrowedName(now, append([]pipelines.User{wanted}, now...), wanted)
		if (len(found) > 0) != c.refused || c.refused && found[0].Path != "display-name" {
			t.Errorf("%s wants to be called %q: %v, refused should be %t", c.user, c.shown, found, c.refused)
		}
	}
}
