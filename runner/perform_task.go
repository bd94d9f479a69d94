package runner

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// runTask brings an attempt to its end on a host, however often the
// connection, or we, are lost meanwhile.
func (r *Runner) runTask(ctx context.Context, order performing, w graph.RunTask) (graph.Happening, error) {
	a, err := r.attempt(ctx, order, w)
	courier, sends := a.hosts.(hosts.Courier)
	sends = sends && r.Brief != nil
	if !sends && r.Brief != nil && !order.long {
		return nil, errAttend
	}
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return r.ended(ctx, w, a.unreached(refused))
	}
	if err != nil {
		return nil, err
	}
	if sends {
		return a.send(ctx, courier)
	}
	end, err := a.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.output.Flush(ctx); err != nil {
		return nil, err
	}
	return r.ended(ctx, w, end)
}

func (r *Runner) attempt(ctx context.Context, order performing, w graph.RunTask) (*attempt, error) {
	at := order.at
	a := &attempt{runner: r, order: order, work: w, id: attemptID(at.Deployment, w.Task, w.Attempt), begun: !order.fresh}
	_, t := hostStep(at, w.Step, w.Task)
	var err error
	if a.target, a.hosts, err = r.reach(ctx, t.ID, t.Name); err != nil {
		return a, err
	}
	if _, sends := a.hosts.(hosts.Courier); r.Brief != nil {
		if sends || !order.long {
			a.begun = a.begun && !order.put.Untaken
			return a, nil
		}
		mark, err := r.marked(ctx, a.id)
		if err != nil {
			return a, err
		}
		a.begun = mark == markBegun
	}
	last, err := r.Output.Last(ctx, at.Deployment.ID, tasklog.TaskID(w.Task), a.id)
	if err != nil {
		return a, err
	}
	a.output, err = r.Output.Writer(at.Deployment.ID, tasklog.TaskID(w.Task), a.id, last)
	return a, err
}

// sends says whether the task's host reports by itself.
func (r *Runner) sends(ctx context.Context, order performing, w graph.StopTask) bool {
	_, t := hostStep(order.at, w.Step, w.Task)
	_, over, err := r.reach(ctx, t.ID, t.Name)
	_, sends := over.(hosts.Courier)
	return err == nil && sends
}

// unreached is the end of an attempt whose target cannot even be addressed.
func (a *attempt) unreached(why *refusedError) task.End {
	if a.begun {
		return task.End{Outcome: task.Unknown, Message: why.message + "; the step may have gone on there"}
	}
	return task.End{Outcome: task.Failed, Message: why.message}
}

// Bounds of what a report may put into the state, so that no turn outgrows an
// item: longer messages are cut, larger outputs become a blob.
const (
	maxMessage = 400
	maxInline  = 256
)

// ended is the event of an attempt's end.
func (r *Runner) ended(ctx context.Context, w graph.RunTask, end task.End) (graph.Happening, error) {
	report := graph.TaskReported{
		Task: w.Task, Attempt: w.Attempt,
		Outcome: end.Outcome, Exit: end.ExitCode, Message: short(end.Message), Outputs: end.Outputs,
	}
	encoded, err := json.Marshal(end.Outputs)
	if err != nil || len(encoded) <= maxInline {
		return report, err
	}
	sum := sha256.Sum256(encoded)
	report.Outputs, report.Blob = nil, "outputs/"+hex.EncodeToString(sum[:])
	if _, err := r.Blobs.Put(ctx, report.Blob, bytes.NewReader(encoded)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return nil, err
	}
	return report, nil
}

// short cuts a message at a rune, and says that it did.
func short(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "… (all of it is in the log)"
}

// outputsOf are the output variables of one task.
func (r *Runner) outputsOf(ctx context.Context, x graph.TaskState) (map[string]string, error) {
	if x.Blob == "" {
		return x.Outputs, nil
	}
	body, _, err := r.Blobs.Get(ctx, x.Blob)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var out map[string]string
	err = json.NewDecoder(body).Decode(&out)
	return out, err
}

// stopAgain is the pause between two tries to end an attempt.
const stopAgain = 2 * time.Second

// stopTries is how often a call that costs asks before it leaves it to another:
// the end may have come to somebody else, of which we are not told.
const stopTries = 30

// stopTask ends an attempt. Its end comes back by its own stream; until then the
// host is asked again and again, since a lost connection loses the wish too.
func (r *Runner) stopTask(ctx context.Context, order performing, w graph.StopTask) (graph.Happening, error) {
	if len(order.at.Plan.Steps[w.Step].Targets) == 0 {
		return nil, nil // a mail that is being sent
	}
	if r.Brief != nil && (!order.long || r.sends(ctx, order, w)) {
		return r.stopBriefly(ctx, order, w)
	}
	id := attemptID(order.at.Deployment, w.Task, w.Attempt)
	for tries := 0; ctx.Err() == nil && running(order.now(), w); tries++ {
		if r.Brief != nil && tries == stopTries {
			return nil, &laterError{at: r.Env.Now().Add(soon), why: errors.New("attempt " + id + " does not end")}
		}
		if err := r.stopOnce(ctx, order.at, w, id); err != nil {
			r.Log.Warn("stop", "attempt", id, "error", err)
		}
		if pause(ctx, stopAgain) != nil {
			return nil, nil
		}
	}
	return nil, nil
}

func running(now *records.Loaded, w graph.StopTask) bool {
	x := now.State.Task(w.Task)
	return x.Status == pipelines.Running && x.Attempt == w.Attempt
}

func (r *Runner) stopOnce(ctx context.Context, at records.Loaded, w graph.StopTask, id string) error {
	_, t := hostStep(at, w.Step, w.Task)
	target, over, err := r.reach(ctx, t.ID, t.Name)
	if err != nil {
		return err
	}
	return over.Stop(ctx, target, id)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
