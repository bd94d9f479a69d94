package runner

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// orderLife is how long a host may take to begin an order.
const orderLife = time.Hour

// order makes the order of one attempt. Secret values are opened here, sealed
// to the host at once, and stand in nothing that is stored.
func (r *Runner) order(ctx context.Context, at *records.Loaded, w graph.RunTask, target *hosts.Target) (*task.Order, error) {
	step, t := hostStep(at, w.Step, w.Task)
	now := r.Env.Now()
	o := &task.Order{
		Format: task.Format, ID: attemptID(at.Deployment, w.Task, w.Attempt),
		Deployment: at.Plan.Deployment, Project: at.Plan.Project, Environment: at.Plan.Environment, Release: at.Plan.Release,
		Step: step.Name, Target: t.ID, Created: now, Expires: now.Add(orderLife), Timeout: step.Timeout,
		Work: *step.Work, Package: step.Package,
	}
	place := w.Task - step.First
	sealed := map[string]string{}
	earlier, err := r.OutputsFor(ctx, at, w.Step, place)
	if err != nil {
		return nil, err
	}
	common := at.Common
	if common == nil {
		common = graph.CommonOf(&at.Plan)
	}
	o.Variables, err = r.planned(ctx, at, common, w.Step, place, graph.MostStands(&at.Plan)+len(earlier), sealed)
	if err != nil {
		return nil, err
	}
	o.Variables = common.Stands(o.Variables, &at.Plan, &at.State, graph.Reader{Step: w.Step, Place: place})
	o.Variables = append(o.Variables, earlier...)
	if err := r.addResults(ctx, at, w, t, o, sealed); err != nil {
		return nil, err
	}
	o.Sealed, err = secrets.SealToHost(r.Env.Random, target.ExecutorKey, sealed)
	return o, err
}

// planned are the variables that follow from the plan: what all its orders have
// in common, then what only this step and target have. Values of secrets go into
// sealed. There is room for so many more behind them.
func (r *Runner) planned(ctx context.Context, at *records.Loaded, common *graph.Common, step, place, more int, sealed map[string]string) ([]task.Variable, error) {
	scopes := at.Plan.Scopes(step, place)
	for _, scope := range scopes {
		more += len(scope)
	}
	out := append(variablesFor(len(common.Variables)+more), common.Variables...)
	for nth, scope := range scopes {
		for i := range scope {
			v := &scope[i]
			if nth > 0 { // the first, the whole plan's, is what they have in common
				out = append(out, task.Variable{Name: v.Name, Value: v.Value, Secret: v.Secret != ""})
			}
			if v.Secret == "" {
				continue
			}
			value, err := r.open(ctx, v.Secret)
			if err != nil {
				return nil, err
			}
			sealed[v.Name] = value
		}
	}
	return out, nil
}

// open reads one secret, named as plans do: name@version, or a reference to
// where else it is kept.
func (r *Runner) open(ctx context.Context, ref string) (string, error) {
	if elsewhere(ref) {
		if r.Sources == nil {
			return "", pipelines.Refuse(pipelines.Invalid, "%s is kept at AWS, which this server does not reach: set it here with `slipway secret set`", ref)
		}
		return r.Sources(ctx, ref)
	}
	at := strings.LastIndexByte(ref, '@')
	version, err := strconv.Atoi(ref[at+1:])
	if at < 0 || err != nil {
		return "", fmt.Errorf("%q is no reference to a secret", ref)
	}
	s, err := r.Records.Secret(ctx, ref[:at], version)
	if err != nil {
		return "", err
	}
	value, err := r.Secrets.Open(ctx, s.Sealed)
	return string(value), err
}

// elsewhere says whether a reference leads outside: AWS Parameter Store or
// Secrets Manager.
func elsewhere(ref string) bool {
	return strings.HasPrefix(ref, pipelines.FromParameter) || strings.HasPrefix(ref, pipelines.FromSecretsManager)
}

// reach says how to reach a target as it is configured now.
func (r *Runner) reach(ctx context.Context, id, name string) (hosts.Target, hosts.Hosts, error) {
	target, err := r.Records.TargetToReach(ctx, id)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return hosts.Target{}, nil, &refusedError{"target " + name + " was removed after the deployment was planned: deploy again"}
	}
	if _, corrupt := records.Corrupt(err); corrupt {
		return hosts.Target{}, nil, &refusedError{"target " + name + ": " + err.Error()}
	}
	if err != nil {
		return hosts.Target{}, nil, err
	}
	return r.Reach(ctx, target)
}

// Reach turns a configured target into what its transport needs. The private
// key is opened for the call and stands nowhere else.
func (r *Runner) Reach(ctx context.Context, t pipelines.Target) (hosts.Target, hosts.Hosts, error) {
	over, ok := r.Hosts[t.Transport()]
	if !ok {
		return hosts.Target{}, nil, &refusedError{"target " + t.Name + " is reached by " + t.Transport() + ", which this server cannot do"}
	}
	out := hosts.Target{ID: t.ID, Name: t.Name, Transport: t.Transport(), ExecutorKey: t.ExecutorKey}
	switch {
	case t.SSH != nil:
		out.Address, out.User, out.HostKeys = t.SSH.Host, t.SSH.User, t.SSH.HostKeys
		if t.SSH.Key != "" {
			version, there, err := r.Records.SecretVersion(ctx, t.SSH.Key)
			if err != nil {
				return out, nil, err
			}
			if !there {
				return out, nil, &refusedError{fmt.Sprintf("target %s signs in with the secret %q, which does not exist: set it with `slipway secret set %q`", t.Name, t.SSH.Key, t.SSH.Key)}
			}
			key, err := r.open(ctx, fmt.Sprintf("%s@%d", t.SSH.Key, version))
			if err != nil {
				return out, nil, err
			}
			out.PrivateKey = []byte(key)
		}
	case t.SSM != nil:
		out.Address, out.Platform = t.SSM.Instance, t.SSM.Platform
	case t.Local != "":
		out.Address = t.Local
	default:
		out.Address, out.Platform = t.Pretend, t.Platform
	}
	return out, over, nil
}

// pin keeps the host's sealing key at first contact.
func (r *Runner) pin(ctx context.Context, t *hosts.Target, facts hosts.Facts) error {
	if len(t.ExecutorKey) > 0 || len(facts.ExecutorKey) == 0 {
		return nil
	}
	t.ExecutorKey = facts.ExecutorKey
	for {
		stored, err := r.Records.Target(ctx, t.ID)
		if err != nil {
			return err
		}
		if len(stored.Noun.ExecutorKey) > 0 {
			t.ExecutorKey = stored.Noun.ExecutorKey
			return nil
		}
		stored.Noun.ExecutorKey = facts.ExecutorKey
		err = r.Records.Write(ctx, records.ReplaceNoun(records.Targets, t.ID, stored.Noun, stored.Revision))
		if !records.Conflict(err) {
			return err
		}
	}
}
