// Package views is every read for a person: it takes the principal, and shows
// only what that principal may see.
//
// It changes nothing and formats nothing. Lists are filtered, not refused;
// one thing that may not be seen is not there.
package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// Views reads for people.
type Views struct {
	Records *records.Records
	Output  *tasklog.Log
	Env     env.Env

	decided decidedBefore
}

// Environments are all environments, in their order.
func (v *Views) Environments(ctx context.Context, p pipelines.Principal) ([]pipelines.Environment, error) {
	if !p.AllowsAnywhere(pipelines.EnvironmentView) {
		return nil, nil
	}
	return v.Records.Environments(ctx)
}

// Targets are the targets of environments that may be seen, by name.
func (v *Views) Targets(ctx context.Context, p pipelines.Principal) ([]pipelines.Target, error) {
	all, err := v.Records.Shared().Targets(ctx)
	var out []pipelines.Target
	for _, t := range all {
		if sees(p, t) {
			out = append(out, t)
		}
	}
	return out, err
}

func sees(p pipelines.Principal, t pipelines.Target) bool {
	if p.Allows(pipelines.MachineView, pipelines.Where{}) {
		return true
	}
	for _, e := range t.Environments {
		if p.Allows(pipelines.MachineView, pipelines.Where{Environment: e}) {
			return true
		}
	}
	return false
}

// Target is one target by name or id. One that may not be seen is not there.
func (v *Views) Target(ctx context.Context, p pipelines.Principal, name string) (pipelines.Target, error) {
	all, err := v.Targets(ctx, p)
	if err != nil {
		return pipelines.Target{}, err
	}
	for _, t := range all {
		if t.ID == name || pipelines.SameName(t.Name, name) {
			return t, nil
		}
	}
	return pipelines.Target{}, pipelines.Refuse(pipelines.NotFound, "there is no target %q", name)
}

// Lifecycles are all lifecycles, the default one first.
func (v *Views) Lifecycles(ctx context.Context, p pipelines.Principal) ([]pipelines.Lifecycle, error) {
	if !p.AllowsAnywhere(pipelines.LifecycleView) {
		return nil, nil
	}
	environments, err := v.Records.Environments(ctx)
	if err != nil {
		return nil, err
	}
	named, err := v.Records.Lifecycles(ctx)
	return append([]pipelines.Lifecycle{pipelines.DefaultLifecycle(environments)}, named...), err
}

// Secrets are the names and versions of all secrets, never a value.
func (v *Views) Secrets(ctx context.Context, p pipelines.Principal) ([]records.Secret, error) {
	if !p.AllowsAnywhere(pipelines.SecretEdit) {
		return nil, nil
	}
	return v.Records.Secrets(ctx)
}

// Packages is the newest version of every package.
func (v *Views) Packages(ctx context.Context, p pipelines.Principal) ([]pipelines.Package, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return nil, nil
	}
	ids, err := v.Records.PackageIDs(ctx)
	if err != nil {
		return nil, err
	}
	var out []pipelines.Package
	for _, id := range ids {
		versions, err := v.Records.Packages(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			out = append(out, versions[0])
		}
	}
	return out, nil
}

// PackageVersions are all versions of a package, newest first.
func (v *Views) PackageVersions(ctx context.Context, p pipelines.Principal, id string) ([]pipelines.Package, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return nil, err
	}
	all, err := v.Records.Packages(ctx, id)
	if err == nil && len(all) == 0 {
		err = pipelines.Refuse(pipelines.NotFound, "there is no package %q", id)
	}
	return all, err
}
