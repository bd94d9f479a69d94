package simulation

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// Actor is somebody who does something in a world. Everybody always acts in the
// end; when, chance decides.
type Actor struct {
	User string // username
	Do   func(*Person)
	// Helps: acts when asked; nobody waits for an end of that.
	Helps bool
}

// Person is an actor in one run.
type Person struct {
	run  *run
	rand *rand.Rand
	who  pipelines.Principal
}

func (r *run) people(seed uint64) error {
	users, err := r.watch.Users(context.Background())
	if err != nil {
		return err
	}
	for i, actor := range r.world.Actors {
		p := &Person{run: r, rand: generator(seed, uint64(100+i))}
		for _, u := range users {
			if u.Username != actor.User {
				continue
			}
			if p.who, err = r.watch.Principal(context.Background(), u.ID, "session"); err != nil {
				return err
			}
		}
		if !actor.Helps {
			r.history.away++
		}
		r.sched.spawn(nil, actor.User, func() {
			actor.Do(p)
			if !actor.Helps {
				r.history.away--
			}
		})
	}
	operator := &Person{run: r, rand: generator(seed, 99)}
	operator.who = pipelines.Principal{UserID: "Users-operator", Username: "operator", Called: "Olga", Admin: true, Via: "session"}
	r.sched.spawn(nil, "operator", operator.operate)
	return nil
}

// until waits until something can be seen of the deployments, and then a moment
// longer.
func (p *Person) until(seen func() bool) {
	p.run.sched.wait(p.run.history.watched(seen), time.Time{})
	p.hesitate()
}

// hesitate is how long people take to act.
func (p *Person) hesitate() {
	d := time.Duration(p.rand.IntN(30)) * time.Second
	if most := p.run.world.Patience; most > 0 && p.rand.IntN(3) == 0 {
		d = time.Duration(p.rand.Int64N(int64(most)))
	}
	p.run.sched.sleep(d)
}

// asks sends a request until it is answered, or until what it is about can be
// seen to be done. The error is a refusal; what says what they ask for.
func (p *Person) asks(what string, do func(context.Context, *requests.Requests) error, done func() bool) error {
	r := p.run
	for pause := 20; ; pause = min(2*pause, 3600) {
		if done() {
			return nil
		}
		err := r.call("web", p.who.Username, func(ctx context.Context, at *process) error { return do(ctx, at.requests) })
		known, refused := errors.AsType[*pipelines.Error](err)
		if err == nil || refused && known.Code != pipelines.Unavailable {
			return err
		}
		r.triedInVain(p.who.Username+" asks to "+what, err)
		r.sched.sleep(time.Duration(1+p.rand.IntN(pause)) * time.Second)
	}
}

func (p *Person) confirmed(what, deployment string, err error) {
	if err == nil && p.run.history.seen[deployment] != nil {
		p.run.history.told = append(p.run.history.told, told{who: p.who.UserID, deployment: deployment, what: what})
	}
	if err != nil {
		p.run.log.add(p.run, "  %s may not %s %s: %v", p.who.Username, what, deployment, err)
	}
}

// Deploy asks for the n-th deployment of a release to an environment, and is
// done when there is one. It returns nil if that was refused.
func (p *Person) Deploy(in requests.DeployRequest, n int) *Followed {
	p.hesitate()
	f := &Followed{p, in.Project, in.Release, in.Environment, n}
	id := ""
	err := p.asks("deploy "+in.Project+" "+in.Release+" to "+in.Environment, func(ctx context.Context, r *requests.Requests) error {
		d, err := r.Deploy(ctx, p.who, in)
		id = d.ID
		return err
	}, func() bool { return f.now() != nil })
	if err != nil {
		p.confirmed("deploy", in.Release, err)
		return nil
	}
	if id != "" && p.run.history.seen[id] != nil {
		p.confirmed("deploy", id, nil)
	}
	return f
}

// Release makes a release; phases that are automatic follow by themselves.
func (p *Person) Release(project, channel, number string) bool {
	err := p.asks("create the release "+number+" of "+project, func(ctx context.Context, r *requests.Requests) error {
		_, err := r.CreateRelease(ctx, p.who, requests.ReleaseRequest{Project: project, Channel: channel, Number: number})
		return err
	}, func() bool { return false })
	p.confirmed("create", number, err)
	known, _ := errors.AsType[*pipelines.Error](err)
	return err == nil || known.Code == pipelines.Conflict // asked for twice, it is there
}

// Followed is a deployment that somebody follows.
type Followed struct {
	by                            *Person
	project, release, environment string
	n                             int
}

func (p *Person) follow(project, release, environment string, n int) *Followed {
	return &Followed{p, project, release, environment, n}
}

func (f *Followed) now() *records.Loaded {
	all := f.by.run.history.find(f.project, f.release, f.environment)
	if len(all) < f.n {
		return nil
	}
	return all[f.n-1]
}

// Until waits until the deployment stands as told.
func (f *Followed) Until(stands func(*records.Loaded) bool) *records.Loaded {
	if f == nil {
		return nil
	}
	f.by.until(func() bool { l := f.now(); return l != nil && stands(l) })
	return f.now()
}

