// Command dbos runs what our own benchmark runs, on dbos-transact-golang with SQLite as it is shipped, and prints
// Go's benchmark lines.
//
// It is a module of its own, so that what DBOS needs is no part of our program. SQLite runs there with
// synchronous=NORMAL: a step that was answered may be lost in a power cut. Ours are synced.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	_ "github.com/dbos-inc/dbos-transact-golang/dbos/driver/sqlite"
)

const stepsEach = 10

func main() {
	folder := flag.String("folder", "", "where the database is; a temporary folder if empty")
	rounds := flag.Int("rounds", 5, "how often 100 workflows run at once")
	alone := flag.Int("alone", 50, "how many workflows run one after the other")
	flag.Parse()
	if err := run(*folder, *rounds, *alone); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string, rounds, alone int) (err error) {
	dir, err := os.MkdirTemp(folder, "dbos-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	engine, err := dbos.NewContext(context.Background(), dbos.Config{
		AppName: "bench", DatabaseURL: "sqlite:" + filepath.Join(dir, "dbos.db"), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	dbos.RegisterWorkflow(engine, chain)
	if err := dbos.Launch(engine); err != nil {
		return err
	}
	defer dbos.Shutdown(engine, 10*time.Second)
	if err := atOnce(engine, 10); err != nil { // the first ones prepare statements
		return err
	}
	for range alone / 10 {
		if err := report("Alone", 10*stepsEach, func() error { return oneByOne(engine, 10) }); err != nil {
			return err
		}
	}
	for range rounds {
		if err := report("AtOnce100", 100*stepsEach, func() error { return atOnce(engine, 100) }); err != nil {
			return err
		}
	}
	return nil
}

// report runs something of so many steps and prints how long one took, as a line that tools for Go's benchmarks read.
func report(name string, steps int, what func() error) error {
	start := time.Now()
	if err := what(); err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Printf("BenchmarkDBOS%s/%s\t%d\t%d ns/op\t%.4f ms/step\t%.0f steps/s\n",
		name, version(), steps, took.Nanoseconds()/int64(steps), took.Seconds()*1000/float64(steps), float64(steps)/took.Seconds())
	return nil
}

// version is that of DBOS.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/dbos-inc/dbos-transact-golang" {
				return m.Version
			}
		}
	}
	return "unknown"
}

// chain is ten steps, one after the other, that do nothing.
func chain(ctx dbos.Context, _ int) (int, error) {
	sum := 0
	for range stepsEach {
		n, err := dbos.RunAsStep(ctx, func(context.Context) (int, error) { return 1, nil }, dbos.WithStepName("nothing"))
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func oneByOne(engine dbos.Context, n int) error {
	for range n {
		if err := atOnce(engine, 1); err != nil {
			return err
		}
	}
	return nil
}

// atOnce starts so many workflows and waits for all of them.
func atOnce(engine dbos.Context, n int) error {
	handles := make([]dbos.WorkflowHandle[int], n)
	for i := range handles {
		var err error
		if handles[i], err = dbos.RunWorkflow(engine, chain, i); err != nil {
			return err
		}
	}
	for _, h := range handles {
		if got, err := h.GetResult(); err != nil || got != stepsEach {
			return fmt.Errorf("a workflow did %d steps, want %d: %w", got, stepsEach, err)
		}
	}
	return nil
}
