package views

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/tasklog"
)

// Part is what of a deployment's output is asked for: all, one step's, or that of
// one of the step's targets.
type Part struct {
	Step   int // index, or EveryStep
	Target int // place in the step, or EveryTarget
}

// What asks for all of something.
const (
	EveryStep   = -1
	EveryTarget = -1
)

// Everything is all of a deployment's output.
var Everything = Part{EveryStep, EveryTarget}

// OfStep is the output of one step.
func OfStep(step int) Part { return Part{step, EveryTarget} }

// LinesAfter reads up to limit lines of a part after a cursor,
// and the cursor behind them. The deployment is one that the principal was
// shown already.
func (v *Views) LinesAfter(ctx context.Context, d Deployment, of Part, after tasklog.Cursor, limit int) ([]Line, tasklog.Cursor, error) {
	var out []Line
	for _, one := range outputs(d, of) {
		if len(out) >= limit {
			break
		}
		entries, next, err := v.Output.Read(ctx, one, after, limit-len(out))
		if err != nil {
			return nil, after, err
		}
		out, after = append(out, lines(d.Plan, entries)...), next
	}
	return out, after, nil
}

// LinesBefore reads up to n lines of a part before a cursor, and the cursor
// before them; "" says that there are no more.
func (v *Views) LinesBefore(ctx context.Context, d Deployment, of Part, before tasklog.Cursor, n int) ([]Line, tasklog.Cursor, error) {
	var out []Line
	for _, one := range slices.Backward(outputs(d, of)) {
		if len(out) >= n {
			break
		}
		entries, earlier, err := v.Output.Earlier(ctx, one, before, n-len(out))
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

// LastLines reads the last n lines of a part: those lines, the cursor before
// them, and the cursor from which LinesAfter goes on.
func (v *Views) LastLines(ctx context.Context, d Deployment, of Part, n int) (last []Line, earlier, next tasklog.Cursor, err error) {
	end, err := v.Output.Tail(ctx, tasklog.Output{Deployment: d.Deployment.ID}, 0)
	if err != nil {
		return nil, "", "", err
	}
	last, earlier, err = v.LinesBefore(ctx, d, of, end.Next, n)
	return last, earlier, end.Next, err
}

// CountLines is how many lines a part has put out so far.
func (v *Views) CountLines(ctx context.Context, d Deployment, of Part) (int, error) {
	sum := 0
	for _, one := range outputs(d, of) {
		n, err := v.Output.Count(ctx, one)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// Find looks through a part for lines that hold a text.
func (v *Views) Find(ctx context.Context, d Deployment, of Part, text string) (tasklog.Found, error) {
	return v.Output.Find(ctx, outputs(d, of), text)
}

// Nth is the cursor behind the first n lines of a part.
func (v *Views) Nth(ctx context.Context, d Deployment, of Part, n int) (tasklog.Cursor, error) {
	return v.Output.Nth(ctx, outputs(d, of), n)
}

// EachLine hands over all lines of a part.
func (v *Views) EachLine(ctx context.Context, d Deployment, of Part, to func(Line) error) error {
	return v.Output.Each(ctx, outputs(d, of), func(e tasklog.Entry) error { return to(lines(d.Plan, []tasklog.Entry{e})[0]) })
}

// outputs are the outputs that together are a part's: of a step one for each of
// its tasks that has begun, of a rolling step those of its child steps. A cursor
// passes through them one after the other and keeps its place in each.
func outputs(d Deployment, of Part) []tasklog.Output {
	if of.Step == EveryStep {
		return []tasklog.Output{{Deployment: d.Deployment.ID}}
	}
	if of.Step < 0 || of.Step >= len(d.Plan.Steps) {
		return nil
	}
	var out []tasklog.Output
	for _, s := range d.Plan.Steps[of.Step:min(of.Step+1+d.Plan.Steps[of.Step].Children, len(d.Plan.Steps))] {
		for place := range s.Tasks() {
			if of.Target != EveryTarget && of.Target != place {
				continue
			}
			if number := s.First + place; d.State.Task(number).Status != pipelines.Pending {
				out = append(out, tasklog.Output{Deployment: d.Deployment.ID, Task: tasklog.TaskID(number)})
			}
		}
	}
	return out
}
