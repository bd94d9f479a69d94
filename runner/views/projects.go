package views

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Row is one project on the dashboard.
type Row struct {
	Project  pipelines.Project
	Channels []Channel // in their order; a project that defines none has one
	Cells    []Cell    // one for each environment, in their order
	Hidden   int       // values for environments that the principal may not see
}

// Channel is one channel of a project with the lifecycle its releases go by.
type Channel struct {
	pipelines.Channel
	Lifecycle pipelines.Lifecycle
}

// Default is the channel of a release when nobody says.
func (r Row) Default() Channel {
	name := r.Project.DefaultChannel().Name
	for _, c := range r.Channels {
		if c.Name == name {
			return c
		}
	}
	return r.Channels[0]
}

// inLifecycle says whether releases of any channel may ever go there.
func (r Row) inLifecycle(environment string) bool {
	for _, c := range r.Channels {
		for _, phase := range c.Lifecycle.Phases {
			if pipelines.HasName(phase.Environments, environment) {
				return true
			}
		}
	}
	return false
}

// Cell is what a project has in one environment.
type Cell struct {
	Environment pipelines.Environment
	InLifecycle bool
	Newest      *pipelines.Deployment // with its status of this moment
	Live        *pipelines.Deployment // the newest that succeeded
	// Others are those beside the newest that have not ended, the newest first: they
	// were asked for earlier, and wait still.
	Others []pipelines.Deployment
	// Next is the newest release that may be deployed here now by the
	// lifecycle, and MayDeploy whether the principal may do it.
	Next      *records.ReleaseHead
	MayDeploy bool
	// Hidden says that the principal may not see deployments here: nothing of what
	// there is, or whether there is any.
	Hidden bool
}

