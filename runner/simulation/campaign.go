package simulation

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
)

// Campaign plays many runs, several at a time.
type Campaign struct {
	World func(seed uint64, mode Mode) *World // nil: Pick
	From  uint64
	Seeds uint64
	Modes []Mode // none: both
	// Faults and Calm as in Options.
	Faults []Fault
	Calm   bool
	// Sweeps are worlds that are played once for each point at which they can crash.
	Sweeps func(Mode) []*World
	// Failures is how many are kept and made short; 0 is 3.
	Failures int
	Each     func(Report) // called for each run, one at a time; nil: nobody listens
}

// Summary is what came of a campaign.
type Summary struct {
	Passed, Failed int
	CrashPoints    int // runs of sweeps
	Points, Steps  int
	Faults         map[string]int // by kind, as they were met
	Cover          map[string]int // events and transitions that were seen
	Broken         map[string]int // by invariant
	Failures       []Failure      // the first of them, made short
}

// Failure is a run that broke an invariant.
type Failure struct {
	World  *World
	Report Report
}

// Worlds are those that have a name.
func Worlds(m Mode) []*World {
	var out []*World
	for _, w := range catalogue {
		out = append(out, w.of(m))
	}
	return out
}

// catalogue are the named worlds; those that are swept are crashed at each of
// their points.
var catalogue = []struct {
	of    func(Mode) *World
	swept bool
}{
	{Tutorial, true}, {Rejected, true}, {Stopped, true}, {TakenUp, true}, {Queued, false}, {Updated, false}, {Overtaken, false}, {OnIIS, true},
}

var (
	namedOnce sync.Once
	named     map[Mode][]*World
)

// Pick is the world for a seed: every other one is made by chance, the rest are
// those with a name.
func Pick(seed uint64, m Mode) *World {
	if seed%2 == 1 {
		return Random(seed, m)
	}
	all := Named(m)
	return all[seed/2%uint64(len(all))]
}

// Named are the worlds that have a name, prepared once for all.
func Named(m Mode) []*World {
	namedOnce.Do(func() { named = map[Mode][]*World{Stays: Worlds(Stays), Brief: Worlds(Brief)} })
	return named[m]
}

// Swept are the named worlds that are crashed at each of their points: sign-off,
// rejection, cancel, retry and resume, and the tutorial on IIS.
func Swept(m Mode) []*World {
	var out []*World
	for i, w := range Named(m) {
		if catalogue[i].swept {
			out = append(out, w)
		}
	}
	return out
}

// job is one run to be played.
type job struct {
	world   *World
	options Options
	sweep   bool
}

// Run plays the campaign to its end, or until ctx ends.
func (c Campaign) Run(ctx context.Context) Summary {
	if c.World == nil {
		c.World = Pick
	}
	if len(c.Modes) == 0 {
		c.Modes = []Mode{Stays, Brief}
	}
	if c.Failures == 0 {
		c.Failures = 3
	}
	sum := Summary{Faults: map[string]int{}, Cover: map[string]int{}, Broken: map[string]int{}}
	jobs := make(chan job)
	var mu sync.Mutex
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for j := range jobs {
				report := Run(ctx, j.world, j.options)
				mu.Lock()
				sum.add(j, report, c)
				mu.Unlock()
			}
		})
	}
	c.feed(ctx, jobs)
	close(jobs)
	work.Wait()
	slices.SortFunc(sum.Failures, func(a, b Failure) int { return int(a.Report.Seed) - int(b.Report.Seed) })
	for i, f := range sum.Failures {
		sum.Failures[i].Report = Shrink(ctx, f.World, f.Report)
	}
	return sum
}

// feed gives out the runs; each seed is played in one mode, the modes in turn.
func (c Campaign) feed(ctx context.Context, jobs chan<- job) {
	if c.Sweeps != nil {
		for _, m := range c.Modes {
			for _, w := range c.Sweeps(m) {
				for _, o := range CrashPoints(ctx, w, m) {
					jobs <- job{w, o, true}
				}
			}
		}
	}
	for n := range c.Seeds {
		if ctx.Err() != nil {
			return
		}
		seed := c.From + n
		m := c.Modes[seed/2%uint64(len(c.Modes))]
		jobs <- job{c.World(seed, m), Options{Seed: seed, Mode: m, Faults: c.Faults, Calm: c.Calm}, false}
	}
}

func (s *Summary) add(j job, r Report, c Campaign) {
	s.Points += r.Points
	s.Steps += r.Steps
	if j.sweep {
		s.CrashPoints++
	}
	for _, f := range r.Met {
		s.Faults[f.Kind.String()]++
	}
	for what, n := range r.Cover {
		s.Cover[what] += n
	}
	if c.Each != nil {
		c.Each(r)
	}
	if r.Broken == nil {
		s.Passed++
		return
	}
	s.Failed++
	s.Broken[r.Broken.Invariant]++
	if len(s.Failures) < c.Failures {
		s.Failures = append(s.Failures, Failure{j.world, r})
	}
}

// Write tells people about the campaign; command is how a run is repeated.
func (s Summary) Write(ctx context.Context, out io.Writer, command string, verbose bool) {
	for _, f := range s.Failures {
		fmt.Fprintln(out, Explain(ctx, f.World, f.Report, command))
	}
	for _, name := range sortedKeys(s.Broken) {
		fmt.Fprintf(out, "%d × broken: %s\n", s.Broken[name], name)
	}
	fmt.Fprintf(out, "%d moments at which something could go wrong; this did:\n", s.Points)
	for _, kind := range sortedKeys(s.Faults) {
		fmt.Fprintf(out, "  %8d  %s\n", s.Faults[kind], meanings[kind])
	}
	if s.CrashPoints > 0 {
		fmt.Fprintf(out, "%d runs with a crash at one point each\n", s.CrashPoints)
	}
	if verbose {
		fmt.Fprintf(out, "%d kinds of events and transitions seen, %d switches between what runs at once\n", len(s.Cover), s.Steps)
		for _, what := range sortedKeys(s.Cover) {
			fmt.Fprintf(out, "  %8d  %s\n", s.Cover[what], what)
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", s.Passed, s.Failed)
}
