// Command simulation plays the runner in many simulated worlds, each seed with
// other faults, and says which promises held.
//
// It holds no rule: worlds, faults and invariants are runner/simulation's.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"slipway/runner/simulation"
)

func main() {
	debug.SetGCPercent(400) // runs leave much behind and keep little
	ok, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(args []string) (bool, error) {
	flags := flag.NewFlagSet("simulation", flag.ContinueOnError)
	from := flags.Uint64("from", 0, "the first seed")
	seeds := flags.Uint64("seeds", 1000, "how many seeds")
	mode := flags.String("mode", "both", "stays (one process that lasts), brief (many short calls) or both")
	world := flags.String("world", "", "only the world of this name, or random")
	faults := flags.String("faults", "", "what goes wrong, as a failure prints it; none is nothing")
	calm := flags.Bool("calm", false, "another strand goes on only where one waits")
	sweep := flags.Bool("sweep", true, "also crash the tutorial at each of its points, where more than one seed is played")
	verbose := flags.Bool("v", false, "list the events and transitions that were seen; with one seed, all that happened")
	limit := flags.Duration("for", 0, "end after this time")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	c := simulation.Campaign{From: *from, Seeds: *seeds, Calm: *calm}
	var err error
	if c.Modes, err = modes(*mode); err != nil {
		return false, err
	}
	if *faults != "" {
		if c.Faults, err = simulation.ParseFaults(*faults); err != nil {
			return false, err
		}
	}
	if c.World, err = worlds(*world); err != nil {
		return false, err
	}
	if *sweep && *seeds > 1 && *faults == "" && *world == "" {
		c.Sweeps = simulation.Swept
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *limit > 0 {
		ctx, stop = context.WithTimeout(ctx, *limit)
		defer stop()
	}
	began := time.Now()
	sum := c.Run(ctx)
	if *verbose && *seeds == 1 {
		everything(ctx, c)
	}
	fmt.Printf("seeds %d to %d in %s\n", *from, *from+*seeds-1, time.Since(began).Round(time.Millisecond))
	sum.Write(context.Background(), os.Stdout, "go run ./test/simulation", *verbose)
	return sum.Failed == 0, nil
}

func modes(word string) ([]simulation.Mode, error) {
	switch m := simulation.Mode(word); m {
	case simulation.Stays, simulation.Brief:
		return []simulation.Mode{m}, nil
	case "both":
		return nil, nil
	}
	return nil, fmt.Errorf("the mode is stays, brief or both, not %q", word)
}

func worlds(name string) (func(uint64, simulation.Mode) *simulation.World, error) {
	if name == "" {
		return nil, nil
	}
	if name == "random" {
		return simulation.Random, nil
	}
	for i, w := range simulation.Named(simulation.Stays) {
		if w.Name == name {
			return func(_ uint64, m simulation.Mode) *simulation.World { return simulation.Named(m)[i] }, nil
		}
	}
	return nil, fmt.Errorf("there is no world %q", name)
}

// everything prints all that happens in the one run of a campaign.
func everything(ctx context.Context, c simulation.Campaign) {
	pick, m := c.World, simulation.Stays
	if pick == nil {
		pick = simulation.Pick
	}
	if len(c.Modes) > 0 {
		m = c.Modes[0]
	}
	report := simulation.Run(ctx, pick(c.From, m), simulation.Options{Seed: c.From, Mode: m, Faults: c.Faults, Calm: c.Calm, Trace: true})
	for _, line := range report.Trace {
		fmt.Println(line)
	}
}
