package runner

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"slipway/runner/env"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// Look is a wake.Look: it brings one deployment as far as it goes now, and
// stays with it while something runs that needs us.
func (r *Runner) Look(ctx context.Context, deployment string) error {
	l := r.newLook(deployment)
	l.all, l.long = true, true
	return r.held(ctx, deployment, l.run(ctx))
}

func (r *Runner) newLook(deployment string) *look {
	return &look{
		runner: r, id: deployment, at: &records.Loaded{}, begun: map[string]bool{}, asked: map[string]bool{},
		stir: r.Env.Signal(), strands: newStrands(r.Env),
	}
}

// look is one Look while it goes on. Only run's goroutine writes turns; effects
// work beside it, leave their answers, and may read how things stand.
type look struct {
	runner *Runner
	id     string
	// What the look is for.
	happened []graph.Happening // written down first
	reported bool              // an attempt that reports by itself brought us here
	watch    bool              // a watch rang
	revision int64             // the turn whose effects are due; 0: see all
	put      *putOff           // the one effect that is due, which was put off before
	late     bool              // others have gone on since that turn
	all      bool              // every open effect is due, whoever asked for it
	long     bool              // it may last

	at      *records.Loaded
	loaded  bool                           // at is fresh enough to begin with
	stands  atomic.Pointer[records.Loaded] // at, for the effects
	only    map[string]bool                // effects that are due besides those in asked
	insured time.Time                      // when somebody looks again, whatever becomes of this look
	begun   map[string]bool                // effects that this look has begun
	asked   map[string]bool                // effects of turns that this look has written: nobody can have begun them before
	working int
	stir    env.Signal // there are answers, or a nudge
	strands *strands
	nudged  atomic.Bool // something was written beside us

	sent   atomic.Int64  // attempts that now report by themselves
	later  []*laterError // what is to be tried again
	attend bool          // something needs a look that lasts

	mu      sync.Mutex
	answers []answer
}

// answer is what came of an effect: an event, an error of ours, or neither
// where the answer comes another way.
type answer struct {
	effect string
	event  graph.Happening
	err    error
}

// closing is how long a look that is told to end may take to write down what
// its effects have brought already.
const closing = 3 * time.Second

func (l *look) nudge() {
	l.nudged.Store(true)
	l.stir.Raise()
}

func (l *look) run(ctx context.Context) error {
	l.runner.enter(l)
	defer l.runner.leave(l)
	work, stop := context.WithCancel(ctx)
	defer stop()
	err := l.goOn(work)
	stop()
	l.strands.finish()
	// What was done must not be done again because nobody wrote it down.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	events, failure := l.take()
	if len(events) > 0 {
		if err := l.applyAgain(last, events); err != nil {
			l.runner.Log.Warn("last answers of a look", "deployment", l.id, "error", err)
		}
	}
	if l.runner.Brief == nil {
		return err
	}
	if l.long && ctx.Err() != nil { // our time is over, not the deployment's
		l.attend, err = true, nil
	}
	if handing := l.handOver(last); handing != nil {
		return handing
	}
	if err == nil {
		err = failure
	}
	return err
}

func (l *look) goOn(ctx context.Context) error {
	if !l.loaded {
		if err := l.load(ctx); err != nil {
			return err
		}
	}
	if head := l.head(); head.Closed {
		return l.runner.Records.RetireLate(ctx, l.id, head.TakenUp())
	}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	if l.head().Stands() == graph.PlaceNone {
		// Whoever gave the place up may have died before it told the next.
		if err := l.runner.passOn(ctx, l.at.Deployment, false); err != nil {
			return err
		}
	}
	for {
		if l.head().Stands() == graph.PlaceWanted {
			// Of a first turn everybody is told, so that without a process that stays
			// somebody else goes on.
			if taken, err := l.takePlace(ctx); err != nil || taken && l.runner.Brief != nil && l.at.Revision == 1 {
				return err
			}
		}
		l.begin(ctx)
		if head := l.head(); head.Closed {
			return l.runner.Records.Retire(ctx, l.id, head.TakenUp())
		}
		if l.working == 0 {
			return nil
		}
		if err := l.wait(ctx); err != nil {
			return err
		}
	}
}

// prepare finds out which effects are due, and writes down what happened. An
// event that changes nothing came before: whoever took it then may have died
// before the effects, so all of them are due.
func (l *look) prepare(ctx context.Context) error {
	if l.runner.bornHere(l.id) && l.at.Revision == 1 {
		l.fresh(l.at.Asked)
	}
	switch {
	case l.put != nil:
		l.only = map[string]bool{l.put.Effect: true}
	case l.revision > 0 && l.revision == l.at.Revision:
		l.only = map[string]bool{}
		for _, id := range l.at.Asked {
			l.only[id] = true
		}
	case l.revision > 0:
		// Told late, or again: whoever went on from that turn may have died since.
		l.all, l.late = true, true
	}
	if len(l.happened) > 0 {
		before := l.at.Revision
		if err := l.applyAgain(ctx, l.happened); err != nil {
			return err
		}
		l.all = l.all || l.at.Revision == before
	}
	if l.all && l.runner.Brief != nil {
		// What opens later is for those who write it: two looks that each did
		// everything would do it all twice.
		l.all, l.only = false, l.openNow()
	}
	return nil
}

