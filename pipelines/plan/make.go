package plan

import (
	"fmt"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
)

// Make makes the plan. What stands in the way is among its findings, every one
// of them, not only the first.
func Make(in Input) Plan {
	m := newMaker(in)
	m.make()
	return m.plan
}

func newMaker(in Input) *maker {
	m := &maker{in: in, tied: map[string]bool{}, targetByID: map[string]*pipelines.Target{}, ofProcess: map[int]bool{}, channel: in.Release.ChannelName(), plan: Plan{
		Format:        Format,
		Deployment:    in.Deployment.ID,
		ProjectID:     in.Deployment.ProjectID,
		Project:       in.Deployment.Project,
		ReleaseID:     in.Release.ID,
		Release:       in.Release.Number,
		EnvironmentID: in.Environment.ID,
		Environment:   in.Environment.Name,
		Address:       in.Environment.Address,
		Created:       in.Deployment.Created,
		Retention:     in.Retention,
		Channel:       in.Release.Channel,
		Queue:         in.Release.Project.Queue,
		Timeout:       task.Duration(in.Release.Project.Timeout),
		GuidedFailure: in.Release.Project.GuidedFailure,
		RequestedBy:   in.Deployment.CreatedByID,
		CausedBy:      in.Deployment.CausedByID,
	}}
	if in.GuidedFailure != nil {
		m.plan.GuidedFailure = *in.GuidedFailure
	}
	if in.Deployment.NotBefore != nil {
		m.plan.NotBefore = *in.Deployment.NotBefore
	}
	m.values = variables.New(in.Release.Project, in.Release.Sets, in.Deployment.Values)
	for i := range in.Targets {
		m.targetByID[in.Targets[i].ID] = &in.Targets[i]
	}
	return m
}

func (m *maker) make() {
	in := m.in
	m.variables()
	m.checkGiven()
	m.checkLeftOut()
	m.steps()
	m.checkTexts()
	m.checkConditions()
	m.checkCycles()
	m.checkClaims()
	if in.Deployment.Older {
		m.note("", "release %s is older than %s, which it replaces", in.Release.Number, in.Deployment.Replaces)
	}
	m.tellChanged()
}

type maker struct {
	in      Input
	plan    Plan
	channel string
	values  *variables.Values
	system  int             // how many of Plan.Variables are ours
	own     []string        // names of the system that the project gives a value of its own
	sources []source        // by step
	wants   []*Want         // by step; nil where it takes no part
	tied    map[string]bool // variables whose tie is a finding already

	targetByID map[string]*pipelines.Target
	scoped     scoped
	ofProcess  map[int]bool // steps whose texts tell of the process, as far as it was asked
	needs      [][]int      // of every step, once conditions ask
}

// source is what a step of the plan is made of.
type source struct {
	pipelines.Step
	number string          // in the order of the process: 2, or 2.1 for its first child step
	parent *pipelines.Step // of a child step
}

func (m *maker) block(step, format string, args ...any) { m.find(true, step, format, args...) }
func (m *maker) note(step, format string, args ...any)  { m.find(false, step, format, args...) }

func (m *maker) find(blocks bool, step, format string, args ...any) {
	m.put(Finding{Step: step, Message: fmt.Sprintf(format, args...), Blocks: blocks})
}

func (m *maker) put(f Finding) {
	for _, there := range m.plan.Findings {
		if there == f {
			return
		}
	}
	m.plan.Findings = append(m.plan.Findings, f)
}

// steps makes the steps of the plan, child steps behind the step they belong to.
func (m *maker) steps() {
	process := m.in.Release.Project.Steps
	needs, problems := m.in.Release.Project.Graph()
	for _, p := range problems {
		m.block("", "%s", p)
	}
	places := make([]int, len(process)) // in the plan
	next := 0
	for i, s := range process {
		places[i] = next
		next += 1 + len(s.Steps)
	}
	for i, s := range process {
		var before []int
		for _, n := range needs[i] {
			before = append(before, places[n])
		}
		number := strconv.Itoa(i + 1)
		m.add(source{Step: s, number: number}, before)
		for j, child := range s.Steps {
			m.add(source{Step: child, number: fmt.Sprintf("%s.%d", number, j+1), parent: &process[i]}, nil)
		}
		m.closeRolling(places[i])
	}
	m.settleBlocks()
}

// add makes a step and puts it at the end of the plan.
func (m *maker) add(s source, needs []int) {
	m.sources, m.wants = append(m.sources, s), append(m.wants, nil)
	step := m.step(s, len(m.wants)-1)
	step.Needs = needs
	if last := len(m.plan.Steps) - 1; last >= 0 {
		step.First = m.plan.Steps[last].First + m.plan.Steps[last].Tasks()
	}
	m.plan.Steps = append(m.plan.Steps, step)
}

func (m *maker) step(s source, at int) Step {
	out := Step{
		Name: s.Name, Type: s.Action.Type, Run: s.Run, If: s.If,
		Retries: s.Retries, Timeout: task.Duration(s.Timeout),
		Required: s.Requires(m.in.Types.Asks) != "",
	}
	switch {
	case len(s.Steps) > 0:
		return m.rolling(s, out, at)
	case s.parent != nil:
		out.Within = m.lastRolling() + 1
	}
	kind, known := m.in.Types[s.Action.Type]
	if !known {
		m.block(s.Name, "step %q is of the type %q, which this program does not know", s.Name, s.Action.Type)
		out.Skip = "its type is not known"
		return out
	}
	want, err := kind.Want(Context{Project: m.plan.Project, Environment: m.plan.Environment, Step: s.Name}, s.Action.Settings)
	if err != nil {
		m.block(s.Name, "step %q: %s", s.Name, err)
		out.Skip = "its settings cannot be read"
		return out
	}
	out.Kind, out.Work, out.Question, out.Message = want.Kind, want.Work, want.Question, want.Message
	if s.parent != nil && !m.join(&out, s) {
		return out
	}
	if out.Skip = m.leftOut(s); out.Skip != "" {
		return out
	}
	if want.Kind == OnHosts {
		if m.targets(&out, s); out.Skip != "" {
			return out
		}
	}
	m.wants[at] = &want
	if id := kind.Package(s.Action.Settings); id != "" {
		out.Package, out.Feed = m.packageOf(s.Name, id, FeedOf(kind, s.Action.Settings))
	}
	m.stepVariables(s, &out, at)
	return out
}

// packageOf finds the bytes of the version the release has chosen.
func (m *maker) packageOf(step, id, feed string) (file *task.Package, feedID string) {
	chosen, ok := m.in.Release.Selects(id, feed)
	switch {
	case !ok && feed != "":
		m.block(step, "release %s has no version of package %s of feed %s, which step %q installs: make a new release", m.in.Release.Number, id, feed, step)
		return nil, ""
	case !ok:
		m.block(step, "release %s has no version of package %s, which step %q installs: push the package and make a new release", m.in.Release.Number, id, step)
		return nil, ""
	}
	for _, p := range m.in.Packages {
		if p.SHA256 == chosen.SHA256 && pipelines.SameName(p.ID, id) {
			return &p, chosen.FeedID
		}
	}
	if feed != "" {
		m.block(step, "package %s %s of release %s, fetched from feed %s, is not in the store any more: make a new release", id, chosen.Version, m.in.Release.Number, feed)
		return nil, ""
	}
	m.block(step, "package %s %s of release %s is not in the store any more: push the same file again", id, chosen.Version, m.in.Release.Number)
	return nil, ""
}

func (m *maker) options() octostache.Options { return octostache.Options{Now: m.in.Deployment.Created} }
