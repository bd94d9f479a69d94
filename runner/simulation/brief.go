package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/runner/streamwake"
	"slipway/runner/table"
)

// What stands in for the cloud here: a stream that tells of changes in order and
// at least once, one-off timers, events of a bucket, and functions that are
// called for each of them, again if they fail.

// callTime is how long a call may last; it is told to end a little before.
const callTime = 15 * time.Minute

// container is a process to call: one that has done a call before, or a new one.
func (r *run) container(role string) *process {
	for i, p := range r.idle {
		if p.role == role && r.sched.chance.IntN(8) > 0 {
			r.idle = append(r.idle[:i:i], r.idle[i+1:]...)
			return p
		}
	}
	return r.newProcess(role)
}

// call has a process do something, and waits for it. The error says whether it
// came to an end without one.
func (r *run) call(role, name string, do func(context.Context, *process) error) error {
	p := r.server
	if r.mode == Brief {
		p = r.container(role)
	}
	if p == nil || !p.alive {
		return errNoAnswer
	}
	ctx, end := context.WithCancel(p.ctx)
	defer end()
	done, failure := false, error(nil)
	r.sched.spawn(p, name, func() {
		failure = do(ctx, p)
		done = true
	})
	if r.mode == Brief {
		limit := r.sched.now.Add(callTime)
		r.sched.wait(func() bool { return done || !p.alive }, limit.Add(-15*time.Second))
		if !done && p.alive {
			end()
			r.sched.wait(func() bool { return done || !p.alive }, limit)
		}
		if !done && p.alive {
			r.crash(p, 0)
		}
	} else {
		r.sched.wait(func() bool { return done || !p.alive }, time.Time{})
	}
	if !done {
		return errNoAnswer
	}
	if r.mode == Brief {
		r.idle = append(r.idle, p)
	}
	return failure
}

// How often the cloud tries an event that fails before it keeps it: one of the
// table's stream, and any other.
const (
	triesOfStream = 6
	triesOfEvent  = 3
)

// service calls the runner for an event. What has failed too often is kept, and
// somebody gives it in again, hours later.
func (r *run) service(name string, do func(context.Context, *process) error) {
	r.tried(name, triesOfEvent, time.Minute, do)
}

func (r *run) tried(name string, most int, first time.Duration, do func(context.Context, *process) error) {
	for tries, pause := 1, first; ; tries++ {
		err := r.call("runner", name, do)
		if err == nil {
			return
		}
		r.log.add(r, "  %s: %s", name, firstLine(err.Error()))
		r.triedInVain(name, err)
		if tries%most == 0 {
			r.log.add(r, "  %s is kept", name)
			r.sched.spawn(nil, name+" from what is kept", func() {
				r.sched.sleep(time.Duration(1+r.sched.chance.IntN(24)) * time.Hour)
				r.tried(name, most, first, do)
			})
			return
		}
		r.sched.sleep(pause)
		pause *= 2
	}
}

// way has an event arrive: once as a rule, or late, or twice, or never.
func (r *run) way(name string, can trouble, arrive func()) {
	r.sched.spawn(nil, name, func() {
		_ = r.point("on the way", name, can, nil)
		f := r.faults.last
		switch f.Kind {
		case drop:
			return
		case late:
			r.sched.sleep(f.Wait)
		case twice:
			r.sched.spawn(nil, name+" again", func() {
				r.sched.sleep(time.Duration(r.sched.chance.IntN(600)) * time.Second)
				arrive()
			})
		}
		arrive()
	})
}

// attend is an asynchronous call of the runner by itself.
func (r *run) attend(_ context.Context, deployment string) error {
	return r.around("attend", deployment, changing, errBusyStore, func() error {
		r.way("attend "+deployment, late|twice, func() {
			r.service("attend "+deployment, func(ctx context.Context, p *process) error { return p.runner.Look(ctx, deployment) })
		})
		return nil
	})
}

// shard is what must be told in order.
type shard struct{ waiting []streamwake.News }

// stream passes on what the table's stream would, by the filter of the stack.
func (r *run) stream(by *process, changes []table.Change, removed map[table.Key]bool) {
	for _, c := range changes {
		event := ""
		item, there := r.rows.find(c.Key)
		switch {
		case removed[c.Key]:
			event = "REMOVE"
		case c.Do == table.Set && there && item.Revision == 1:
			event = "INSERT"
		default:
			continue
		}
		turn := strings.HasPrefix(c.Key.Sort, "turn/")
		if turn && by.role != "web" && c.Key.Sort != "turn/0000000001" {
			continue
		}
		news := streamwake.Read(streamwake.Change{Event: event, Partition: c.Key.Partition, Sort: c.Key.Sort})
		if news.Key() == "" {
			continue
		}
		if b := r.broken; b != nil && b.noNews != nil && b.noNews(news) {
			continue
		}
		r.tell(news)
	}
}

func (r *run) tell(news streamwake.News) {
	key := news.Key()
	if s := r.shards[key]; s != nil {
		s.waiting = append(s.waiting, news)
		return
	}
	s := &shard{waiting: []streamwake.News{news}}
	r.shards[key] = s
	r.sched.spawn(nil, "stream "+key, func() {
		for len(s.waiting) > 0 {
			r.tellOne(s.waiting[0])
			s.waiting = s.waiting[1:]
		}
		delete(r.shards, key)
	})
}

func (r *run) tellOne(news streamwake.News) {
	name := fmt.Sprintf("%s turn %d", news.Key(), news.Revision)
	_ = r.point("stream", name, late|twice, nil)
	f := r.faults.last
	if f.Kind == late {
		r.sched.sleep(f.Wait)
	}
	tell := func() {
		r.tried(name, triesOfStream, 2*time.Second, func(ctx context.Context, p *process) error {
			if news.Deployment != "" {
				return p.runner.Turned(ctx, news.Deployment, news.Revision)
			}
			return p.runner.Freed(ctx, news.ProjectID, news.EnvironmentID)
		})
	}
	if f.Kind == twice { // later, behind newer ones
		r.sched.spawn(nil, name+" again", func() {
			r.sched.sleep(time.Duration(r.sched.chance.IntN(3600)) * time.Second)
			tell()
		})
	}
	tell()
}

// schedule has a one-off timer ring, within the minute after its time.
func (r *run) schedule(x *alarm) {
	at := x.at
	if at.Before(r.sched.now) {
		at = r.sched.now.Add(10 * time.Second)
	}
	at = at.Add(time.Duration(r.sched.chance.IntN(60)) * time.Second)
	r.sched.at(at, func() {
		if now := r.alarms.set[x.id]; now != x {
			return // set anew, or cancelled
		}
		delete(r.alarms.set, x.id)
		r.way("timer "+x.id, late|twice, func() {
			r.service("timer "+x.id, func(ctx context.Context, p *process) error { return p.runner.Ring(nil)(ctx, x.id, x.payload) })
		})
	})
}
