package executor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/ledger"
)

// stepsSyntax marks scripts that the test binary itself performs, where bash does
// not run. All else about such an attempt is real: processes, locks, ledger.
const stepsSyntax = "steps of a test"

// stepsOrder is an order that marks a file, says something and sleeps, in this
// order: "mark PATH", "say TEXT", "sleep DURATION". It is bash where there is bash.
func stepsOrder(t *testing.T, id string, steps ...string) task.Order {
	t.Helper()
	if runtime.GOOS != "windows" {
		return scriptOrder(t, id, inBash(steps))
	}
	settings, err := json.Marshal(task.Script{Syntax: stepsSyntax, Body: strings.Join(steps, "\n")})
	if err != nil {
		t.Fatal(err)
	}
	o := bareOrder(id)
	o.Work = task.Work{Kind: task.KindScript, Settings: settings}
	return o
}

func inBash(steps []string) string {
	var b strings.Builder
	for _, step := range steps {
		switch what, how, _ := strings.Cut(step, " "); what {
		case "mark":
			b.WriteString("echo x >> " + how + "\n")
		case "say":
			b.WriteString("echo " + how + "\n")
		case "sleep":
			d, _ := time.ParseDuration(how)
			fmt.Fprintf(&b, "sleep %.3f\n", d.Seconds())
		}
	}
	return b.String()
}

// stepsOf are those of the attempt that a call is to run.
func stepsOf(args []string) (steps []string, ok bool) {
	i := slices.Index(args, "run")
	if i != 2 || len(args) != 4 {
		return nil, false
	}
	b, err := os.ReadFile(filepath.Join(args[1], "attempts", args[3], "order.json"))
	var o task.Order
	var s task.Script
	if err != nil || json.Unmarshal(b, &o) != nil || json.Unmarshal(o.Work.Settings, &s) != nil || s.Syntax != stepsSyntax {
		return nil, false
	}
	return strings.Split(s.Body, "\n"), true
}

// runSteps is the verb run with another payload.
func runSteps(args []string, steps []string) int {
	c := &call{ctx: context.Background(), args: args, root: args[1], stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv, now: time.Now}
	if err := c.openLedger(); err != nil {
		return c.exit(err)
	}
	return c.exit(c.host().Run(c.ctx, args[3], c.handedDown(), func(ctx context.Context, a ledger.Attempt, o task.Order, output *ledger.Output) task.End {
		ctx, stop := limits(ctx, a, o)
		defer stop()
		output.Add(task.Note, "running the script")
		for _, step := range steps {
			if err := perform(ctx, step, output); err != nil {
				return attempts.Broken(task.End{}, o, err.Error(), context.Cause(ctx))
			}
		}
		return task.End{Outcome: task.Succeeded}
	}))
}

func perform(ctx context.Context, step string, output *ledger.Output) error {
	switch what, how, _ := strings.Cut(step, " "); what {
	case "mark":
		f, err := os.OpenFile(how, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteString("x\n")
		return err
	case "say":
		output.Add(task.Stdout, how)
		output.Flush()
	case "sleep":
		d, err := time.ParseDuration(how)
		if err != nil {
			return err
		}
		return sleep(ctx, d)
	}
	return nil
}
