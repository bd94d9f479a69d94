package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/script"
	"slipway/pipelines/task"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// Random is a world of its own for each seed: a process with windows, retries,
// conditions, approvals, gates and checks and rolling steps, a policy for the
// queue, several releases at once, and people who change their minds.
func Random(seed uint64, mode Mode) *World {
	g := &maker{Rand: generator(seed, 3), mode: mode}
	w := &World{Name: "random", Setup: g.setup(), Patience: []time.Duration{0, time.Hour, 90 * 24 * time.Hour}[g.IntN(3)]}
	w.Conduct = g.conduct(seed)
	w.rolling = g.one(4)
	w.Actors = g.actors(w)
	return w
}

type maker struct {
	*rand.Rand
	mode         Mode
	environments []string
	roles        []string
	names        []string
}

func (g *maker) one(in int) bool { return g.IntN(in) == 0 }

func (g *maker) setup() Setup {
	g.environments = []string{"Dev", "Test", "Prod"}[:1+g.IntN(3)]
	g.roles = []string{"web", "db"}[:1+g.IntN(2)]
	s := Setup{Environments: g.environments, Users: tutorialUsers, Teams: tutorialTeams}
	for n := range 1 + g.IntN(4) {
		roles := []string{g.roles[n%len(g.roles)]}
		if g.one(3) {
			roles = g.roles
		}
		t := target(g.mode, fmt.Sprintf("host-%d", n+1), roles, g.environments...)
		if g.mode == Brief && g.one(4) {
			t.SSM, t.SSH = nil, &pipelines.SSHAddress{Host: t.Name, User: "deploy"}
		}
		if g.one(4) {
			t.ExecutorKey = nil // nobody has met it yet
		}
		s.Targets = append(s.Targets, t)
	}
	l := pipelines.Lifecycle{Name: "Phases"}
	for i, e := range g.environments {
		l.Phases = append(l.Phases, pipelines.Phase{Name: e, Environments: []string{e}, Automatic: i > 0 && g.one(2), Optional: g.one(4)})
	}
	s.Lifecycles = []pipelines.Lifecycle{l}
	p := pipelines.Project{
		Name: "Random", Lifecycle: "Phases", GuidedFailure: g.one(5),
		Queue: []pipelines.QueuePolicy{"", pipelines.QueueWait, pipelines.QueueSkipSuperseded, pipelines.QueueReplaceWaiting}[g.IntN(4)],
	}
	if g.one(4) {
		p.Timeout = pipelines.Duration(time.Duration(5+g.IntN(60)) * time.Minute)
	}
	for n := range 1 + g.IntN(6) {
		p.Steps = append(p.Steps, g.step(n))
	}
	s.Projects = []pipelines.Project{p}
	return s
}

// step is the n-th one. What it needs are some of those before it.
func (g *maker) step(n int) pipelines.Step {
	s := pipelines.Step{Name: fmt.Sprintf("Step %d", n+1)}
	switch g.IntN(7) {
	case 0:
		s.Action = g.approval()
	case 1:
		s.Action = pipelines.Action{Type: "email", Settings: Settings(email.Settings{To: "team@example.org", Subject: "#{Octopus.Deployment.Id}", Body: "about it"})}
	case 2:
		g.rolling(&s)
	default:
		g.script(&s)
	}
	g.place(&s, n)
	g.names = append(g.names, s.Name)
	return s
}

