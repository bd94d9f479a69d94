package cli

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/simulation"
)

// simulating is what the flags of `slipway simulate` ask for.
type simulating struct {
	project, mode, faults string
	from, seeds           uint64
	calm, verbose         bool
	limit                 time.Duration
}

func (p *program) simulate() *cobra.Command {
	c := verb("simulate FOLDER", "Play a project many times, with hosts that fail, servers that die and people who are slow", nil)
	c.Long = `Play the deployments of a project in FOLDER, from its first environment to its
last, once for each seed: with the runner as it is and made-up hosts, people and
stores, of which each seed breaks others. Servers die in the middle, hosts lose
their power, messages come late or twice, people think for weeks. Time is made up
too. Nothing outside of this program is touched.

It says whether the project's process always comes to its end, or to a person who
is asked. What the steps do on hosts is not simulated: each succeeds or fails by
chance.

What FOLDER lacks and the project relies on is made up, and named: environments,
lifecycles, targets, members of teams. Another folder may hold them.
Exit codes: 0 every promise held, 1 one was broken.`
	c.Example = `  slipway simulate deploy/
  slipway simulate deploy/ --project "Random Quotes" --seeds 5000
  slipway simulate deploy/ --from 17 --seeds 1 -v`
	var q simulating
	f := c.Flags()
	f.StringVar(&q.project, "project", "", "the project, where the folder holds several")
	f.Uint64Var(&q.from, "from", 0, "the first seed")
	f.Uint64Var(&q.seeds, "seeds", 200, "how many seeds")
	f.StringVar(&q.mode, "mode", "both", "stays (one server that lasts), brief (many short calls, as on AWS) or both")
	f.StringVar(&q.faults, "faults", "", "what goes wrong, as a broken promise prints it; none is nothing")
	f.BoolVar(&q.calm, "calm", false, "do one thing after the other as long as that is possible")
	f.DurationVar(&q.limit, "for", 0, "end after this time")
	f.BoolVarP(&q.verbose, "verbose", "v", false, "list what was seen; with one seed, all that happened")
	c.RunE = func(c *cobra.Command, args []string) error { return p.simulateFolder(c, args[0], q) }
	return c
}

func (p *program) simulateFolder(c *cobra.Command, named string, q simulating) error {
	campaign := simulation.Campaign{From: q.from, Seeds: q.seeds, Calm: q.calm}
	switch m := simulation.Mode(q.mode); m {
	case simulation.Stays, simulation.Brief:
		campaign.Modes = []simulation.Mode{m}
	case "both":
	default:
		return misuse(c, "--mode is stays, brief or both; got %q", q.mode)
	}
	if q.faults != "" {
		var err error
		if campaign.Faults, err = simulation.ParseFaults(q.faults); err != nil {
			return misuse(c, "--faults: %s", err)
		}
	}
	f, err := readFolder(named)
	if err != nil {
		return err
	}
	setup, made, err := stage(f, q.project)
	if err != nil {
		return err
	}
	if err := judge(f, setup); err != nil {
		return err
	}
	if campaign.World, err = simulation.OfProject(setup, setup.Projects[0].Name); err != nil {
		return err
	}
	for _, what := range made {
		fmt.Fprintf(p.stdout, "made up: %s\n", what)
	}
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if q.limit > 0 {
		ctx, stop = context.WithTimeout(ctx, q.limit)
		defer stop()
	}
	campaign.Each = p.progressOf(q.seeds)
	sum := campaign.Run(ctx)
	p.endProgress(campaign.Each)
	if q.verbose && q.seeds == 1 {
		p.simulateAloud(ctx, campaign)
	}
	again := "slipway simulate " + quoted(named)
	if q.project != "" {
		again += " --project " + quoted(q.project)
	}
	sum.Write(context.WithoutCancel(ctx), p.stdout, again, q.verbose)
	if sum.Failed == 0 && sum.Cover["event Started"] == 0 {
		return pipelines.Refuse(pipelines.Conflict, "no deployment of %s could be planned, so nothing was played: apply the folder and look at what stands in the way of a deployment", setup.Projects[0].Name)
	}
	if sum.Failed > 0 {
		return pipelines.Refuse(pipelines.Conflict, "%d of %d plays broke a promise", sum.Failed, sum.Failed+sum.Passed)
	}
	return nil
}

