package conventions

import (
	"context"
	"fmt"
	"path/filepath"

	"slipway/pipelines/task"
	"slipway/runner/executor/nginx"
)

// nginx does the work of kind nginx: an installation with a site.
func (a *attempt) nginx(ctx context.Context) error {
	var wanted task.Nginx
	if err := a.settings(&wanted); err != nil {
		return err
	}
	a.failOnErrorOutput = wanted.FailOnErrorOutput
	return (&deployment{attempt: a, wanted: wanted.Installation, site: &wanted}).deploy(ctx)
}

// installation does the work of kind package.
func (a *attempt) installation(ctx context.Context) error {
	d := &deployment{attempt: a}
	if err := a.settings(&d.wanted); err != nil {
		return err
	}
	a.failOnErrorOutput = d.wanted.FailOnErrorOutput
	return d.deploy(ctx)
}

// host is this attempt's view of NGINX.
func (a *attempt) host() nginx.Host {
	return nginx.Host{
		Commands: a.Commands, Systemd: a.Systemd, Listening: nginx.Listening, Say: a.say,
		Journal: filepath.Join(a.Undo, a.Order.Target+".json"), Stage: filepath.Join(a.Work, "nginx"),
	}
}

func (a *attempt) ready(ctx context.Context) error {
	if err := a.host().Ready(ctx); err != nil {
		return fmt.Errorf("this host is not ready: %w", err)
	}
	return nil
}

// restoreNginx puts back what an earlier attempt at this target changed and
// did not live to test.
func (a *attempt) restoreNginx(ctx context.Context) error {
	if !a.host().Interrupted() {
		return nil
	}
	leave, err := a.Alone(ctx, "nginx")
	if err != nil {
		return err
	}
	defer leave()
	if err := a.host().Restore(ctx); err != nil {
		return fmt.Errorf("an earlier attempt was interrupted while it changed NGINX's files, and what was there before cannot be put back: %w", err)
	}
	return nil
}

func (a *attempt) applySite(ctx context.Context, wanted task.Nginx) error {
	site, err := a.values.site(wanted)
	if err != nil {
		return err
	}
	leave, err := a.Alone(ctx, "nginx")
	if err != nil {
		return err
	}
	defer leave()
	return a.host().Apply(ctx, site)
}