// Dashboard is what is where, for every project that may be seen.
func (v *Views) Dashboard(ctx context.Context, p pipelines.Principal) ([]Row, error) {
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	judge, err := v.Records.Judge(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(projects))
	err = v.beside(len(projects), func(i int) (err error) {
		out[i], err = v.row(ctx, p, judge, projects[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, v.others(ctx, out)
}

// others puts what is alive beside the newest deployments into its cells.
func (v *Views) others(ctx context.Context, rows []Row) error {
	alive, err := v.Records.Active(ctx)
	if err != nil {
		return err
	}
	cells := map[[2]string]*Cell{}
	shown := map[string]bool{}
	for i := range rows {
		for j := range rows[i].Cells {
			if c := &rows[i].Cells[j]; c.Newest != nil {
				shown[c.Newest.ID], cells[[2]string{rows[i].Project.ID, c.Environment.ID}] = true, c
			}
		}
	}
	alive = slices.DeleteFunc(slices.Clone(alive), func(id string) bool { return shown[id] })
	slices.SortFunc(alive, func(a, b string) int { return byNumber(b, a) })
	found := make([]pipelines.Deployment, len(alive))
	err = v.beside(len(alive), func(i int) error {
		d, err := v.Records.Deployment(ctx, alive[i])
		if pipelines.CodeOf(err) == pipelines.NotFound {
			return nil
		}
		if _, ok := unreadable(alive[i], err); ok {
			return nil // nobody can say whose it is
		}
		if err == nil && cells[[2]string{d.ProjectID, d.EnvironmentID}] != nil {
			found[i], err = v.now(ctx, d)
		}
		return err
	})
	for _, d := range found {
		if c := cells[[2]string{d.ProjectID, d.EnvironmentID}]; c != nil && !d.Status.Ended() {
			c.Others = append(c.Others, d)
		}
	}
	return err
}

// besides is how many reads of one person's question go on at once.
const besides = 8

// beside does independent reads side by side, since a store far away takes its
// time for each; the error is the first one's.
func (v *Views) beside(n int, read func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, besides) {
		all.Add(1)
		v.Env.Go(func() {
			defer all.Done()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = read(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *Views) row(ctx context.Context, p pipelines.Principal, judge records.Judge, project pipelines.Project) (Row, error) {
	row := Row{Project: project}
	for _, c := range project.AllChannels() {
		row.Channels = append(row.Channels, Channel{c, judge.LifecycleOf(project, c.Name)})
	}
	current, err := v.Records.Shared().Current(ctx, project.ID)
	if err != nil {
		return row, err
	}
	next, err := v.next(ctx, p, judge, row)
	if err != nil {
		return row, err
	}
	for _, e := range judge.Environments {
		cell := Cell{
			Environment: e, InLifecycle: row.inLifecycle(e.Name), Next: next[e.ID],
			MayDeploy: p.Allows(pipelines.DeploymentCreate, pipelines.Where{Project: project.Name, Environment: e.Name}),
			Hidden:    !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: project.Name, Environment: e.Name}),
		}
		for _, c := range current {
			if c.EnvironmentID != e.ID || cell.Hidden {
				continue
			}
			newest, err := v.now(ctx, c.Newest)
			if err != nil {
				return row, err
			}
			cell.Newest, cell.Live = &newest, c.Live
		}
		row.Cells = append(row.Cells, cell)
	}
	return row, nil
}

// lookedAt are how many of a project's newest releases are looked at for one that
// may be deployed: few, and more only where these leave an environment without.
var lookedAt = []int{3, 20}

// next is the newest release that the lifecycle lets into each environment, by
// its id.
func (v *Views) next(ctx context.Context, p pipelines.Principal, judge records.Judge, row Row) (map[string]*records.ReleaseHead, error) {
	if !p.AllowsIn(pipelines.ReleaseView, row.Project.Name) {
		return nil, nil
	}
	wanted := 0
	for _, e := range judge.Environments {
		if row.inLifecycle(e.Name) {
			wanted++
		}
	}
	out, judged := map[string]*records.ReleaseHead{}, 0
	for _, limit := range lookedAt {
		heads, err := v.Records.Shared().Releases(ctx, row.Project.ID, limit)
		if err != nil {
			return nil, err
		}
		for ; judged < len(heads) && len(out) < wanted; judged++ {
			release := Release{ReleaseHead: heads[judged]}
			if release.Progression, err = judge.Progression(ctx, row.Project, release.Release); err != nil {
				return nil, err
			}
			for _, e := range judge.Environments {
				if out[e.ID] == nil && release.OpenTo(e.Name) {
					out[e.ID] = &release.ReleaseHead
				}
			}
		}
		if len(heads) < limit || len(out) == wanted {
			break
		}
	}
	return out, nil
}

// now brings a deployment's status up to the newest turn.
func (v *Views) now(ctx context.Context, d pipelines.Deployment) (pipelines.Deployment, error) {
	if d.Status.Ended() {
		return d, nil
	}
	l, err := v.Records.Load(ctx, d.ID)
	if why, ok := unreadable(d.ID, err); ok { // not yet given up: else it had ended
		d.Status, d.Message = Held, why
		return d, nil
	}
	if err != nil {
		return d, err
	}
	l.Deployment.Status, l.Deployment.Message = l.State.Head.Status, l.State.Head.Message
	return l.Deployment, nil
}

// Projects are all projects that may be seen.
func (v *Views) Projects(ctx context.Context, p pipelines.Principal) ([]pipelines.Project, error) {
	all, err := v.Records.Shared().Projects(ctx)
	var out []pipelines.Project
	for _, project := range all {
		if p.AllowsIn(pipelines.ProjectView, project.Name) {
			project, _ = seenProject(p, project)
			out = append(out, project)
		}
	}
	return out, err
}

// Project is one project by id or name, with the values that may be seen.
func (v *Views) Project(ctx context.Context, p pipelines.Principal, idOrName string) (pipelines.Project, error) {
	project, err := v.wholeProject(ctx, p, idOrName)
	project, _ = seenProject(p, project)
	return project, err
}

// wholeProject is one project with all its values, those for environments too that
// the principal may not see.
func (v *Views) wholeProject(ctx context.Context, p pipelines.Principal, idOrName string) (pipelines.Project, error) {
	project, there, err := v.Records.Shared().Project(ctx, idOrName)
	switch {
	case err != nil:
		return pipelines.Project{}, err
	case !there || p.Known() && !p.Knows(project.Name):
		return pipelines.Project{}, pipelines.Refuse(pipelines.NotFound, "there is no project %q", idOrName)
	}
	return project, p.DemandIn(pipelines.ProjectView, project.Name)
}

// ProjectRow is a project with what it has where.
func (v *Views) ProjectRow(ctx context.Context, p pipelines.Principal, idOrName string) (Row, error) {
	project, err := v.wholeProject(ctx, p, idOrName)
	if err != nil {
		return Row{}, err
	}
	judge, err := v.Records.Judge(ctx)
	if err != nil {
		return Row{}, err
	}
	project, hidden := seenProject(p, project)
	row, err := v.row(ctx, p, judge, project)
	row.Hidden = hidden
	return row, err
}