// progressOf counts the plays on one line of a terminal; nil elsewhere, where
// nobody watches.
func (p *program) progressOf(all uint64) func(simulation.Report) {
	if !isTerminal(p.stderr) {
		return nil
	}
	return counter(p.stderr, all, p.now)
}

// counter writes how many plays are done, at most ten times a second.
func counter(to io.Writer, all uint64, now func() time.Time) func(simulation.Report) {
	var done, broke uint64
	var said time.Time
	return func(r simulation.Report) {
		done++
		if r.Broken != nil {
			broke++
		}
		if at := now(); done == all || at.Sub(said) >= 100*time.Millisecond {
			said = at
			fmt.Fprintf(to, "\r%d of %d played, %d broke a promise", done, all, broke)
		}
	}
}

// endProgress clears the line of progressOf.
func (p *program) endProgress(shown func(simulation.Report)) {
	if shown != nil {
		fmt.Fprint(p.stderr, "\r\x1b[K")
	}
}

// simulateAloud prints all that happens in the one play of a campaign.
func (p *program) simulateAloud(ctx context.Context, c simulation.Campaign) {
	mode := simulation.Stays
	if len(c.Modes) > 0 {
		mode = c.Modes[0]
	}
	report := simulation.Run(ctx, c.World(c.From, mode), simulation.Options{Seed: c.From, Mode: mode, Faults: c.Faults, Calm: c.Calm, Trace: true})
	for _, line := range report.Trace {
		fmt.Fprintln(p.stdout, line)
	}
}

// judge finds what an apply would refuse of the project.
func judge(f *folder, s simulation.Setup) error {
	known := pipelines.Known{Lifecycles: s.Lifecycles, Teams: s.Teams, VariableSets: s.VariableSets, ActionProblems: steps.Problems(steps.Types())}
	known.Installs = func(process []pipelines.Step) []string { return steps.Packages(steps.Types(), process) }
	for _, name := range s.Environments {
		known.Environments = append(known.Environments, pipelines.Environment{Name: name})
	}
	for _, name := range s.Projects[0].VariableSets { // they may belong to another folder, and are made up then
		if _, there := pipelines.VariableSetNamed(known.VariableSets, name); !there {
			known.VariableSets = append(known.VariableSets, pipelines.VariableSet{Name: name})
		}
	}
	found := s.Projects[0].Check(known)
	if len(found) == 0 {
		return nil
	}
	at := slices.IndexFunc(f.document.Nouns.Projects, func(p pipelines.Project) bool { return pipelines.SameName(p.Name, s.Projects[0].Name) })
	for i := range found {
		found[i].Path = pipelines.Join(fmt.Sprintf("projects[%d]", at), found[i].Path)
	}
	return f.unfit(f.document.Locate(found), f.named+" cannot be played")
}

// stage is the configuration that a project of the folder is played in, and what
// was made up for it.
func stage(f *folder, project string) (simulation.Setup, []string, error) {
	n := f.document.Nouns
	var names []string
	at := -1
	for i, p := range n.Projects {
		names = append(names, p.Name)
		if project == "" && len(n.Projects) == 1 || project != "" && pipelines.SameName(p.Name, project) {
			at = i
		}
	}
	switch {
	case len(names) == 0:
		return simulation.Setup{}, nil, pipelines.Refuse(pipelines.NotFound, "%s holds no project", f.named)
	case at < 0 && project == "":
		return simulation.Setup{}, nil, pipelines.Refuse(pipelines.Invalid, "%s holds several projects: name one with --project: %s", f.named, strings.Join(names, ", "))
	case at < 0:
		return simulation.Setup{}, nil, pipelines.Refuse(pipelines.NotFound, "%s holds no project %q; it holds %s", f.named, project, strings.Join(names, ", "))
	}
	s := simulation.Setup{Lifecycles: n.Lifecycles, Targets: n.Targets, Users: n.Users, Teams: n.Teams, VariableSets: n.VariableSets, Projects: []pipelines.Project{n.Projects[at]}}
	for _, e := range n.Environments {
		s.Environments = append(s.Environments, e.Name)
	}
	return s, madeUp(&s), nil
}