func (l *look) openNow() map[string]bool {
	out := map[string]bool{}
	for _, e := range graph.Open(l.at.Plan, l.at.State) {
		out[e.ID] = true
	}
	return out
}

func (l *look) fresh(effects []string) {
	for _, id := range effects {
		l.asked[id] = true
	}
}

func (l *look) load(ctx context.Context) error {
	at := &records.Loaded{}
	err := l.runner.Records.LoadInto(ctx, l.id, at)
	if err == nil {
		l.set(at)
	}
	return err
}

// reload sees what others have written beside this look.
func (l *look) reload(ctx context.Context) error {
	was := l.head().Stands()
	if err := l.load(ctx); err != nil {
		return err
	}
	return l.gaveUp(ctx, was)
}

// gaveUp tells the next in the queue if the place has just been given up, whoever
// wrote that. Finish sees to the next after an end.
func (l *look) gaveUp(ctx context.Context, was graph.Place) error {
	if is := l.head().Stands(); was != graph.PlaceHeld || is == graph.PlaceHeld || is == "" {
		return nil
	}
	return l.runner.passOn(ctx, l.at.Deployment, false)
}

func (l *look) set(at *records.Loaded) {
	l.at = at
	l.stands.Store(at)
}

// head is how the deployment stands now.
func (l *look) head() *graph.Head { return &l.at.State.Head }

// begin performs every open effect that this look has not begun.
func (l *look) begin(ctx context.Context) {
	for _, e := range graph.Open(l.at.Plan, l.at.State) {
		if l.begun[e.ID] || !l.all && !l.asked[e.ID] && !l.only[e.ID] {
			continue
		}
		l.begun[e.ID] = true
		l.working++
		order := performing{at: l.at, now: l.stands.Load, fresh: l.asked[e.ID], long: l.long, sent: func() { l.sent.Add(1) }}
		order.first = l.revision > 0 && !l.late && l.only[e.ID]
		if l.put != nil && l.put.Effect == e.ID {
			order.put = *l.put
		}
		l.strands.perform(ctx, func() {
			event, err := l.perform(ctx, order, e)
			l.answer(answer{e.ID, event, err})
		})
	}
}

func (l *look) answer(a answer) {
	l.mu.Lock()
	l.answers = append(l.answers, a)
	l.mu.Unlock()
	l.stir.Raise()
}

// perform keeps one effect's fault from ending everybody's server.
func (l *look) perform(ctx context.Context, order performing, e graph.Effect) (event graph.Happening, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			event, err = nil, fmt.Errorf("fault: %v\n%s", fault, debug.Stack())
		}
		if err != nil {
			err = fmt.Errorf("%s of %s: %w", e.ID, l.id, err)
		}
	}()
	return l.runner.perform(ctx, order, e)
}

// take empties the answers: the events among them, and the first error.
func (l *look) take() ([]graph.Happening, error) {
	l.mu.Lock()
	answers := l.answers
	l.answers = nil
	l.mu.Unlock()
	var events []graph.Happening
	var failure error
	for _, a := range answers {
		l.working--
		if a.event != nil {
			events = append(events, a.event)
		}
		if err := l.putOff(a.effect, a.err); failure == nil {
			failure = err
		}
	}
	return events, failure
}

// wait sees what others have written, and writes the answers that have come as
// one turn.
func (l *look) wait(ctx context.Context) error {
	if err := l.stir.Wait(ctx); err != nil {
		return err
	}
	if l.nudged.Swap(false) {
		if err := l.reload(ctx); err != nil {
			return err
		}
	}
	events, failure := l.take()
	if err := l.applyAgain(ctx, events); err != nil {
		return err
	}
	return failure
}

// applyAgain writes events over whatever others have written meanwhile. What is
// too much for one item is written as two turns.
func (l *look) applyAgain(ctx context.Context, events []graph.Happening) error {
	for tries := 0; ; tries++ {
		err := l.apply(ctx, events)
		switch {
		case records.TooLarge(err) && len(events) > 1:
			half := len(events) / 2
			if err := l.applyAgain(ctx, events[:half]); err != nil {
				return err
			}
			events = events[half:]
			continue
		case !records.Conflict(err) || tries == mostConflicts:
			return err
		}
		if err := l.reload(ctx); err != nil {
			return err
		}
	}
}

func (l *look) apply(ctx context.Context, happenings []graph.Happening, also ...records.Also) error {
	if len(happenings) == 0 {
		return nil
	}
	events := make([]graph.Event, len(happenings))
	for i, h := range happenings {
		events[i] = graph.Event{ID: l.runner.Env.NewID(), At: l.runner.Env.Now(), Of: h}
	}
	was := &l.at.State.Head
	after, changed, err := l.runner.Records.Turn(ctx, l.at, events, also...)
	if err != nil {
		return err
	}
	l.set(after)
	if changed {
		l.fresh(after.Asked)
	}
	if is := &after.State.Head; changed && is.Status != was.Status {
		l.runner.Log.Info("deployment", "id", l.id, "status", is.Status, "revision", after.Revision)
	}
	return l.gaveUp(ctx, was.Stands())
}
