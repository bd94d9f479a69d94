package records

import (
	"context"
	"fmt"
	"sort"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Kind is a kind of configured noun; it is also the first half of its ids.
type Kind string

// The kinds.
const (
	Environments Kind = "Environments"
	Targets      Kind = "Machines"
	Lifecycles   Kind = "Lifecycles"
	Projects     Kind = "Projects"
	Users        Kind = "Users"
	Teams        Kind = "Teams"
	UserRoles    Kind = "UserRoles"
	VariableSets Kind = "VariableSets"
	Feeds        Kind = "Feeds"
)

// Stored is a noun with the revision it was read at.
type Stored[T any] struct {
	Noun     T
	Revision int64
}

func nouns[T any](ctx context.Context, r *Records, kind Kind) ([]T, error) {
	return all[T](ctx, r, table.Range{Partition: "config", Prefix: string(kind) + "/"})
}

// Environments are all environments in their order.
func (r *Records) Environments(ctx context.Context) ([]pipelines.Environment, error) {
	out, err := nouns[pipelines.Environment](ctx, r, Environments)
	sort.SliceStable(out, func(i, j int) bool { return out[i].SortOrder < out[j].SortOrder })
	return out, err
}

// Targets are all targets by name.
func (r *Records) Targets(ctx context.Context) ([]pipelines.Target, error) {
	out, err := nouns[pipelines.Target](ctx, r, Targets)
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

// Lifecycles are all lifecycles but the default one.
func (r *Records) Lifecycles(ctx context.Context) ([]pipelines.Lifecycle, error) {
	return nouns[pipelines.Lifecycle](ctx, r, Lifecycles)
}

// Projects are all projects by name.
func (r *Records) Projects(ctx context.Context) ([]pipelines.Project, error) {
	out, err := nouns[pipelines.Project](ctx, r, Projects)
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

// Users are all users by username.
//
// A user, team or role whose row cannot be read is none: it gives no rights, and
// takes none from others. Damaged says which they are.
func (r *Records) Users(ctx context.Context) ([]pipelines.User, error) {
	out, err := people[pipelines.User](ctx, r, Users)
	byUsername(out)
	return out, err
}

func byUsername(all []pipelines.User) {
	sort.SliceStable(all, func(i, j int) bool {
		return pipelines.NameKey(all[i].Username) < pipelines.NameKey(all[j].Username)
	})
}

// Teams are all teams.
func (r *Records) Teams(ctx context.Context) ([]pipelines.Team, error) {
	return people[pipelines.Team](ctx, r, Teams)
}

// UserRoles are the user roles that were made, by name; the built-in ones are no
// rows.
func (r *Records) UserRoles(ctx context.Context) ([]pipelines.UserRole, error) {
	out, err := people[pipelines.UserRole](ctx, r, UserRoles)
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

// People are the users and teams that can be read, and the rows that cannot: one
// of these keeps nobody else from being asked.
func (r *Records) People(ctx context.Context) (users []pipelines.User, teams []pipelines.Team, unreadable []*CorruptError, err error) {
	if users, unreadable, err = readable[pipelines.User](ctx, r, Users); err != nil {
		return nil, nil, nil, err
	}
	byUsername(users)
	teams, more, err := readable[pipelines.Team](ctx, r, Teams)
	return users, teams, append(unreadable, more...), err
}

// people are the readable nouns of a kind; of the others the operator hears, once
// for each.
func people[T any](ctx context.Context, r *Records, kind Kind) ([]T, error) {
	out, damaged, err := readable[T](ctx, r, kind)
	for _, c := range damaged {
		if _, known := r.complained.LoadOrStore(c.Key, true); !known && r.Troubled != nil {
			r.Troubled("read who may do what", c)
		}
	}
	return out, err
}

// Damaged are the rows of users, teams and user roles that cannot be read.
func (r *Records) Damaged(ctx context.Context) ([]*CorruptError, error) {
	_, _, out, err := r.People(ctx)
	if err != nil {
		return nil, err
	}
	_, roles, err := readable[pipelines.UserRole](ctx, r, UserRoles)
	return append(out, roles...), err
}

// readable are the nouns of a kind by id, but for those that cannot be read.
func readable[T any](ctx context.Context, r *Records, kind Kind) (out []T, damaged []*CorruptError, err error) {
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "config", Prefix: string(kind) + "/"}) {
		if err != nil {
			return nil, nil, err
		}
		var noun T
		if c, unreadable := Corrupt(decode(item, &noun)); unreadable {
			damaged = append(damaged, c)
			continue
		}
		out = append(out, noun)
	}
	return out, damaged, nil
}

// VariableSets are all variable sets by name.
func (r *Records) VariableSets(ctx context.Context) ([]pipelines.VariableSet, error) {
	out, err := nouns[pipelines.VariableSet](ctx, r, VariableSets)
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

// Feeds are all feeds but the built-in one, by name.
func (r *Records) Feeds(ctx context.Context) ([]pipelines.Feed, error) {
	out, err := nouns[pipelines.Feed](ctx, r, Feeds)
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

func one[T any](ctx context.Context, r *Records, kind Kind, what, id string) (Stored[T], error) {
	v, revision, ok, err := get[T](ctx, r, nounKey(kind, id))
	if err == nil && !ok {
		err = noNoun(what, id)
	}
	return Stored[T]{v, revision}, err
}

func noNoun(what, id string) error {
	return pipelines.Refuse(pipelines.NotFound, "there is no %s %q", what, id)
}

func nounKey(kind Kind, id string) table.Key { return key("config", string(kind), id) }

// Project reads one project by id.
func (r *Records) Project(ctx context.Context, id string) (Stored[pipelines.Project], error) {
	return one[pipelines.Project](ctx, r, Projects, "project", id)
}

// VariableSet reads one variable set by id.
func (r *Records) VariableSet(ctx context.Context, id string) (Stored[pipelines.VariableSet], error) {
	return one[pipelines.VariableSet](ctx, r, VariableSets, "variable set", id)
}

// Target reads one target by id.
func (r *Records) Target(ctx context.Context, id string) (Stored[pipelines.Target], error) {
	return one[pipelines.Target](ctx, r, Targets, "target", id)
}

// Feed reads one feed by id.
func (r *Records) Feed(ctx context.Context, id string) (Stored[pipelines.Feed], error) {
	return one[pipelines.Feed](ctx, r, Feeds, "feed", id)
}

// User reads one user by id.
func (r *Records) User(ctx context.Context, id string) (Stored[pipelines.User], error) {
	return one[pipelines.User](ctx, r, Users, "user", id)
}

// Team reads one team by id.
func (r *Records) Team(ctx context.Context, id string) (Stored[pipelines.Team], error) {
	return one[pipelines.Team](ctx, r, Teams, "team", id)
}

// UserRole reads one user role that was made, by id.
func (r *Records) UserRole(ctx context.Context, id string) (Stored[pipelines.UserRole], error) {
	return one[pipelines.UserRole](ctx, r, UserRoles, "user role", id)
}

// NewNoun is the change that adds a noun, with the id it gets. The name is
// taken in the same write, so two nouns never share one.
func (r *Records) NewNoun(ctx context.Context, kind Kind, name string, with func(id string, number int) any) ([]Change, string, error) {
	n, counter, err := r.next(ctx, string(kind))
	if err != nil {
		return nil, "", err
	}
	id := fmt.Sprintf("%s-%d", kind, n)
	return []Change{
		counter,
		table.Create(nounKey(kind, id), encode(with(id, n))),
		table.Create(nameKey(kind, name), encode(id)),
	}, id, nil
}

// ReplaceNoun is the change that stores another form of a noun that was read
// at revision. Its name stays.
func ReplaceNoun(kind Kind, id string, noun any, revision int64) Change {
	return table.Replace(nounKey(kind, id), encode(noun), revision)
}

// RemoveNounAt are the changes that take a noun, read at revision, and its name
// away.
func RemoveNounAt(kind Kind, id, name string, revision int64) []Change {
	return []Change{table.RemoveAt(nounKey(kind, id), revision), table.Remove(nameKey(kind, name))}
}

// Revision reads at which revision a noun stands.
func (r *Records) Revision(ctx context.Context, kind Kind, id string) (int64, error) {
	item, err := r.table.Get(ctx, nounKey(kind, id))
	if missing(err) {
		err = pipelines.Refuse(pipelines.NotFound, "%s is gone", id)
	}
	return item.Revision, err
}

// ChangeNouns is the change that belongs to every write of nouns that was judged
// by how others stand: read first, so that of two at once, each of which leaves
// a valid configuration, one begins again.
func (r *Records) ChangeNouns(ctx context.Context) (Change, error) {
	_, turn, err := r.next(ctx, "nouns")
	return turn, err
}

// HoldDeployments is the change after which whoever is about to store a
// deployment plans anew. It is read before one looks which there are, so that
// nothing is removed from under one that is just beginning.
func (r *Records) HoldDeployments(ctx context.Context) (Change, error) {
	k := key("counters", "Deployments")
	n, revision, ok, err := get[int](ctx, r, k)
	if !ok {
		return table.Create(k, encode(n)), err
	}
	return table.Replace(k, encode(n), revision), err
}

func nameKey(kind Kind, name string) table.Key {
	return key("names", string(kind), pipelines.NameKey(name))
}

// Lifecycle finds a project's lifecycle; "" is the default one.
func (r *Records) Lifecycle(ctx context.Context, name string) (pipelines.Lifecycle, error) {
	named, err := r.Lifecycles(ctx)
	if err != nil {
		return pipelines.Lifecycle{}, err
	}
	for _, l := range named {
		if pipelines.SameName(l.Name, name) {
			return l, nil
		}
	}
	environments, err := r.Environments(ctx)
	return pipelines.DefaultLifecycle(environments), err
}
