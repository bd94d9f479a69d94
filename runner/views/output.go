package views

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/tasklog"
)

// EveryStep asks for the output of a whole deployment instead of one step's.
const EveryStep = -1

// LinesAfter reads up to limit lines of a step (or EveryStep) after a cursor,
// and the cursor behind them. The deployment is one that the principal was
// shown already.
func (v *Views) LinesAfter(ctx context.Context, d Deployment, step int, after tasklog.Cursor, limit int) ([]Line, tasklog.Cursor, error) {
	var out []Line
	for _, of := range outputs(d, step) {
		if len(out) >= limit {
			break
		}
		entries, next, err := v.Output.Read(ctx, of, after, limit-len(out))
		if err != nil {
			return nil, after, err
		}
		out, after = append(out, lines(d.Plan, entries)...), next
	}
	return out, after, nil
}

// LinesBefore reads up to n lines of a step before a cursor, and the cursor
// before them; "" says that there are no more.
func (v *Views) LinesBefore(ctx context.Context, d Deployment, step int, before tasklog.Cursor, n int) ([]Line, tasklog.Cursor, error) {
	var out []Line
	for _, of := range slices.Backward(outputs(d, step)) {
		if len(out) >= n {
			break
		}
		entries, earlier, err := v.Output.Earlier(ctx, of, before, n-len(out))
		if err != nil {
			return nil, before, err
		}
		out, before = append(lines(d.Plan, entries), out...), earlier
	}
	if len(out) < n {
		before = "" // the cursor still holds places in what other steps put out
	}
	return out, before, nil
}

// LastLines reads the last n lines of a step: those lines, the cursor before
// them, and the cursor from which LinesAfter goes on.
func (v *Views) LastLines(ctx context.Context, d Deployment, step, n int) (last []Line, earlier, next tasklog.Cursor, err error) {
	end, err := v.Output.Tail(ctx, tasklog.Output{Deployment: d.Deployment.ID}, 0)
	if err != nil {
		return nil, "", "", err
	}
	last, earlier, err = v.LinesBefore(ctx, d, step, end.Next, n)
	return last, earlier, end.Next, err
}

// CountLines is how many lines a step has put out so far.
func (v *Views) CountLines(ctx context.Context, d Deployment, step int) (int, error) {
	sum := 0
	for _, of := range outputs(d, step) {
		n, err := v.Output.Count(ctx, of)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// outputs are the outputs that together are a step's: one for each of its
// tasks that has begun, of a rolling step those of its child steps. A cursor
// passes through them one after the other and keeps its place in each.
func outputs(d Deployment, step int) []tasklog.Output {
	if step == EveryStep {
		return []tasklog.Output{{Deployment: d.Deployment.ID}}
	}
	if step < 0 || step >= len(d.Plan.Steps) {
		return nil
	}
	var out []tasklog.Output
	for _, s := range d.Plan.Steps[step:min(step+1+d.Plan.Steps[step].Children, len(d.Plan.Steps))] {
		for number := s.First; number < s.First+s.Tasks(); number++ {
			if d.State.Task(number).Status != pipelines.Pending {
				out = append(out, tasklog.Output{Deployment: d.Deployment.ID, Task: tasklog.TaskID(number)})
			}
		}
	}
	return out
}
