package catalog

import (
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// AddUser adds a user, with a first password unless that is empty: who has none
// is invited, or is a service account.
func (c *Catalog) AddUser(ctx context.Context, p pipelines.Principal, u pipelines.User, password string) error {
	u.ID, u.Owner, u.Admin = "", "", false
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return err
	}
	edit := NounEdit{Kind: records.Users, Noun: u}
	if password == "" {
		_, err := c.SaveNoun(ctx, p, edit)
		return err
	}
	if u.Service {
		return pipelines.Refuse(pipelines.Invalid, "a service account has no password: it comes in by API keys")
	}
	hash, err := c.hash(ctx, u.Username, password)
	if err != nil {
		return err
	}
	_, err = c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) {
		wanted, err := c.edited(ctx, p, now, edit, nil)
		wanted.also = func(entries []pipelines.Event) []records.Change {
			entries[0].Message += ", with a password"
			return []records.Change{records.SetPassword(entries[0].Subject, hash)}
		}
		return wanted, err
	})
	if err != nil || c.Arrange == nil {
		return err
	}
	return unarranged(c.Arrange(ctx))
}

// SaveOwn changes the principal's own name and mail address: whoever asks has shown
// who they are, as far as that is needed.
func (c *Catalog) SaveOwn(ctx context.Context, p pipelines.Principal, display, mail string) error {
	if err := p.DemandWhole(); err != nil {
		return err
	}
	turn, err := c.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	stored, err := c.Records.User(ctx, p.UserID)
	if err != nil {
		return err
	}
	now := stored.Noun
	if err := pipelines.MayEdit("user", now.Username, now.Owner, pipelines.OwnedByPages); err != nil {
		return err
	}
	want := now
	want.DisplayName, want.Mail = strings.TrimSpace(display), strings.TrimSpace(mail)
	if want == now {
		return nil
	}
	all, err := c.Records.Users(ctx)
	if err != nil {
		return err
	}
	if found := slices.Concat(want.Check(), sharedMail(all, all, want), BorrowedName(all, all, want)); len(found) > 0 {
		return &pipelines.Error{Code: pipelines.Invalid, Message: found[0].Message, Problems: found}
	}
	told := c.event(p, modified, p.UserID, "changed their own name or mail address")
	told.Details = map[string]string{"before": now.DisplayName + " <" + now.Mail + ">", "after": want.DisplayName + " <" + want.Mail + ">"}
	// Links that were mailed to another address open nothing any more.
	err = c.Records.Tell(ctx, []pipelines.Event{told}, turn, records.ReplaceNoun(records.Users, now.ID, want, stored.Revision), records.DropTickets(now.ID))
	if records.Conflict(err) {
		return pipelines.Refuse(pipelines.Conflict, "something else was changed at this moment: save once more")
	}
	return err
}

// ChangeUser changes one user by name.
func (c *Catalog) ChangeUser(ctx context.Context, p pipelines.Principal, username string, takeOver bool, change func(*pipelines.User)) error {
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return err
	}
	return c.behindOthers(ctx, func() (NounEdit, error) {
		all, err := c.Records.Users(ctx)
		if err != nil {
			return NounEdit{}, err
		}
		u, ok := userNamed(all, username)
		if !ok {
			return NounEdit{}, pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
		}
		now, err := c.Records.User(ctx, u.ID)
		if err != nil {
			return NounEdit{}, err
		}
		u = now.Noun
		change(&u)
		edit := NounEdit{Kind: records.Users, ID: u.ID, Revision: now.Revision, TakeOver: takeOver, Noun: u}
		_, err = c.SaveNoun(ctx, p, edit)
		return edit, err
	})
}

// mostBehindOthers is how often a change to one noun is made anew on what others
// have made of it meanwhile.
const mostBehindOthers = 100

// behindOthers saves a change that says what is to be different, not what all of the
// noun is to be: so it clashes with nobody, and comes after whoever was quicker.
func (c *Catalog) behindOthers(ctx context.Context, save func() (NounEdit, error)) error {
	for tries := 0; ; tries++ {
		edit, err := save()
		if pipelines.CodeOf(err) != pipelines.Conflict || edit.ID == "" || tries == mostBehindOthers || ctx.Err() != nil {
			return err
		}
		at, reading := c.Records.Revision(ctx, edit.Kind, edit.ID)
		if reading != nil || at == edit.Revision {
			return err // it is refused for another reason
		}
	}
}

// AddTeam adds a team.
func (c *Catalog) AddTeam(ctx context.Context, p pipelines.Principal, t pipelines.Team) error {
	t.ID, t.Owner = "", ""
	_, err := c.SaveNoun(ctx, p, NounEdit{Kind: records.Teams, Noun: t})
	return err
}

// ChangeTeam changes one team by name; without a change it removes it.
func (c *Catalog) ChangeTeam(ctx context.Context, p pipelines.Principal, name string, takeOver bool, change func(*pipelines.Team) error) error {
	if err := p.Demand(pipelines.TeamEdit, pipelines.Where{}); err != nil {
		return err
	}
	return c.behindOthers(ctx, func() (NounEdit, error) {
		all, err := c.Records.Teams(ctx)
		if err != nil {
			return NounEdit{}, err
		}
		t, ok := pipelines.TeamNamed(all, name)
		if !ok {
			return NounEdit{}, pipelines.Refuse(pipelines.NotFound, "there is no team %q", name)
		}
		now, err := c.Records.Team(ctx, t.ID)
		if err != nil {
			return NounEdit{}, err
		}
		edit := NounEdit{Kind: records.Teams, ID: t.ID, Revision: now.Revision, TakeOver: takeOver, Remove: change == nil}
		if change != nil {
			t = now.Noun
			if err := change(&t); err != nil {
				return NounEdit{}, err
			}
			edit.Noun = t
		}
		_, err = c.SaveNoun(ctx, p, edit)
		return edit, err
	})
}
