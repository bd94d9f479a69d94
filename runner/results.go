package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// Bounds of what a report may put into the state, so that no turn outgrows an
// item: longer messages are cut.
const (
	maxRetired = 20
	maxPaths   = 4 << 10 // bytes of folders that are gone
	maxPath    = 1 << 10 // of one folder
)

// ended is the event of an attempt's end.
func (r *Runner) ended(ctx context.Context, p *plan.Plan, w graph.RunTask, end task.End, artifacts ...records.Artifact) (graph.Happening, error) {
	report := graph.TaskReported{
		Task: w.Task, Attempt: w.Attempt,
		Outcome: end.Outcome, Exit: end.ExitCode, Message: short(end.Message), Outputs: end.Outputs,
		Retired: bounded(end.Retired),
	}
	if i := end.Installed; i != nil && !end.Skipped {
		report.Installed = &graph.Folder{}
		if len(i.Directory)+len(i.Custom) <= maxPath { // else nobody can find it by its entry
			report.Installed = &graph.Folder{Directory: i.Directory, Custom: i.Custom}
		}
	}
	blob, err := r.Records.KeepResult(ctx, records.Result{Outputs: end.Outputs, Sealed: end.Sealed, Artifacts: artifacts})
	if blob != "" {
		report.Blob = blob
		report.Outputs = nil
		if step, _ := p.StepOf(w.Task); step >= 0 {
			report.Outputs, report.Long = atHand(end.Outputs, p.AskedOutputs(step), roomFor(p, w.Task))
		}
	}
	return report, err
}

// How many bytes an output may have that a condition asks for, and all of them
// together in one part of a state, names included.
const (
	maxAsked    = 1 << 10
	maxAskedSum = 40 << 10
)

// roomFor is a task's share of what its part of the state has room for: those
// whose outputs nobody asks for leave theirs to the others.
func roomFor(p *plan.Plan, number int) int {
	from := number - number%graph.PartSize
	sharing := 0
	for i := range p.Steps {
		if len(p.AskedOutputs(i)) > 0 {
			first := p.Steps[i].First
			sharing += max(0, min(first+len(p.Steps[i].Targets), from+graph.PartSize)-max(first, from))
		}
	}
	return maxAskedSum / max(1, sharing)
}

// atHand are the outputs that conditions ask for: what decides has nothing but
// the state. long are those that the state has no room for.
func atHand(outputs map[string]string, asked []string, room int) (few map[string]string, long []string) {
	for _, name := range sorted(outputs) {
		if !slices.ContainsFunc(asked, func(a string) bool { return within(a, name) }) {
			continue
		}
		size := len(name) + len(outputs[name])
		if len(outputs[name]) > maxAsked || size > room {
			long = append(long, name)
			continue
		}
		room -= size
		if few == nil {
			few = map[string]string{}
		}
		few[name] = outputs[name]
	}
	return few, long
}

// within says whether an asked name is that of an output, or of a member of one
// that is JSON.
func within(asked, output string) bool {
	if len(asked) < len(output) || !strings.EqualFold(asked[:len(output)], output) {
		return false
	}
	rest := asked[len(output):]
	return rest == "" || rest[0] == '.' || rest[0] == '['
}

// bounded are as many of the folders as a report may name; the others stay for
// another time.
func bounded(paths []string) []string {
	sum := 0
	for i, p := range paths {
		if sum += len(p); sum > maxPaths || i == maxRetired {
			return paths[:i]
		}
	}
	return paths
}

// short cuts a message at a rune, and says that it did.
func short(message string) string {
	if len(message) <= task.LongestMessage {
		return message
	}
	return strings.ToValidUTF8(message[:task.LongestMessage], "") + "… (all of it is in the log)"
}

// outputsOf are the output variables of one task.
func (r *Runner) outputsOf(ctx context.Context, x graph.TaskState) (map[string]string, error) {
	result, err := r.Records.Result(ctx, x)
	return result.Outputs, err
}

// sealedFor are the sensitive outputs of other steps, under the names that
// OutputsFor gives to others. Most deployments have none.
func (r *Runner) sealedFor(ctx context.Context, at *records.Loaded, of int, target string) (map[string]string, error) {
	for _, part := range at.State.Parts {
		for i := range part.Tasks {
			if records.HasMore(part.Tasks[i]) {
				return r.unsealedFor(ctx, at, of, target)
			}
		}
	}
	return nil, nil
}

func (r *Runner) unsealedFor(ctx context.Context, at *records.Loaded, of int, target string) (map[string]string, error) {
	out := map[string]string{}
	var key *secrets.HostKey // opened once, since that may be a call that costs
	for i := range at.Plan.Steps {
		step := &at.Plan.Steps[i]
		if i == of || step.Kind != plan.OnHosts || step.Skip != "" {
			continue
		}
		own := map[string]bool{} // names for which the target has a value of its own
		for place, t := range step.Targets {
			x := at.State.Task(step.First + place)
			if !records.HasMore(x) {
				continue
			}
			values, err := r.unseal(ctx, x, &key)
			if err != nil {
				return nil, err
			}
			for name, value := range values {
				short := fmt.Sprintf("Octopus.Action[%s].Output.%s", step.Name, name)
				if mine := t.Name == target; mine || !own[short] {
					out[short], own[short] = value, mine
				}
				out[fmt.Sprintf("Octopus.Action[%s].Output[%s].%s", step.Name, t.Name, name)] = value
			}
		}
	}
	return out, nil
}

func (r *Runner) unseal(ctx context.Context, x graph.TaskState, key **secrets.HostKey) (map[string]string, error) {
	result, err := r.Records.Result(ctx, x)
	if err != nil || len(result.Sealed) == 0 {
		return nil, err
	}
	if *key == nil {
		opened, err := r.openOutputs(ctx)
		if err != nil {
			return nil, err
		}
		*key = &opened
	}
	values, err := (*key).Open(result.Sealed)
	if err != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "sensitive outputs of an earlier step cannot be opened: %v. Deploy again", err)
	}
	return values, nil
}
