package views

import (
	"cmp"
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/graph"
)

// Place is where a project's deployments to an environment run one at a time:
// who has it, and who waits.
type Place struct {
	ProjectID, Project         string
	EnvironmentID, Environment string
	Policy                     pipelines.QueuePolicy // of the project as it is today
	Holder                     *Deployment           // nil while nobody has it
	Waiting                    []Deployment          // who wants it, the next one first
	// Without are those that neither have nor want it: it is not time yet, or only
	// people have to do something.
	Without []Deployment
}

// Queue are the places in which something is, of a project and an environment by
// name, or of all ("").
func (v *Views) Queue(ctx context.Context, p pipelines.Principal, project, environment string) ([]Place, error) {
	projects, err := v.queued(ctx, p, project, environment)
	if err != nil {
		return nil, err
	}
	ids, err := v.Records.Active(ctx)
	if err != nil {
		return nil, err
	}
	places := map[string]*Place{}
	for _, id := range ids {
		d, err := v.Deployment(ctx, p, id)
		switch pipelines.CodeOf(err) {
		case pipelines.Forbidden, pipelines.Unauthenticated, pipelines.NotFound:
			continue
		}
		if err != nil {
			return nil, err
		}
		about := d.Deployment
		at := slices.IndexFunc(projects, func(p pipelines.Project) bool { return p.ID == about.ProjectID })
		if at < 0 || about.Status.Ended() || environment != "" && !called(environment, about.EnvironmentID, about.Environment) {
			continue
		}
		key := about.ProjectID + "/" + about.EnvironmentID
		if places[key] == nil {
			places[key] = &Place{ProjectID: about.ProjectID, Project: about.Project, EnvironmentID: about.EnvironmentID, Environment: about.Environment, Policy: cmp.Or(projects[at].Queue, pipelines.QueueWait)}
		}
		if err := v.stand(ctx, places[key], d); err != nil {
			return nil, err
		}
	}
	return inOrder(places), nil
}

// queued are the projects that are asked about. Names that nothing has are
// refused.
func (v *Views) queued(ctx context.Context, p pipelines.Principal, project, environment string) ([]pipelines.Project, error) {
	if environment != "" {
		all, err := v.Environments(ctx, p)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(e pipelines.Environment) bool { return called(environment, e.ID, e.Name) }) {
			return nil, pipelines.Refuse(pipelines.NotFound, "there is no environment %q", environment)
		}
	}
	if project == "" {
		return v.Projects(ctx, p)
	}
	found, err := v.Project(ctx, p, project)
	return []pipelines.Project{found}, err
}

func called(asked, id, name string) bool { return asked == id || pipelines.SameName(asked, name) }

// stand puts a deployment where it stands to its place. Of one that cannot be
// read, the rows of the place tell.
func (v *Views) stand(ctx context.Context, place *Place, d Deployment) error {
	stands := d.State.Head.Stands()
	if d.Held != "" {
		var err error
		if stands, err = v.rowOf(ctx, d); err != nil {
			return err
		}
	}
	switch stands {
	case graph.PlaceHeld:
		place.Holder = &d
	case graph.PlaceWanted:
		place.Waiting = append(place.Waiting, d)
	case graph.PlaceNone:
		place.Without = append(place.Without, d)
	}
	return nil
}

func (v *Views) rowOf(ctx context.Context, d Deployment) (graph.Place, error) {
	holder, err := v.Records.Holder(ctx, d.Deployment)
	if err != nil || holder == d.Deployment.ID {
		return graph.PlaceHeld, err
	}
	queue, err := v.Records.Queue(ctx, d.Deployment)
	if slices.Contains(queue, d.Deployment.ID) {
		return graph.PlaceWanted, err
	}
	return graph.PlaceNone, err
}

// inOrder sorts places by project and environment, and who waits by who came
// first.
func inOrder(places map[string]*Place) []Place {
	var out []Place
	for _, p := range places {
		slices.SortFunc(p.Waiting, earlier)
		slices.SortFunc(p.Without, earlier)
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), byNumber(a.EnvironmentID, b.EnvironmentID))
	})
	return out
}

// earlier: the queue goes by the numbers of deployments, as they were asked for.
func earlier(a, b Deployment) int { return byNumber(a.Deployment.ID, b.Deployment.ID) }

// byNumber compares ids of one kind, which end in a number.
func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
