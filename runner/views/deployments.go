package views

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
	"slipway/runner/tasklog"
)

// Deployment is one deployment as it stands, and what the principal may do.
type Deployment struct {
	records.Loaded
	// Held says what of it cannot be read, and what to do: then its status is Held,
	// and there is no more than its record. "" for all others.
	Held      string
	Holder    string // who holds its place, while it waits for it
	Ahead     int    // how many wait before it, while it waits for its place
	MayCancel bool
	// Questions are the sign-offs that wait for an answer, by index; MayAnswer says
	// for each whether it is the principal who is asked, WhyNot why it is not.
	Questions []int
	MayAnswer map[int]bool
	WhyNot    map[int]error
	// Choices are the attempts that wait for somebody to choose what becomes of
	// them, and MayChoose whether the principal can.
	Choices   []openings.Choice
	MayChoose bool
	// AskedOnly says that the principal may not see it, and is only asked.
	AskedOnly bool
	// MayResume says whether the principal can take it up again, and NoResume, for
	// those who had the right, why nobody can.
	MayResume bool
	NoResume  error
	// Decided is what Views.Decided told, for those who asked it.
	Decided []Decision
}

// Deployment reads one deployment.
func (v *Views) Deployment(ctx context.Context, p pipelines.Principal, id string) (Deployment, error) {
	return v.deployment(ctx, p, id, func(l records.Loaded) error {
		return openings.Seen(p, id, pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment})
	})
}

// Asked reads one deployment for those too who may not see it and are asked by a
// sign-off of it: they are shown what they decide, and nothing else of it.
func (v *Views) Asked(ctx context.Context, p pipelines.Principal, id string) (Deployment, error) {
	return v.deployment(ctx, p, id, func(l records.Loaded) error { return openings.Concerns(p, l) })
}

func (v *Views) deployment(ctx context.Context, p pipelines.Principal, id string, seen func(records.Loaded) error) (Deployment, error) {
	l, err := v.Records.Load(ctx, id)
	if why, ok := unreadable(id, err); ok {
		return v.held(ctx, p, id, why)
	}
	if err != nil {
		return Deployment{}, err
	}
	if err := seen(l); err != nil {
		return Deployment{}, err
	}
	where := pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}
	head := l.State.Head
	l.Deployment.Status, l.Deployment.Message = head.Status, head.Message
	d := Deployment{Loaded: l, MayAnswer: map[int]bool{}, WhyNot: map[int]error{}, AskedOnly: !p.Allows(pipelines.DeploymentView, where)}
	d.MayCancel = !head.Status.Ended() && p.Allows(pipelines.TaskCancel, where)
	for i := range head.Steps {
		if !openings.Asks(l, i) {
			continue
		}
		d.Questions = append(d.Questions, i)
		d.WhyNot[i] = openings.Answer(p, l, i, true)
		d.MayAnswer[i] = d.WhyNot[i] == nil
	}
	d.Choices, d.MayChoose = openings.Choices(l), openings.Choose(p, l) == nil
	switch {
	case head.Stands() == graph.PlaceWanted:
		err = v.place(ctx, &d)
	case head.Status.Ended() && head.Status != pipelines.Succeeded && p.Allows(pipelines.DeploymentCreate, where):
		err = v.resume(ctx, &d)
	}
	return d, err
}

// resume says whether a deployment that ended badly can be taken up again.
func (v *Views) resume(ctx context.Context, d *Deployment) error {
	current, err := v.Records.In(ctx, d.Deployment.ProjectID, d.Deployment.EnvironmentID)
	d.NoResume = openings.Resume(d.Loaded, current.Since(d.Deployment))
	d.MayResume = err == nil && d.NoResume == nil
	return err
}

func (v *Views) place(ctx context.Context, d *Deployment) error {
	var err error
	if d.Holder, err = v.Records.Holder(ctx, d.Deployment); err != nil {
		return err
	}
	queue, err := v.Records.Queue(ctx, d.Deployment)
	for _, id := range queue {
		if id == d.Deployment.ID {
			break
		}
		d.Ahead++
	}
	return err
}

// Deployments are a project's newest deployments that may be seen.
func (v *Views) Deployments(ctx context.Context, p pipelines.Principal, project string, limit int) ([]pipelines.Deployment, error) {
	found, err := v.Project(ctx, p, project)
	if err != nil {
		return nil, err
	}
	all, err := v.Records.Deployments(ctx, found.ID, limit)
	if err != nil {
		return nil, err
	}
	var out []pipelines.Deployment
	for _, d := range all {
		if !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: found.Name, Environment: d.Environment}) {
			continue
		}
		if d, err = v.now(ctx, d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Decisions is how many answers and choices the deployment waits for that the
// principal can give.
func (d Deployment) Decisions() int {
	n := 0
	for _, step := range d.Questions {
		if d.MayAnswer[step] {
			n++
		}
	}
	if d.MayChoose {
		n += len(d.Choices)
	}
	return n
}

// Waiting are the deployments that wait for an answer or a choice of the
// principal.
func (v *Views) Waiting(ctx context.Context, p pipelines.Principal) ([]Deployment, error) {
	ids, err := v.Records.Active(ctx)
	if err != nil {
		return nil, err
	}
	asks := make([]bool, len(ids)) // most of those that are alive ask nobody
	if err := v.beside(len(ids), func(i int) (err error) {
		asks[i], err = v.Records.MayAsk(ctx, ids[i])
		return err
	}); err != nil {
		return nil, err
	}
	var out []Deployment
	for i, id := range ids {
		if !asks[i] {
			continue
		}
		d, err := v.Asked(ctx, p, id)
		switch pipelines.CodeOf(err) {
		case pipelines.Forbidden, pipelines.Unauthenticated, pipelines.NotFound:
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.Decisions() > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// Line is one line of output with where it comes from.
type Line struct {
	tasklog.Entry
	Step   int // index
	Name   string
	Target string
}

// Log reads lines after a cursor ("": from the first).
func (v *Views) Log(ctx context.Context, p pipelines.Principal, deployment string, after tasklog.Cursor, limit int) ([]Line, tasklog.Cursor, error) {
	d, err := v.Deployment(ctx, p, deployment)
	if err != nil {
		return nil, "", err
	}
	entries, next, err := v.Output.Read(ctx, tasklog.Output{Deployment: deployment}, after, limit)
	return lines(d.Plan, entries), next, err
}

func lines(p plan.Plan, entries []tasklog.Entry) []Line {
	out := make([]Line, len(entries))
	for i, e := range entries {
		out[i] = Line{Entry: e, Step: -1}
		number := tasklog.TaskNumber(e.Task)
		step, place := p.StepOf(number)
		if step < 0 {
			continue
		}
		out[i].Step, out[i].Name = step, p.Steps[step].Name
		if place < len(p.Steps[step].Targets) {
			out[i].Target = p.Steps[step].Targets[place].Name
		}
	}
	return out
}
