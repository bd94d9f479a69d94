package simulation

import (
	"maps"
	"slices"
	"time"

	"slipway/pipelines"
)

// OfProject makes worlds of somebody's own project: its environments, lifecycle,
// targets and teams as they are, hosts that do what chance says, and people who
// answer whenever they are asked. Each seed is another story.
//
// Targets are reached as the mode has it, and keys are made up, so no secret is
// needed. Teams need members: without, nobody could answer.
func OfProject(setup Setup, project string) (func(seed uint64, mode Mode) *World, error) {
	at := slices.IndexFunc(setup.Projects, func(p pipelines.Project) bool { return pipelines.SameName(p.Name, project) })
	if at < 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "there is no project %q to simulate", project)
	}
	setup.Projects = setup.Projects[at : at+1]
	for _, mode := range []Mode{Stays, Brief} {
		if err := owned(setup, 1, mode).prepare(); err != nil {
			return nil, err
		}
	}
	return func(seed uint64, mode Mode) *World { return owned(setup, seed, mode) }, nil
}

func owned(setup Setup, seed uint64, mode Mode) *World {
	g := &maker{Rand: generator(seed, 3), mode: mode, environments: setup.Environments}
	p := setup.Projects[0]
	s := setup
	s.Targets = nil
	for _, t := range setup.Targets {
		own := target(mode, t.Name, t.Roles, t.Environments...)
		own.Disabled = t.Disabled
		s.Targets = append(s.Targets, own)
	}
	s.Users = append(slices.Clone(setup.Users), pipelines.User{Username: "simulated-requester", DisplayName: "Somebody", Admin: true})
	w := &World{Name: p.Name, own: true, Setup: s, Patience: []time.Duration{0, time.Hour, 30 * 24 * time.Hour}[g.IntN(3)]}
	w.Conduct = g.conduct(seed)
	order := g.Perm(1 + g.IntN(2))
	w.Actors = []Actor{{User: "simulated-requester", Do: func(q *Person) { q.sendAll(p.Name, w.Setup.Environments, order) }}}
	for _, name := range answering(setup) {
		yes := 6 + g.IntN(5)
		w.Actors = append(w.Actors, Actor{User: name, Helps: true, Do: func(q *Person) { q.goOn(func() { q.answersAll(yes) }) }})
	}
	return w
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
