package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// Bounds of what a report may put into the state, so that no turn outgrows an
// item: longer messages are cut.
const (
	maxMessage = 400
	maxRetired = 20
)

// ended is the event of an attempt's end.
func (r *Runner) ended(ctx context.Context, w graph.RunTask, end task.End, artifacts ...records.Artifact) (graph.Happening, error) {
	report := graph.TaskReported{
		Task: w.Task, Attempt: w.Attempt,
		Outcome: end.Outcome, Exit: end.ExitCode, Message: short(end.Message), Outputs: end.Outputs,
		Retired: end.Retired[:min(len(end.Retired), maxRetired)],
	}
	if i := end.Installed; i != nil && !end.Skipped {
		report.Installed = &graph.Place{Directory: i.Directory, Custom: i.Custom}
	}
	blob, err := r.Records.KeepResult(ctx, records.Result{Outputs: end.Outputs, Sealed: end.Sealed, Artifacts: artifacts})
	if blob != "" {
		report.Outputs, report.Blob = nil, blob
	}
	return report, err
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
	result, err := r.Records.Result(ctx, x)
	return result.Outputs, err
}

// keepArtifacts brings home what the attempt keeps for us. What cannot be
// brought is not the step's failure: it is told where artifacts are shown.
func (r *Runner) keepArtifacts(ctx context.Context, attempt string, end task.End, fetch func(sha256 string) (io.ReadCloser, error)) ([]records.Artifact, error) {
	var out []records.Artifact
	for _, a := range end.Artifacts {
		kept := records.Artifact{Artifact: a}
		if a.Missing == "" {
			var err error
			if kept.Blob, err = r.keepArtifact(ctx, attempt, a, fetch); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				r.Log.Warn("artifact is not kept", "attempt", attempt, "name", a.Name, "why", err)
				kept.Blob, kept.Missing = "", short(err.Error())
			}
		}
		out = append(out, kept)
	}
	return out, nil
}

func (r *Runner) keepArtifact(ctx context.Context, attempt string, a task.Artifact, fetch func(sha256 string) (io.ReadCloser, error)) (blob string, err error) {
	body, err := fetch(a.SHA256)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return r.Records.KeepArtifact(ctx, attempt, a, &verified{from: body, sum: sha256.New(), wants: a.SHA256})
}

// verified fails a stream that ends with another hash than it should.
type verified struct {
	from  io.Reader
	sum   hash.Hash
	wants string
}

func (v *verified) Read(b []byte) (int, error) {
	n, err := v.from.Read(b)
	v.sum.Write(b[:n])
	if got := hex.EncodeToString(v.sum.Sum(nil)); err == io.EOF && got != v.wants {
		return n, fmt.Errorf("the host sent other bytes (SHA-256 %s) than those it had announced (%s)", got, v.wants)
	}
	return n, err
}

// sealedFor are the sensitive outputs of other steps, under the names that
// OutputsFor gives to others.
func (r *Runner) sealedFor(ctx context.Context, at records.Loaded, of int, target string) (map[string]string, error) {
	out := map[string]string{}
	for i, step := range at.Plan.Steps {
		if i == of || step.Kind != plan.OnHosts || step.Skip != "" {
			continue
		}
		for place, t := range step.Targets {
			x := at.State.Task(step.First + place)
			if !records.HasMore(x) {
				continue
			}
			values, err := r.unseal(ctx, x)
			if err != nil {
				return nil, err
			}
			for name, value := range values {
				short := fmt.Sprintf("Octopus.Action[%s].Output.%s", step.Name, name)
				if _, set := out[short]; !set || t.Name == target {
					out[short] = value
				}
				out[fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", step.Name, t.Name, name)] = value
			}
		}
	}
	return out, nil
}

func (r *Runner) unseal(ctx context.Context, x graph.TaskState) (map[string]string, error) {
	result, err := r.Records.Result(ctx, x)
	if err != nil || len(result.Sealed) == 0 {
		return nil, err
	}
	key, err := r.openOutputs(ctx)
	if err != nil {
		return nil, err
	}
	return key.Open(result.Sealed)
}
