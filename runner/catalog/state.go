package catalog

import (
	"context"
	"errors"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// load reads the configuration as it stands.
func (c *Catalog) load(ctx context.Context) (textform.Nouns, error) {
	var n textform.Nouns
	var errs [9]error
	n.Environments, errs[0] = c.Records.Environments(ctx)
	n.Lifecycles, errs[1] = c.Records.Lifecycles(ctx)
	n.Users, errs[2] = c.Records.Users(ctx)
	n.Teams, errs[3] = c.Records.Teams(ctx)
	n.Targets, errs[4] = c.Records.Targets(ctx)
	n.Projects, errs[5] = c.Records.Projects(ctx)
	n.VariableSets, errs[6] = c.Records.VariableSets(ctx)
	n.Feeds, errs[7] = c.Records.Feeds(ctx)
	n.UserRoles, errs[8] = c.Records.UserRoles(ctx)
	return n, errors.Join(errs[:]...)
}

// kind is what differs between kinds of nouns.
type kind[T any] struct {
	of   records.Kind
	word string // as in textform.Change and in paths, where it has an s
	name func(T) string
	id   func(T) string
	// named gives a new noun its id.
	named func(noun T, id string, number int) T
	// kept gives what is wanted everything that text does not say, from the
	// noun as it is.
	kept func(wanted, now T) T
	// owner is where the noun keeps who owns it.
	owner func(*T) *string
	// gone is what becomes of a noun that its folder does not hold any more; nil
	// removes it.
	gone func(T) T
}

var environments = kind[pipelines.Environment]{
	of: records.Environments, word: "environment",
	name: func(n pipelines.Environment) string { return n.Name },
	id:   func(n pipelines.Environment) string { return n.ID },
	named: func(n pipelines.Environment, id string, number int) pipelines.Environment {
		n.ID, n.SortOrder = id, number
		return n
	},
	kept: func(n, now pipelines.Environment) pipelines.Environment {
		n.ID, n.SortOrder = now.ID, now.SortOrder
		return n
	},
	owner: func(n *pipelines.Environment) *string { return &n.Owner },
}

var lifecycles = kind[pipelines.Lifecycle]{
	of: records.Lifecycles, word: "lifecycle",
	name:  func(n pipelines.Lifecycle) string { return n.Name },
	id:    func(n pipelines.Lifecycle) string { return n.ID },
	named: func(n pipelines.Lifecycle, id string, _ int) pipelines.Lifecycle { n.ID = id; return n },
	kept:  func(n, now pipelines.Lifecycle) pipelines.Lifecycle { n.ID = now.ID; return n },
	owner: func(n *pipelines.Lifecycle) *string { return &n.Owner },
}

var users = kind[pipelines.User]{
	of: records.Users, word: "user",
	name:  func(n pipelines.User) string { return n.Username },
	id:    func(n pipelines.User) string { return n.ID },
	named: func(n pipelines.User, id string, _ int) pipelines.User { n.ID = id; return n },
	kept:  func(n, now pipelines.User) pipelines.User { n.ID, n.Admin = now.ID, now.Admin; return n },
	owner: func(n *pipelines.User) *string { return &n.Owner },
	// What somebody did must stay theirs: an account is closed, not removed.
	gone: func(n pipelines.User) pipelines.User { n.Disabled = true; return n },
}

var userRoles = kind[pipelines.UserRole]{
	of: records.UserRoles, word: "user-role",
	name:  func(n pipelines.UserRole) string { return n.Name },
	id:    func(n pipelines.UserRole) string { return n.ID },
	named: func(n pipelines.UserRole, id string, _ int) pipelines.UserRole { n.ID = id; return n },
	kept:  func(n, now pipelines.UserRole) pipelines.UserRole { n.ID = now.ID; return n },
	owner: func(n *pipelines.UserRole) *string { return &n.Owner },
}

var teams = kind[pipelines.Team]{
	of: records.Teams, word: "team",
	name:  func(n pipelines.Team) string { return n.Name },
	id:    func(n pipelines.Team) string { return n.ID },
	named: func(n pipelines.Team, id string, _ int) pipelines.Team { n.ID, n.BySignIn = id, nil; return n },
	kept:  func(n, now pipelines.Team) pipelines.Team { n.ID, n.BySignIn = now.ID, now.BySignIn; return n },
	owner: func(n *pipelines.Team) *string { return &n.Owner },
}

var targets = kind[pipelines.Target]{
	of: records.Targets, word: "target",
	name:  func(n pipelines.Target) string { return n.Name },
	id:    func(n pipelines.Target) string { return n.ID },
	named: func(n pipelines.Target, id string, _ int) pipelines.Target { n.ID, n.ExecutorKey = id, nil; return n },
	kept: func(n, now pipelines.Target) pipelines.Target {
		n.ID, n.ExecutorKey = now.ID, now.ExecutorKey
		if n.Address() != now.Address() {
			n.ExecutorKey = nil // another host has another key
		}
		return n
	},
	owner: func(n *pipelines.Target) *string { return &n.Owner },
}

var feeds = kind[pipelines.Feed]{
	of: records.Feeds, word: "feed",
	name:  func(n pipelines.Feed) string { return n.Name },
	id:    func(n pipelines.Feed) string { return n.ID },
	named: func(n pipelines.Feed, id string, _ int) pipelines.Feed { n.ID = id; return n },
	kept:  func(n, now pipelines.Feed) pipelines.Feed { n.ID = now.ID; return n },
	owner: func(n *pipelines.Feed) *string { return &n.Owner },
}

var variableSets = kind[pipelines.VariableSet]{
	of: records.VariableSets, word: "variable-set",
	name:  func(n pipelines.VariableSet) string { return n.Name },
	id:    func(n pipelines.VariableSet) string { return n.ID },
	named: func(n pipelines.VariableSet, id string, _ int) pipelines.VariableSet { n.ID = id; return n },
	kept:  func(n, now pipelines.VariableSet) pipelines.VariableSet { n.ID = now.ID; return n },
	owner: func(n *pipelines.VariableSet) *string { return &n.Owner },
}

var projects = kind[pipelines.Project]{
	of: records.Projects, word: "project",
	name:  func(n pipelines.Project) string { return n.Name },
	id:    func(n pipelines.Project) string { return n.ID },
	named: func(n pipelines.Project, id string, _ int) pipelines.Project { n.ID = id; return n },
	kept:  func(n, now pipelines.Project) pipelines.Project { n.ID = now.ID; return n },
	owner: func(n *pipelines.Project) *string { return &n.Owner },
}
