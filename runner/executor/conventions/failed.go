package conventions

import (
	"context"

	"slipway/pipelines/task"
)

// failed lets the package's own DeployFailed script clean up. It is told what
// went wrong; nothing it does makes a failure a success, so why stays why.
func (d *deployment) failed(ctx context.Context, why error) error {
	if d.dir == "" || context.Cause(ctx) != nil {
		return why
	}
	// The words are a value and no template, and may hold what is masked in logs.
	text := escaped(d.Mask.Text(why.Error()))
	d.values.vars.Set("OctopusLastError", text)
	d.values.vars.Set("OctopusLastErrorMessage", text)
	code := d.done.ExitCode
	if err := d.packaged(DeployFailed)(ctx); err != nil {
		d.say(task.Warning, "the package's own script for failures failed too: "+err.Error())
	}
	d.done.ExitCode = code
	return why
}

// cleanUp takes away the script for failures, which was not needed.
func (d *deployment) cleanUp(context.Context) error {
	return d.removePackaged(d.ownScripts(DeployFailed))
}
