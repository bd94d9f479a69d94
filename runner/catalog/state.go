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
	var errs [6]error
	n.Environments, errs[0] = c.Records.Environments(ctx)
	n.Lifecycles, errs[1] = c.Records.Lifecycles(ctx)
	n.Users, errs[2] = c.Records.Users(ctx)
	n.Teams, errs[3] = c.Records.Teams(ctx)
	n.Targets, errs[4] = c.Records.Targets(ctx)
	n.Projects, errs[5] = c.Records.Projects(ctx)
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
}

var lifecycles = kind[pipelines.Lifecycle]{
	of: records.Lifecycles, word: "lifecycle",
	name:  func(n pipelines.Lifecycle) string { return n.Name },
	id:    func(n pipelines.Lifecycle) string { return n.ID },
	named: func(n pipelines.Lifecycle, id string, _ int) pipelines.Lifecycle { n.ID = id; return n },
	kept:  func(n, now pipelines.Lifecycle) pipelines.Lifecycle { n.ID = now.ID; return n },
}

var users = kind[pipelines.User]{
	of: records.Users, word: "user",
	name:  func(n pipelines.User) string { return n.Username },
	id:    func(n pipelines.User) string { return n.ID },
	named: func(n pipelines.User, id string, _ int) pipelines.User { n.ID = id; return n },
	kept:  func(n, now pipelines.User) pipelines.User { n.ID, n.Admin = now.ID, now.Admin; return n },
}

var teams = kind[pipelines.Team]{
	of: records.Teams, word: "team",
	name:  func(n pipelines.Team) string { return n.Name },
	id:    func(n pipelines.Team) string { return n.ID },
	named: func(n pipelines.Team, id string, _ int) pipelines.Team { n.ID = id; return n },
	kept:  func(n, now pipelines.Team) pipelines.Team { n.ID = now.ID; return n },
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
}

var projects = kind[pipelines.Project]{
	of: records.Projects, word: "project",
	name:  func(n pipelines.Project) string { return n.Name },
	id:    func(n pipelines.Project) string { return n.ID },
	named: func(n pipelines.Project, id string, _ int) pipelines.Project { n.ID = id; return n },
	kept:  func(n, now pipelines.Project) pipelines.Project { n.ID = now.ID; return n },
}

// write is one noun to be stored.
type write struct {
	kind   records.Kind
	id     string // "" for a new one
	noun   func(id string, number int) any
	change textform.Change
}

// layOver puts what is wanted over what there is: all nouns of the kind as
// they will be, and the writes for those that change.
func layOver[T any](k kind[T], now, wanted []T, changes []textform.Change) (all []T, writes []write) {
	at := map[string]int{}
	for i, n := range now {
		at[pipelines.NameKey(k.name(n))] = i
	}
	changed := map[string]textform.Change{}
	for _, c := range changes {
		if c.Kind == k.word {
			changed[pipelines.NameKey(c.Name)] = c
		}
	}
	all = append(all, now...)
	for _, n := range wanted {
		w := write{kind: k.of, change: changed[pipelines.NameKey(k.name(n))]}
		i, exists := at[pipelines.NameKey(k.name(n))]
		if exists {
			n = k.kept(n, now[i])
			all[i], w.id = n, k.id(n)
		} else {
			all = append(all, n)
		}
		if w.change.Do == "" {
			continue
		}
		w.noun = func(id string, number int) any {
			if exists {
				return n
			}
			return k.named(n, id, number)
		}
		writes = append(writes, w)
	}
	return all, writes
}
