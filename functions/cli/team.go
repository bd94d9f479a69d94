package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) team() *cobra.Command {
	return group("team", "Add, list and change teams: who is in them, and what members may do",
		p.teamAdd(), p.teamList(), p.teamRemove(), p.teamAddMember(), p.teamRemoveMember(), p.teamInclude(), p.teamExclude())
}

func (p *program) teamAdd() *cobra.Command {
	c := verb("add NAME", "Add a team", nil)
	var in pipelines.Team
	c.Flags().StringVar(&in.Description, "description", "", "what it is for")
	c.Flags().StringArrayVar(&in.Members, "member", nil, "a user who is in it; may be given several times")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in.Name = args[0]
		return p.changed(ctx, s, http.MethodPost, at("teams"), in, "added team "+args[0])
	})
	return c
}

func (p *program) teamRemove() *cobra.Command {
	c := verb("remove NAME", "Remove a team, and what its members may do by it", nil)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		return p.changed(ctx, s, http.MethodDelete, at("teams", args[0])+overTaking(*take), nil, "removed team "+args[0])
	})
	return c
}

func (p *program) teamAddMember() *cobra.Command {
	c := verb("add-member TEAM USER", "Put a user into a team", nil)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		return p.changed(ctx, s, http.MethodPost, at("teams", args[0], "members")+overTaking(*take), rest.Member{Username: args[1]}, args[1]+" is in the team "+args[0])
	})
	return c
}

func (p *program) teamRemoveMember() *cobra.Command {
	c := verb("remove-member TEAM USER", "Take a user out of a team; it counts from the next request", nil)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		return p.changed(ctx, s, http.MethodDelete, at("teams", args[0], "members", args[1])+overTaking(*take), nil, args[1]+" is no more in the team "+args[0])
	})
	return c
}

func (p *program) teamInclude() *cobra.Command {
	c := verb("include-role TEAM ROLE", "Give a team's members a user role, everywhere or within a scope", nil)
	var in pipelines.RoleGrant
	scopeFlags(c, &in)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in.Role = args[1]
		if err := p.changed(ctx, s, http.MethodPost, at("teams", args[0], "roles")+overTaking(*take), in, "the team "+args[0]+" includes "+grantInWords(in)); err != nil {
			return err
		}
		p.uselessGrant(ctx, s, in)
		return nil
	})
	return c
}

// scopeFlags are where a team has a user role: what takes it away names the same
// scope as what gave it.
func scopeFlags(c *cobra.Command, in *pipelines.RoleGrant) {
	c.Flags().StringArrayVar(&in.Environments, "environment", nil, "for this environment only; may be given several times")
	c.Flags().StringArrayVar(&in.Projects, "project", nil, "in this project only; may be given several times")
}

// uselessGrant says which permissions of a role its scope takes away: some have no
// place, and others are held for projects or for environments only. Who may not see
// the user roles is told nothing.
func (p *program) uselessGrant(ctx context.Context, s *client, g pipelines.RoleGrant) {
	if len(g.Projects)+len(g.Environments) == 0 {
		return
	}
	var roles []pipelines.UserRole
	if err := s.get(ctx, userRoles, &roles); err != nil {
		return
	}
	role, known := pipelines.UserRoleNamed(roles, g.Role)
	useless := g.Useless(roles)
	var names []string
	for _, one := range useless {
		names = append(names, string(one))
	}
	switch {
	case !known || len(useless) == 0:
	case len(useless) == len(role.Permissions):
		fmt.Fprintf(p.stderr, "it gives nothing there: none of the permissions of %s can be held so (%s); leave the scope out, or choose another role\n", role.Name, strings.Join(names, ", "))
	default:
		fmt.Fprintf(p.stderr, "without %s, which cannot be held so\n", strings.Join(names, ", "))
	}
}

func (p *program) teamExclude() *cobra.Command {
	c := verb("exclude-role TEAM ROLE", "Take a user role from a team's members, in the scope that it was given in", nil)
	var in pipelines.RoleGrant
	scopeFlags(c, &in)
	take := takeOverFlag(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in.Role = args[1]
		return p.changed(ctx, s, http.MethodDelete, at("teams", args[0], "roles")+overTaking(*take), in, "the team "+args[0]+" no more includes "+grantInWords(in))
	})
	return c
}

// changed sends an order that has no answer, and says what was done.
func (p *program) changed(ctx context.Context, s *client, method, path string, in any, done string) error {
	if err := s.call(ctx, method, path, in, nil); err != nil {
		return err
	}
	return p.done("done", done, "%s", done)
}

func (p *program) teamList() *cobra.Command {
	return verb("list", "List teams", listing(p, at("teams"), "there is no team yet: slipway team add NAME", func(all []pipelines.Team) {
		rows := [][]cell{heading("TEAM", "MEMBERS", "USER ROLES")}
		for _, t := range all {
			var roles []string
			for _, g := range t.Roles {
				roles = append(roles, grantInWords(g))
			}
			rows = append(rows, []cell{plain(t.Name), plain(orDash(t.Members)), plain(orDash(roles))})
		}
		p.table(rows)
	}))
}

func grantInWords(g pipelines.RoleGrant) string {
	out := g.Role
	if len(g.Projects) > 0 {
		out += " in " + strings.Join(g.Projects, " and ")
	}
	if len(g.Environments) > 0 {
		out += " for " + strings.Join(g.Environments, " and ")
	}
	return out
}
