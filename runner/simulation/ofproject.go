package simulation

import (
	"maps"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
)

// OfProject makes worlds of somebody's own project: its environments, lifecycle,
// channels, targets and teams as they are, hosts that do what chance says, and
// people who answer whenever they are asked. Each seed is another story.
//
// Targets are reached as the mode has it. What the setup does not hold is made up:
// secrets and keys, values that are asked for, package versions that the channels
// take, shared variable sets, and members of teams that have too few to decide.
func OfProject(setup Setup, project string) (func(seed uint64, mode Mode) *World, error) {
	at := slices.IndexFunc(setup.Projects, func(p pipelines.Project) bool { return pipelines.SameName(p.Name, project) })
	if at < 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "there is no project %q to simulate", project)
	}
	setup.Projects = []pipelines.Project{setup.Projects[at]}
	if err := playable(setup); err != nil {
		return nil, err
	}
	setup = completed(setup)
	for _, mode := range []Mode{Stays, Brief} {
		if err := owned(setup, 1, mode).prepare(); err != nil {
			return nil, err
		}
	}
	return func(seed uint64, mode Mode) *World { return owned(setup, seed, mode) }, nil
}

// playable says what of a project cannot be played.
func playable(s Setup) error {
	p, known := s.Projects[0], steps.Types()
	for _, step := range p.AllSteps() {
		kind := step.Action.Type
		if _, there := known[kind]; !there && len(step.Steps) == 0 {
			return pipelines.Refuse(pipelines.Invalid, "step %q of %s is of the type %q, which this program does not know; it knows %s", step.Name, p.Name, kind, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	for _, c := range p.AllChannels() {
		if name := p.LifecycleOf(c.Name); name != pipelines.DefaultLifecycleName && lifecycleNamed(s, name) == nil {
			return pipelines.Refuse(pipelines.NotFound, "%s follows the lifecycle %q, which is not there", p.Name, name)
		}
	}
	return nil
}

func lifecycleNamed(s Setup, name string) *pipelines.Lifecycle {
	for i, l := range s.Lifecycles {
		if pipelines.SameName(l.Name, name) {
			return &s.Lifecycles[i]
		}
	}
	return nil
}

func owned(setup Setup, seed uint64, mode Mode) *World {
	g := &maker{Rand: generator(seed, 3), mode: mode, environments: setup.Environments}
	p := setup.Projects[0]
	s := setup
	s.Targets = nil
	for _, t := range setup.Targets {
		own := target(mode, t.Name, t.Roles, t.Environments...)
		own.Disabled = t.Disabled
		if mode == Brief && t.SSH != nil {
			own.SSM, own.SSH = nil, &pipelines.SSHAddress{Host: t.Name, User: "deploy"}
		}
		s.Targets = append(s.Targets, own)
	}
	s.Users = append(slices.Clone(setup.Users), pipelines.User{Username: "simulated-requester", DisplayName: "Somebody", Admin: true})
	w := &World{Name: p.Name, own: true, Setup: s, Patience: []time.Duration{0, time.Hour, 30 * 24 * time.Hour}[g.IntN(3)]}
	w.Conduct = g.conduct(seed)
	order := g.Perm(1 + g.IntN(2))
	channels := p.AllChannels()
	channel := channels[g.IntN(len(channels))].Name
	through := phases(setup, p.LifecycleOf(channel))
	w.Actors = []Actor{{User: "simulated-requester", Do: func(q *Person) { q.sendAll(p.Name, channel, through, order) }}}
	for _, name := range answering(setup) {
		yes := 6 + g.IntN(5)
		w.Actors = append(w.Actors, Actor{User: name, Helps: true, Do: func(q *Person) { q.goOn(func() { q.answersAll(yes) }) }})
	}
	return w
}

// phases are the environments of a lifecycle, in its order.
func phases(s Setup, lifecycle string) []string {
	l := lifecycleNamed(s, lifecycle)
	if l == nil {
		return s.Environments
	}
	var out []string
	for _, phase := range l.Phases {
		out = append(out, phase.Environments...)
	}
	return out
}

// answering are the users who are in any team.
func answering(s Setup) []string {
	names := map[string]bool{}
	for _, t := range s.Teams {
		for _, m := range t.Members {
			if slices.ContainsFunc(s.Users, func(u pipelines.User) bool { return u.Username == m && !u.Disabled }) {
				names[m] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
