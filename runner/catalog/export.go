package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// Export is the canonical text of the configuration: of all of it that the
// principal may see, or of the nouns of one kind and perhaps one name. Kinds
// are "environment", "lifecycle", "user", "user-role", "team", "target", "feed", "variable-set"
// and "project". What only Slipway knows (ids, pinned keys) is no part of it, and
// neither are values of secrets.
func (c *Catalog) Export(ctx context.Context, p pipelines.Principal, kind, name string) ([]byte, error) {
	if !p.Known() {
		return nil, p.Demand(pipelines.Own, pipelines.Where{})
	}
	if kind != "" && !isKind(kind) {
		return nil, pipelines.Refuse(pipelines.Invalid, "there is no kind %q: it is environment, lifecycle, user, user-role, team, target, feed, variable-set or project", kind)
	}
	now, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	only := func(of, called string) bool {
		return (kind == "" || kind == of) && (name == "" || pipelines.SameName(name, called))
	}
	var out textform.Nouns
	out.Environments = pick(environments, now.Environments, only, func(n pipelines.Environment) bool {
		return p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: n.Name})
	})
	out.Lifecycles = pick(lifecycles, now.Lifecycles, only, func(pipelines.Lifecycle) bool {
		return p.Allows(pipelines.LifecycleView, pipelines.Where{})
	})
	out.Users = pick(users, now.Users, only, func(pipelines.User) bool { return p.Allows(pipelines.UserView, pipelines.Where{}) })
	out.UserRoles = pick(userRoles, now.UserRoles, only, func(pipelines.UserRole) bool { return p.Allows(pipelines.UserRoleView, pipelines.Where{}) })
	out.Teams = pick(teams, now.Teams, only, func(n pipelines.Team) bool { return maySeeTeam(p, n) })
	out.Targets = pick(targets, now.Targets, only, func(n pipelines.Target) bool { return maySee(p, n) })
	out.Feeds = pick(feeds, now.Feeds, only, func(pipelines.Feed) bool { return p.Allows(pipelines.FeedView, pipelines.Where{}) })
	out.VariableSets = pick(variableSets, now.VariableSets, only, func(pipelines.VariableSet) bool {
		return p.Allows(pipelines.ProjectView, pipelines.Where{})
	})
	out.Projects = pick(projects, now.Projects, only, func(n pipelines.Project) bool {
		return p.Allows(pipelines.ProjectView, pipelines.Where{Project: n.Name})
	})
	text := textform.Print(out, c.stepTypes())
	if name != "" && len(text) == 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "there is no %s %q", kind, name)
	}
	return text, nil
}

func isKind(word string) bool {
	switch word {
	case environments.word, lifecycles.word, users.word, userRoles.word, teams.word, targets.word, feeds.word, variableSets.word, projects.word:
		return true
	}
	return false
}

func pick[T any](k kind[T], all []T, only func(kind, name string) bool, visible func(T) bool) []T {
	var out []T
	for _, n := range all {
		if only(k.word, k.name(n)) && visible(n) {
			out = append(out, n)
		}
	}
	return out
}

// maySee: a target is seen by whoever may see it in one of its environments.
func maySee(p pipelines.Principal, t pipelines.Target) bool {
	for _, at := range placesOf(nil, t) {
		if p.Allows(pipelines.MachineView, at) {
			return true
		}
	}
	return false
}

// maySeeTeam: a team is printed whole or not at all, so whoever does not change
// teams must know of the projects that its roles are for.
func maySeeTeam(p pipelines.Principal, t pipelines.Team) bool {
	if p.Allows(pipelines.TeamEdit, pipelines.Where{}) {
		return true
	}
	for _, g := range t.Roles {
		for _, project := range g.Projects {
			if !p.AllowsIn(pipelines.ProjectView, project) {
				return false
			}
		}
	}
	return p.Allows(pipelines.TeamView, pipelines.Where{})
}
