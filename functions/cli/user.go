package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) user() *cobra.Command {
	return group("user", "Add, list and disable users, and set passwords", p.userAdd(), p.userList(), p.userDisable(true), p.userDisable(false), p.userPassword(), p.userInvite(), p.userEndSessions(), p.userResetFactor(), p.userRecover(), p.userRemoveDamaged())
}

func (p *program) userPassword() *cobra.Command {
	c := verb("password NAME", "Set a user's password", nil)
	stdin := c.Flags().Bool("password-stdin", false, "read the password from stdin; before one's own, in a line of its own, the one of now")
	c.RunE = func(c *cobra.Command, args []string) error {
		if !*stdin && !isTerminal(p.stdin) {
			return misuse(c, "--password-stdin is missing")
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		in, err := p.passwordOf(c.Context(), s, args[0])
		if err != nil {
			return err
		}
		if err := s.call(c.Context(), http.MethodPut, at("users", args[0], "password"), in, nil); err != nil {
			return err
		}
		return p.done("user", args[0], "%s has a new password", args[0])
	}
	return c
}

// passwordOf asks for a new password, and where it is one's own for the one of now.
func (p *program) passwordOf(ctx context.Context, s *client, name string) (in rest.Password, err error) {
	var me rest.Me
	if err := s.get(ctx, at("me"), &me); err != nil {
		return in, err
	}
	own := pipelines.SameName(me.Username, name)
	if own && isTerminal(p.stdin) {
		if in.Current, err = p.secretValue("Your password now"); err != nil {
			return in, err
		}
	}
	in.Password, err = p.secretValue("New password for " + name)
	if own && !isTerminal(p.stdin) {
		in.Current, in.Password, _ = strings.Cut(strings.TrimRight(in.Password, "\r\n"), "\n")
		in.Current = strings.TrimSuffix(in.Current, "\r")
		if in.Password == "" && err == nil {
			err = pipelines.Refuse(pipelines.Invalid, "stdin has one line: for your own password it has two, the one of now and the new one")
		}
	}
	return in, err
}

func (p *program) userAdd() *cobra.Command {
	c := verb("add NAME", "Add a user, who is in no team and may do nothing", nil)
	var in rest.NewUser
	f := c.Flags()
	f.StringVar(&in.DisplayName, "display-name", "", "the name to show")
	f.StringVar(&in.Mail, "mail", "", "where sign-offs and links to set a password are sent")
	f.BoolVar(&in.Service, "service", false, "a service account: no password, only API keys")
	stdin := f.Bool("password-stdin", false, "read a first password from stdin")
	ask := f.Bool("password", false, "ask for a first password, twice")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in.Username = args[0]
		if *ask || *stdin {
			var err error
			if in.Password, err = p.newPassword(args[0], *ask && !*stdin); err != nil {
				return err
			}
		}
		if err := s.call(ctx, http.MethodPost, at("users"), in, nil); err != nil {
			return err
		}
		return p.done("user", args[0], "added user %s; a team gives rights: slipway team add-member TEAM %s", args[0], quoted(args[0]))
	})
	return c
}

// newPassword asks for a password, where there is a person twice.
func (p *program) newPassword(username string, person bool) (string, error) {
	if person && !isTerminal(p.stdin) {
		return "", pipelines.Refuse(pipelines.Invalid, "nobody is here to be asked for a password: use --password-stdin")
	}
	password, err := p.secretValue("Password for " + username)
	if err != nil || !person {
		return password, err
	}
	again, err := p.secretValue("The same again")
	if err == nil && again != password {
		err = pipelines.Refuse(pipelines.Invalid, "the two passwords differ, and nothing was done: type the same one twice")
	}
	return password, err
}

func (p *program) userList() *cobra.Command {
	return verb("list", "List users", listing(p, at("users"), "there is no user that you may see", func(all []rest.User) {
		rows := [][]cell{heading("USER", "NAME", "MAIL", "TEAMS")}
		for _, u := range all {
			name := u.Username
			switch {
			case u.Disabled:
				name += " (disabled)"
			case u.Service:
				name += " (service account)"
			case u.Admin:
				name += " (administrator)"
			}
			rows = append(rows, []cell{plain(name), plain(u.Called()), plain(orDash(nonEmpty(u.Mail))), plain(orDash(u.Teams))})
		}
		p.table(rows)
	}))
}

// nonEmpty is a text as a list, which has none where it is empty.
func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (p *program) userDisable(disable bool) *cobra.Command {
	do, short := "enable", "Let a disabled user sign in again"
	if disable {
		do, short = "disable", "Let a user sign in no more; all keys are refused, and what they did stays"
	}
	c := verb(do+" NAME", short, nil)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodPost, at("users", args[0], do)+overTaking(*take), nil, nil); err != nil {
			return err
		}
		return p.done("user", args[0], "%sd user %s", do, args[0])
	})
	return c
}

// removal is the verb that removes one of the things that folders write, too.
func (p *program) removal(what, short string) *cobra.Command {
	c := verb("remove NAME", short, nil)
	take := c.Flags().Bool("take-over", false, "also one that is written in a folder; it comes back when that is applied")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodDelete, at(what+"s", args[0])+overTaking(*take), nil, nil); err != nil {
			return err
		}
		return p.done("removed", args[0], "removed %s %s", what, args[0])
	})
	return c
}

func takeOverFlag(c *cobra.Command) *bool {
	return c.Flags().Bool("take-over", false, "also what is written in a folder; it changes back when that is applied with --take-over")
}

func overTaking(take bool) string {
	if take {
		return "?take-over=true"
	}
	return ""
}