// Ended waits for the end.
func (f *Followed) Ended() *records.Loaded {
	return f.Until(func(l *records.Loaded) bool { return l.State.Head.Closed })
}

// asking is a step that waits for people, or -1.
func asking(l *records.Loaded) int {
	for i := range l.Plan.Steps {
		if waitsForAnswer(l, i) {
			return i
		}
	}
	return -1
}

// Answer waits until the deployment asks, and decides.
func (f *Followed) Answer(proceed bool) {
	if f == nil {
		return
	}
	l := f.Until(func(l *records.Loaded) bool { return asking(l) >= 0 || l.State.Head.Status.Ended() })
	step := asking(l)
	if step < 0 {
		return
	}
	f.by.decide(l, step, proceed)
}

func (p *Person) decide(l *records.Loaded, step int, proceed bool) { p.decideOn(l, step, proceed) }

// decideOn says false if the decision was refused.
func (p *Person) decideOn(l *records.Loaded, step int, proceed bool) bool {
	id, round := l.Deployment.ID, l.State.Head.Steps[step].Round
	word := "reject"
	if proceed {
		word = "approve"
	}
	decided := func() bool {
		now := p.run.history.seen[id]
		return !waitsForAnswer(now, step) || now.State.Head.Steps[step].Round != round || p.hasApproved(now, step)
	}
	if decided() {
		return true
	}
	acted := false
	err := p.asks(word+" "+id, func(ctx context.Context, r *requests.Requests) error {
		err := r.Answer(ctx, p.who, requests.AnswerRequest{Deployment: id, Step: l.Plan.Steps[step].Name, Proceed: proceed})
		acted = err == nil
		return err
	}, decided)
	if acted || err != nil {
		p.confirmed(word, id, err)
	}
	return err == nil
}

// Cancel asks for the end.
func (f *Followed) Cancel() {
	l := f.now()
	if l == nil {
		return
	}
	id, before := l.Deployment.ID, l.State.Head.Cancel != nil
	acted := false
	err := f.by.asks("cancel "+id, func(ctx context.Context, r *requests.Requests) error {
		err := r.Cancel(ctx, f.by.who, id, "")
		acted = err == nil
		return err
	}, func() bool {
		now := f.now().State.Head
		return now.Status.Ended() || now.Cancel != nil && !before
	})
	if acted || err != nil {
		f.by.confirmed("cancel", id, err)
	}
}

// Resume takes the deployment up again, if that is not refused.
func (f *Followed) Resume() bool {
	l := f.now()
	if l == nil || !l.State.Head.Status.Ended() {
		return false
	}
	id, before := l.Deployment.ID, len(l.State.Head.Resumed)
	acted := false
	err := f.by.asks("resume "+id, func(ctx context.Context, r *requests.Requests) error {
		err := r.Resume(ctx, f.by.who, id, "")
		acted = err == nil
		return err
	}, func() bool { return len(f.now().State.Head.Resumed) > before })
	if acted || err != nil {
		f.by.confirmed("resume", id, err)
	}
	return err == nil
}

// operate decides for as long as the run lasts what becomes of attempts whose
// end nobody knows: somebody always does.
func (p *Person) operate() {
	for {
		p.run.sched.wait(p.run.history.watched(func() bool { return p.choice() != nil }), time.Time{})
		p.hesitate()
		if c := p.choice(); c != nil && !p.choose(*c) {
			p.run.sched.sleep(time.Hour) // it was refused
		}
	}
}

// open is a task that waits for a choice.
type open struct {
	deployment    string
	task, attempt int
	step          string
	target        string
}

func (p *Person) choice() *open {
	for _, l := range p.run.history.all() {
		if l.State.Head.Status.Ended() {
			continue
		}
		for i, s := range l.Plan.Steps {
			if s.Kind != plan.OnHosts || l.State.Head.Steps[i].Choices == 0 {
				continue
			}
			for place, t := range s.Targets {
				if x := l.State.Task(s.First + place); x.Status == pipelines.Waiting && x.Ask != "" {
					return &open{l.Deployment.ID, s.First + place, x.Attempt, s.Name, t.ID}
				}
			}
		}
	}
	return nil
}

func (p *Person) choose(c open) bool {
	word := []graph.Choice{graph.Retry, graph.Retry, graph.Ignore, graph.Fail}[p.rand.IntN(4)]
	acted := false
	err := p.asks("choose "+string(word)+" for "+c.step+" on "+c.target+" of "+c.deployment, func(ctx context.Context, r *requests.Requests) error {
		err := r.Decide(ctx, p.who, requests.DecideRequest{Deployment: c.deployment, Step: c.step, Target: c.target, Attempt: c.attempt, Choice: word})
		acted = err == nil
		return err
	}, func() bool {
		x := p.run.history.seen[c.deployment].State.Task(c.task)
		return x.Status != pipelines.Waiting || x.Attempt != c.attempt
	})
	if acted || err != nil {
		p.confirmed("choose "+string(word), c.deployment, err)
	}
	return err == nil
}