// place says when it runs.
func (g *maker) place(s *pipelines.Step, n int) {
	if n > 0 && g.one(2) {
		needs := []string{}
		for _, name := range g.names {
			if g.one(2) {
				needs = append(needs, name)
			}
		}
		s.Needs = &needs
	} else if n > 0 && g.one(4) {
		s.Start = pipelines.StartWithPrevious
	}
	switch g.IntN(8) {
	case 0:
		s.Run = pipelines.RunAlways
	case 1:
		s.Run = pipelines.RunFailure
	case 2:
		s.Run = `#{if Octopus.Environment.Name == "Dev"}true#{/if}`
	case 3:
		if n > 0 && s.Needs == nil && s.Start == "" {
			s.If = fmt.Sprintf(`env.name != "Test" || steps[%q].status == "succeeded"`, g.names[n-1])
		}
	}
	if g.one(8) {
		s.SkipEnvironments = []string{g.environments[g.IntN(len(g.environments))]}
	}
	s.Disabled = g.one(15)
}

func (g *maker) script(s *pipelines.Step) {
	s.Roles = []string{g.roles[g.IntN(len(g.roles))]}
	s.NoTargets = pipelines.NoTargetsSkip
	s.Window = []string{"", "1", "2", "50%"}[g.IntN(4)]
	s.Retries = g.IntN(3)
	if g.one(5) {
		s.Timeout = pipelines.Duration(time.Duration(2+g.IntN(5)) * time.Minute)
	}
	s.Action = pipelines.Action{Type: "script", Settings: Settings(script.Settings{Body: "echo work"})}
}

func (g *maker) rolling(s *pipelines.Step) {
	s.Roles = []string{g.roles[g.IntN(len(g.roles))]}
	s.NoTargets = pipelines.NoTargetsSkip
	s.Window = []string{"1", "2"}[g.IntN(2)]
	for n := range 2 + g.IntN(2) {
		child := pipelines.Step{Name: fmt.Sprintf("%s, part %d", s.Name, n+1), Retries: g.IntN(2)}
		child.Action = pipelines.Action{Type: "script", Settings: Settings(script.Settings{Body: "echo part"})}
		if n > 0 && g.one(4) {
			child.Run = []pipelines.Condition{pipelines.RunAlways, pipelines.RunFailure}[g.IntN(2)]
		}
		s.Steps = append(s.Steps, child)
	}
}

func (g *maker) approval() pipelines.Action {
	a := approval.Settings{Instructions: "Look.", Teams: []string{"Project Stakeholders"}}
	if g.one(3) {
		two := 2
		a.Approvals = &two
	}
	if g.one(3) {
		blocks := g.one(2)
		a.Blocks = &blocks
	}
	if g.one(3) {
		d := pipelines.Duration(time.Duration(1+g.IntN(48)) * time.Hour)
		a.Timeout = &d
		a.OnTimeout = []string{"", approval.Reject, approval.Approve}[g.IntN(3)]
	}
	if g.one(3) {
		d := pipelines.Duration(time.Duration(1+g.IntN(24)) * time.Hour)
		a.Remind = &d
	}
	a.NotRequester = g.one(3)
	return pipelines.Action{Type: "approval", Settings: Settings(a)}
}

// conduct follows from the seed and the attempt alone: who asks twice sees the
// same.
func (g *maker) conduct(seed uint64) func(o task.Order, attempt int) Conduct {
	failing := g.IntN(5) // of ten attempts
	return func(o task.Order, attempt int) Conduct {
		var sum uint64
		for _, b := range []byte(o.Step + o.Target + o.Environment + o.Release) {
			sum = sum*31 + uint64(b)
		}
		chance := generator(seed+sum, uint64(1000+attempt))
		c := Conduct{Lasts: time.Duration(1+chance.IntN(90)) * time.Second, Outcome: task.Succeeded, Outputs: map[string]string{"Said": o.Target}}
		if chance.IntN(10) < failing {
			c.Outcome, c.Exit = task.Failed, 1
		}
		if chance.IntN(30) == 0 {
			c.Outcome = task.Unknown
		}
		return c
	}
}

