package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) role() *cobra.Command {
	return group("role", "List user roles and show what they allow; `user-roles:` in a folder makes your own", p.roleList(), p.roleShow())
}

var userRoles = at("user-roles")

func (p *program) roleList() *cobra.Command {
	var wide bool
	list := verb("list", "List user roles", listing(p, userRoles, "there is no user role that you may see", func(all []rest.UserRole) {
		rows := [][]cell{heading("USER ROLE", "KIND", "TEAMS WITH IT", "FOR WHOM")}
		for _, r := range all {
			kind := "own"
			if r.BuiltIn {
				kind = "built in"
			}
			rows = append(rows, []cell{plain(r.Name), plain(kind), plain(orDash(r.Teams)), plain(r.Description)})
		}
		if !wide {
			p.fit(rows, 3)
		}
		p.table(rows)
	}))
	list.Flags().BoolVar(&wide, "wide", false, "show descriptions whole, however wide the terminal is")
	return list
}

func (p *program) roleShow() *cobra.Command {
	return verb("show NAME", "Show the permissions of a user role", p.asking(func(ctx context.Context, s *client, args []string) error {
		var all []rest.UserRole
		if err := s.get(ctx, userRoles, &all); err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r rest.UserRole) bool { return pipelines.SameName(r.Name, args[0]) })
		if i < 0 {
			return pipelines.Refuse(pipelines.NotFound, "there is no user role %q: `slipway role list` shows all", args[0])
		}
		return p.answer(all[i], func() {
			rows := [][]cell{heading("PERMISSION", "ONE MAY")}
			for _, permission := range all[i].Permissions {
				info, _ := pipelines.InfoOf(permission)
				rows = append(rows, []cell{plain(string(permission)), plain(info.Means)})
			}
			p.table(rows)
		})
	}))
}
