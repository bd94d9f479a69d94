package catalog

import (
	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// mayApply demands the right to change for every noun that changes, and to see
// for every other one that is named: that it is the same is told, too. Whoever may
// change something need not be allowed all that follows: see mayGive, mayAim,
// mayDrawOn and mayLetGo. Asked are the teams that sign-offs ask.
func mayApply(p pipelines.Principal, now, wanted, all textform.Nouns, changes []textform.Change, asked []string) error {
	changed := map[string]bool{}
	for _, c := range changes {
		changed[c.Kind+"/"+pipelines.NameKey(c.Name)] = true
	}
	may := func(kind, name string, edit, view pipelines.Permission, where ...pipelines.Where) error {
		for _, w := range where {
			if !changed[kind+"/"+pipelines.NameKey(name)] && p.Allows(view, w) {
				continue
			}
			if err := p.Demand(edit, w); err != nil {
				return err
			}
		}
		return nil
	}
	for _, n := range wanted.Environments {
		if err := may("environment", n.Name, pipelines.EnvironmentEdit, pipelines.EnvironmentView, pipelines.Where{Environment: n.Name}); err != nil {
			return err
		}
	}
	for _, n := range wanted.Lifecycles {
		if err := may("lifecycle", n.Name, pipelines.LifecycleEdit, pipelines.LifecycleView, pipelines.Where{}); err != nil {
			return err
		}
	}
	for _, n := range wanted.Users {
		if err := may("user", n.Username, pipelines.UserEdit, pipelines.UserView, pipelines.Where{}); err != nil {
			return err
		}
	}
	for _, n := range wanted.Teams {
		if err := may("team", n.Name, pipelines.TeamEdit, pipelines.TeamView, pipelines.Where{}); err != nil {
			return err
		}
	}
	for _, n := range wanted.UserRoles {
		if err := may("user-role", n.Name, pipelines.UserRoleEdit, pipelines.UserRoleView, pipelines.Where{}); err != nil {
			return err
		}
	}
	for _, n := range wanted.Targets {
		if err := may("target", n.Name, pipelines.MachineEdit, pipelines.MachineView, placesOf(now.Targets, n)...); err != nil {
			return err
		}
	}
	for _, n := range wanted.VariableSets {
		if err := may("variable-set", n.Name, pipelines.ProjectEdit, pipelines.ProjectView, pipelines.Where{}); err != nil {
			return err
		}
	}
	for _, n := range wanted.Feeds {
		if err := may("feed", n.Name, pipelines.FeedEdit, pipelines.FeedView, pipelines.Where{}); err != nil {
			return err
		}
		if changed["feed/"+pipelines.NameKey(n.Name)] {
			if err := mayReach(p, n); err != nil {
				return err
			}
		}
	}
	for _, c := range changes {
		if err := mayChange(p, now, c); err != nil {
			return err
		}
		if err := mayGive(p, now, all, c, asked); err != nil {
			return err
		}
	}
	for _, n := range wanted.Projects {
		if err := may("project", n.Name, pipelines.ProjectEdit, pipelines.ProjectView, pipelines.Where{Project: n.Name}); err != nil {
			return err
		}
	}
	return mayFollow(p, now, all, changes)
}

// mayFollow demands what more follows from changes that one may make by
// themselves.
func mayFollow(p pipelines.Principal, now, all textform.Nouns, changes []textform.Change) error {
	for _, c := range changes {
		if c.Kind == targets.word {
			if err := mayAim(p, now.Targets, all.Targets, c.Name); err != nil {
				return err
			}
		}
		if err := mayDrawOn(p, now, all, c); err != nil {
			return err
		}
	}
	return mayLetGo(p, now, all)
}

// mayReach: whoever says where a secret is sent could read it there, so that
// takes the right over secrets, too. And some feeds reach what is the server's.
func mayReach(p pipelines.Principal, f pipelines.Feed) error {
	if f.Secret != "" {
		if err := p.Demand(pipelines.SecretEdit, pipelines.Where{}); err != nil {
			return err
		}
	}
	if own := serversOwn(f.Type); own != "" && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return pipelines.Refuse(pipelines.Forbidden, "feed %s reads %s, so adding or changing it takes the permission %s: ask an administrator", f.Name, own, pipelines.AdministerSystem)
	}
	return nil
}

// serversOwn is what a feed of a type reads with the rights of the server and
// not with those of a user and a password, "" if nothing.
func serversOwn(t pipelines.FeedType) string {
	switch t {
	case pipelines.FeedFolder:
		return "files of the server itself"
	case pipelines.FeedS3:
		return "whatever bucket the server may read"
	}
	return ""
}

// mayChange demands what a change takes that is not among what is wanted: what
// would go, and accounts, which are closed by not being named.
func mayChange(p pipelines.Principal, now textform.Nouns, c textform.Change) error {
	switch {
	case c.Kind == users.word:
		if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
			return err
		}
		return mayChangeAccount(p, now, c.Name)
	case c.Do == textform.Remove:
		return mayRemove(p, now, c)
	}
	return nil
}

// mayRemove demands the right to change what would go.
func mayRemove(p pipelines.Principal, now textform.Nouns, c textform.Change) error {
	switch c.Kind {
	case environments.word:
		return p.Demand(pipelines.EnvironmentEdit, pipelines.Where{Environment: c.Name})
	case lifecycles.word:
		return p.Demand(pipelines.LifecycleEdit, pipelines.Where{})
	case feeds.word:
		return p.Demand(pipelines.FeedEdit, pipelines.Where{})
	case userRoles.word:
		return p.Demand(pipelines.UserRoleEdit, pipelines.Where{})
	case teams.word:
		return p.Demand(pipelines.TeamEdit, pipelines.Where{})
	case projects.word:
		return p.Demand(pipelines.ProjectEdit, pipelines.Where{Project: c.Name})
	case targets.word:
		t, _ := targetNamed(now.Targets, c.Name)
		for _, place := range placesOf(nil, t) {
			if err := p.Demand(pipelines.MachineEdit, place); err != nil {
				return err
			}
		}
		return nil
	}
	return p.Demand(pipelines.ProjectEdit, pipelines.Where{})
}

// placesOf are the environments a target is in and will be in: one may neither
// take a target out of a place nor put it into one where one has no right.
func placesOf(now []pipelines.Target, t pipelines.Target) []pipelines.Where {
	names := append([]string(nil), t.Environments...)
	if old, ok := targetNamed(now, t.Name); ok {
		names = append(names, old.Environments...)
	}
	if len(names) == 0 {
		return []pipelines.Where{{}}
	}
	var out []pipelines.Where
	for _, n := range names {
		out = append(out, pipelines.Where{Environment: n})
	}
	return out
}

func userNamed(all []pipelines.User, username string) (pipelines.User, bool) {
	for _, u := range all {
		if pipelines.SameName(u.Username, username) {
			return u, true
		}
	}
	return pipelines.User{}, false
}

func targetNamed(all []pipelines.Target, name string) (pipelines.Target, bool) {
	for _, t := range all {
		if pipelines.SameName(t.Name, name) {
			return t, true
		}
	}
	return pipelines.Target{}, false
}