func (g *maker) actors(w *World) []Actor {
	var out []Actor
	order := g.Perm(1 + g.IntN(3))
	out = append(out, Actor{User: "dana", Do: func(p *Person) { p.sendAll("Random", "", w.Setup.Environments, order) }})
	yes := 5 + g.IntN(6)
	for _, name := range []string{"stella", "oskar"} {
		out = append(out, Actor{User: name, Helps: true, Do: func(p *Person) { p.goOn(func() { p.answersAll(yes) }) }})
	}
	if g.one(2) {
		out = append(out, Actor{User: "dana", Do: func(p *Person) { p.meddle() }})
	}
	return out
}

// sendAll sends each release on its way, wherever it may go.
func (p *Person) sendAll(project, channel string, environments []string, order []int) {
	for _, n := range order {
		release := fmt.Sprintf("1.0.%d", n+1)
		if !p.Release(project, channel, release) {
			return
		}
		for i, environment := range environments {
			in := requests.DeployRequest{Project: project, Release: release, Environment: environment}
			if p.rand.IntN(5) == 0 {
				at := p.run.sched.now.Add(time.Duration(1+p.rand.IntN(600)) * time.Minute)
				in.At = &at
			}
			if p.rand.IntN(6) == 0 {
				in.Skip = p.skips(project)
			}
			f := p.Deploy(in, 1+len(p.run.history.find(project, release, environment)))
			if f == nil || i+1 == len(environments) {
				break
			}
			if p.rand.IntN(3) == 0 {
				break // the next one overtakes it
			}
			l := f.Ended()
			if l.State.Head.Status != pipelines.Succeeded && p.rand.IntN(2) == 0 {
				f.Resume()
				l = f.Ended()
			}
			if l.State.Head.Status != pipelines.Succeeded {
				break
			}
		}
	}
}

// skips names a step that may be left out, if there is one.
func (p *Person) skips(project string) []string {
	for _, x := range p.run.world.Setup.Projects {
		if x.Name == project && !x.Steps[0].Required {
			return []string{x.Steps[0].Name}
		}
	}
	return nil
}

// goOn does something for as long as the run lasts.
func (p *Person) goOn(do func()) {
	for {
		do()
	}
}

// answersAll waits for a question and answers it.
func (p *Person) answersAll(yes int) {
	question := func() (*records.Loaded, int) {
		for _, l := range p.run.history.all() {
			for i := range l.Plan.Steps {
				if waitsForAnswer(l, i) && !p.hasApproved(l, i) {
					return l, i
				}
			}
		}
		return nil, -1
	}
	p.until(func() bool { l, _ := question(); return l != nil })
	l, step := question()
	if l == nil {
		return
	}
	proceed := p.rand.IntN(10) < yes
	if p.rand.IntN(3) == 0 && p.byMail(l, step, proceed) {
		p.run.sched.sleep(time.Minute) // then a look whether it counts
		return
	}
	if p.decideOn(l, step, proceed) {
		return
	}
	p.run.sched.sleep(time.Hour) // it was refused: somebody else will
}

func (p *Person) hasApproved(l *records.Loaded, step int) bool {
	for _, a := range l.State.Head.Steps[step].Approved {
		if a.UserID == p.who.UserID {
			return true
		}
	}
	return false
}

// meddle cancels what goes on, now and then twice.
func (p *Person) meddle() {
	p.run.sched.sleep(time.Duration(p.rand.IntN(1800)) * time.Second)
	all := p.run.history.all()
	all = slices.DeleteFunc(all, func(l *records.Loaded) bool { return l.State.Head.Status.Ended() })
	if len(all) == 0 {
		return
	}
	l := all[p.rand.IntN(len(all))]
	d := l.Deployment
	for i, other := range p.run.history.find(d.Project, d.Release, d.Environment) {
		if other.Deployment.ID == d.ID {
			f := p.follow(d.Project, d.Release, d.Environment, i+1)
			f.Cancel()
			if p.rand.IntN(3) == 0 {
				p.run.sched.sleep(time.Duration(p.rand.IntN(120)) * time.Second)
				f.Cancel()
			}
		}
	}
}
