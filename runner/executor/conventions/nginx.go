package conventions

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"slipway/pipelines/task"
	"slipway/runner/executor/install"
	"slipway/runner/executor/nginx"
)

// nginx does the work of kind nginx. The order of its stages is Octopus's: the
// web server is switched after the deploy script, and the application starts
// in the post-deployment script.
func (a *attempt) nginx(ctx context.Context) error {
	var wanted task.Nginx
	if err := a.settings(&wanted); err != nil {
		return err
	}
	if err := a.host().Ready(ctx); err != nil {
		return fmt.Errorf("this host is not ready: %w", err)
	}
	dir, err := a.install(ctx)
	if err != nil {
		return err
	}
	if err := a.checkTexts(wanted); err != nil {
		return err
	}
	for _, stage := range []struct {
		name, body string
	}{{"pre-deployment script", wanted.Scripts.PreDeploy}, {"deployment script", wanted.Scripts.Deploy}} {
		if err := a.runText(ctx, stage.name, stage.body, dir); err != nil {
			return err
		}
	}
	if err := a.applySite(ctx, wanted); err != nil {
		return err
	}
	if err := a.runText(ctx, "post-deployment script", wanted.Scripts.PostDeploy, dir); err != nil {
		return err
	}
	return a.watchServices(ctx, wanted.Services)
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

// install unpacks the package and makes its folder known to all later texts.
func (a *attempt) install(ctx context.Context) (dir string, err error) {
	if a.Order.Package == nil {
		return "", fmt.Errorf("the order for step %s names no package", a.Order.Step)
	}
	p := *a.Order.Package
	a.note("installing %s %s (%s, %d bytes)", p.ID, p.Version, p.FileName, p.Size)
	done, err := install.Install(ctx, install.Order{
		Package: p, Packages: a.Packages, Applications: a.Applications, Environment: a.Order.Environment, FreeBytes: a.FreeBytes,
	})
	if err != nil {
		return "", err
	}
	for _, why := range done.Skipped {
		a.say(task.Warning, why)
	}
	a.note("installed %d files in %s", done.Files, done.Dir)
	outputs := map[string]string{
		"Package.InstallationDirectoryPath":                done.Dir,
		"Octopus.Action.Package.InstallationDirectoryPath": done.Dir,
		"Package.ExtractedFileCount":                       strconv.Itoa(done.Files),
	}
	for name, value := range outputs {
		a.done.Outputs[name] = value
	}
	a.values.setOutputs(outputs)
	a.values.vars.Set("OctopusOriginalPackageDirectoryPath", done.Dir)
	return done.Dir, nil
}
