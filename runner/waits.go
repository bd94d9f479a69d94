package runner

import (
	"context"
	"errors"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/tasklog"
)

// mostWaits bounds what is said of one attempt that waits for now this, now that.
const mostWaits = 50

// waits are the lines of ours in a task's output that say what an attempt waits
// for. They lie beside the attempt's own output, as if of an attempt more: the
// lines there have the numbers that the host gives them.
type waits struct {
	reason string // that was said last
	output *tasklog.Writer
}

// sayWait lets people see why nothing happens, once while the reason stays the
// same. It is no more than a courtesy: an attempt does not fail for it.
func (a *attempt) sayWait(ctx context.Context, err error) {
	reason := a.waitsFor(err)
	if reason == "" || reason == a.waits.reason {
		return
	}
	a.waits.reason = reason
	if err := a.writeWait(ctx, "waits: "+reason); err != nil && ctx.Err() == nil {
		a.runner.Log.Warn("keep what an attempt waits for", "attempt", a.id, "error", err)
	}
}

func (a *attempt) writeWait(ctx context.Context, text string) error {
	deployment, number, beside := a.order.at.Deployment.ID, tasklog.TaskID(a.work.Task), tasklog.WaitsOf(a.id)
	if a.waits.output == nil {
		last, err := a.runner.Output.Last(ctx, deployment, number, beside) // of a runner before us
		if err != nil {
			return err
		}
		if a.waits.output, err = a.runner.Output.Writer(deployment, number, beside, last); err != nil {
			return err
		}
	}
	seq := a.waits.output.Last() + 1
	if seq > mostWaits {
		return nil
	}
	if err := a.waits.output.Append(ctx, task.Line{Seq: seq, At: a.runner.Env.Now(), Stream: task.Note, Text: text}); err != nil {
		return err
	}
	return a.waits.output.Flush(ctx)
}

// waitsFor is what an attempt waits for, in words; "" for what is the operator's
// affair.
func (a *attempt) waitsFor(err error) string {
	if busy, ok := errors.AsType[*hosts.BusyError](err); ok {
		if busy.Attempt == "" {
			return a.target.Name + " is busy"
		}
		return a.target.Name + " is busy with " + deploymentOf(busy.Attempt)
	}
	if errors.Is(err, hosts.ErrUnreachable) {
		return a.target.Name + " cannot be reached, trying again"
	}
	return ""
}

// deploymentOf is the deployment that an attempt belongs to: see attemptID. What
// is none of ours stays as it is.
func deploymentOf(attempt string) string {
	whole, _, ours := strings.Cut(attempt, ".t")
	end := strings.LastIndexByte(whole, '-')
	if !ours || end <= 0 {
		return attempt
	}
	return whole[:end]
}
