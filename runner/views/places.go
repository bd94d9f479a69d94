package views

import (
	"cmp"
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Placed is what a project has in an environment.
type Placed struct {
	Project pipelines.Project
	Newest  pipelines.Deployment  // with its status of this moment
	Live    *pipelines.Deployment // the newest that succeeded
}

// InEnvironment is what stands in an environment, of the projects of which that
// may be seen.
func (v *Views) InEnvironment(ctx context.Context, p pipelines.Principal, e pipelines.Environment) ([]Placed, error) {
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	seen := slices.DeleteFunc(projects, func(project pipelines.Project) bool {
		return !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: project.Name, Environment: e.Name})
	})
	out := make([]Placed, len(seen))
	err = v.beside(len(seen), func(i int) error {
		current, err := v.Records.Shared().In(ctx, seen[i].ID, e.ID)
		if err != nil || current.Newest.ID == "" {
			return err
		}
		newest, err := v.now(ctx, current.Newest)
		out[i] = Placed{seen[i], newest, current.Live}
		return err
	})
	return slices.DeleteFunc(out, func(one Placed) bool { return one.Newest.ID == "" }), err
}

// EnvironmentsSeen are the environments that may be seen, in their order.
func (v *Views) EnvironmentsSeen(ctx context.Context, p pipelines.Principal) ([]pipelines.Environment, error) {
	all, err := v.Records.Environments(ctx)
	return slices.DeleteFunc(all, func(e pipelines.Environment) bool {
		return !p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: e.Name})
	}), err
}

// Environment is one environment by name or id, at its revision. One that may
// not be seen is not there.
func (v *Views) Environment(ctx context.Context, p pipelines.Principal, idOrName string) (records.Stored[pipelines.Environment], error) {
	all, err := v.EnvironmentsSeen(ctx, p)
	if err != nil {
		return records.Stored[pipelines.Environment]{}, err
	}
	e, ok := find(all, idOrName, func(e pipelines.Environment) (string, string) { return e.ID, e.Name })
	if !ok {
		return records.Stored[pipelines.Environment]{}, missing("environment", idOrName, names(all, func(e pipelines.Environment) string { return e.Name }))
	}
	revision, err := v.Records.Revision(ctx, records.Environments, e.ID)
	return records.Stored[pipelines.Environment]{Noun: e, Revision: revision}, err
}

// Deployer is a team whose members may deploy to an environment.
type Deployer struct {
	Team     pipelines.Team
	Projects []string // empty: all
}

// Deployers are the teams that may deploy to an environment, for somebody who
// may see teams.
func (v *Views) Deployers(ctx context.Context, p pipelines.Principal, environment string) ([]Deployer, error) {
	teams, err := v.Teams(ctx, p)
	if err != nil || len(teams) == 0 {
		return nil, err
	}
	made, err := v.Records.UserRoles(ctx)
	if err != nil {
		return nil, err
	}
	var out []Deployer
	for _, t := range teams {
		projects, some := deploysTo(t, made, environment)
		if some {
			out = append(out, Deployer{t, projects})
		}
	}
	return out, nil
}

// deploysTo says for which projects a team deploys to an environment; no
// project: for all.
func deploysTo(t pipelines.Team, made []pipelines.UserRole, environment string) (projects []string, some bool) {
	for _, g := range t.Roles {
		role, ok := pipelines.UserRoleNamed(made, g.Role)
		deploys := ok && (role.Holds(pipelines.DeploymentCreate) || role.Holds(pipelines.AdministerSystem))
		if !deploys || len(g.Environments) > 0 && !pipelines.HasName(g.Environments, environment) {
			continue
		}
		if len(g.Projects) == 0 {
			return nil, true
		}
		some = true
		for _, name := range g.Projects {
			if !pipelines.HasName(projects, name) {
				projects = append(projects, name)
			}
		}
	}
	return projects, some
}

// GoingBy are those of the projects that go by a lifecycle: by their own choice
// or by that of one of their channels.
func GoingBy(all []pipelines.Project, lifecycle string) []pipelines.Project {
	var out []pipelines.Project
	for _, project := range all {
		if slices.ContainsFunc(project.AllChannels(), func(c pipelines.Channel) bool {
			name := cmp.Or(c.Lifecycle, project.Lifecycle, pipelines.DefaultLifecycleName)
			return pipelines.SameName(name, lifecycle)
		}) {
			out = append(out, project)
		}
	}
	return out
}

// Lifecycle is one lifecycle by name or id, at its revision, which the built-in
// one has none of.
func (v *Views) Lifecycle(ctx context.Context, p pipelines.Principal, idOrName string) (records.Stored[pipelines.Lifecycle], error) {
	var none records.Stored[pipelines.Lifecycle]
	all, err := v.Lifecycles(ctx, p)
	if err != nil {
		return none, err
	}
	l, ok := find(all, idOrName, func(l pipelines.Lifecycle) (string, string) { return l.ID, l.Name })
	switch {
	case !ok:
		return none, missing("lifecycle", idOrName, names(all, func(l pipelines.Lifecycle) string { return l.Name }))
	case l.ID == pipelines.DefaultLifecycle(nil).ID:
		return records.Stored[pipelines.Lifecycle]{Noun: l}, nil
	}
	revision, err := v.Records.Revision(ctx, records.Lifecycles, l.ID)
	return records.Stored[pipelines.Lifecycle]{Noun: l, Revision: revision}, err
}
