package runner

import (
	"context"
	"slices"
	"strconv"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// addResults gives an order what came of steps before it: their sensitive
// outputs, and what this step has installed on this target earlier.
func (r *Runner) addResults(ctx context.Context, at *records.Loaded, w graph.RunTask, t *plan.Target, o *task.Order, sealed map[string]string) error {
	secret, err := r.sealedFor(ctx, at, w.Step, t.Name)
	if err != nil {
		return err
	}
	for _, name := range sorted(secret) {
		sealed[name] = secret[name]
		o.Variables = append(o.Variables, task.Variable{Name: name, Secret: true})
	}
	if o.OutputKey, err = r.outputKey(ctx); err != nil || o.Package == nil {
		return err
	}
	return r.addInstalled(ctx, at, w, t, o)
}

func (r *Runner) addInstalled(ctx context.Context, at *records.Loaded, w graph.RunTask, t *plan.Target, o *task.Order) error {
	lane, err := r.Records.Installed(ctx, at.Plan.ProjectID, at.Plan.EnvironmentID, records.Lane{Step: o.Step, TargetID: t.ID})
	if r.unknownInstalled(at, err) {
		return nil
	}
	if err != nil {
		return err
	}
	o.Previous = previous(lane)
	if at.Plan.Retention == nil {
		return nil
	}
	now := r.Env.Now()
	o.Retire, err = r.retirable(ctx, at, o, at.Plan.Retention.Retire(kept(at, w, lane, now), now).Directories)
	return err
}

// retirable are those of the folders that are due which nothing else may need:
// the step to go back to, or another one that has made a folder under the same
// name.
func (r *Runner) retirable(ctx context.Context, at *records.Loaded, o *task.Order, due []string) ([]string, error) {
	if len(due) == 0 {
		return nil, nil
	}
	others, err := r.Records.Elsewhere(ctx, at.Plan.ProjectID, at.Plan.EnvironmentID, records.Lane{Step: o.Step, TargetID: o.Target})
	if r.unknownInstalled(at, err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return bounded(slices.DeleteFunc(due, func(dir string) bool {
		return others[dir] || slices.ContainsFunc(o.Previous, func(p task.Installed) bool { return p.Directory == dir })
	})), nil
}

// unknownInstalled says whether nobody can read what is installed, here or by
// another project. Then the step goes on as if it were the first, and removes
// nothing.
func (r *Runner) unknownInstalled(at *records.Loaded, err error) bool {
	unreadable, damaged := records.Corrupt(err)
	if damaged {
		r.Log.Error("what is installed cannot be read, so nothing old is removed", "deployment", at.Deployment.ID, "item", unreadable.Key, "error", err)
	}
	return damaged
}

// previous are the newest installation and, where it is another, the newest
// that succeeded.
func previous(lane []task.Installed) []task.Installed {
	if len(lane) == 0 {
		return nil
	}
	out := lane[:1:1]
	if lane[0].Succeeded {
		return out
	}
	if i := slices.IndexFunc(lane, func(e task.Installed) bool { return e.Succeeded }); i > 0 {
		out = append(out, lane[i])
	}
	return out
}

// kept is the lane as the rule of retention knows it, with the installation that
// this order is about to make: it is the newest, so that the one before it is the
// way back.
func kept(at *records.Loaded, w graph.RunTask, lane []task.Installed, now time.Time) []pipelines.Kept {
	var out []pipelines.Kept
	newest := now                         // another's clock may be ahead of ours
	for i := len(lane) - 1; i >= 0; i-- { // the rule takes what comes later for newer
		e := lane[i]
		if e.At.After(newest) {
			newest = e.At
		}
		out = append(out, pipelines.Kept{ID: strconv.Itoa(i), At: e.At, Directory: e.Directory, Succeeded: e.Succeeded})
	}
	return append(out, pipelines.Kept{
		ID: attemptID(at.Deployment, w.Task, w.Attempt), At: newest, Directory: "(this one)", Succeeded: true, Held: true,
	})
}
