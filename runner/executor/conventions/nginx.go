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
	return (&deployment{attempt: a, wanted: wanted.Installation, web: nginxSite{attempt: a, wanted: wanted}}).deploy(ctx)
}

// installation does the work of kind package.
func (a *attempt) installation(ctx context.Context) error {
	d := &deployment{attempt: a, web: unserved{}}
	if err := a.settings(&d.wanted); err != nil {
		return err
	}
	a.failOnErrorOutput = d.wanted.FailOnErrorOutput
	return d.deploy(ctx)
}

// nginxSite is a site of NGINX. Its files are put back as soon as they turn out
// to be bad, so nothing is left to be done at the end.
type nginxSite struct {
	unserved
	*attempt
	wanted task.Nginx
}

func (n nginxSite) ready(ctx context.Context) error { return notReady(n.host().Ready(ctx)) }

func (n nginxSite) readable() error {
	_, err := n.values.site(n.wanted)
	return err
}

func (n nginxSite) readableAfter() error {
	_, err := n.values.services(n.wanted.Services)
	return err
}

func (n nginxSite) serve(ctx context.Context) error {
	site, err := n.values.site(n.wanted)
	if err != nil {
		return err
	}
	leave, err := n.Alone(ctx, "nginx")
	if err != nil {
		return err
	}
	defer leave()
	return n.host().Apply(ctx, site)
}

func (n nginxSite) confirm(ctx context.Context) error {
	return n.watchServices(ctx, n.wanted.Services)
}

// host is this attempt's view of NGINX.
func (a *attempt) host() nginx.Host {
	return nginx.Host{
		Commands: a.Commands, Systemd: a.Systemd, Listening: nginx.Listening, Say: a.say,
		Journal: filepath.Join(a.Undo, a.Order.Target+".json"), Stage: filepath.Join(a.Work, "nginx"),
	}
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
