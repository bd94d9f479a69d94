package conventions

import (
	"context"
	"errors"
	"fmt"

	"slipway/pipelines/task"
	"slipway/runner/executor/install"
)

// deployment is an attempt that installs a package.
type deployment struct {
	*attempt
	wanted   task.Installation
	web      website             // what serves the package
	unpacked string              // where the package lies as it was unpacked; "" until then
	dir      string              // where it is made ready: unpacked, then the custom directory
	custom   string              // the custom directory as somebody wrote it; "" is none
	used     usedFiles           // transform files, which are no configuration themselves
	listed   map[string][]string // names in folders that were looked through
	changed  bool                // files are not as they were unpacked
}

// stage is one step of a deployment, under the name that people know.
type stage struct {
	name string
	do   func(context.Context) error
}

// errSkipRest ends a deployment successfully: nothing more is to be done.
var errSkipRest = errors.New("nothing more is to be done")

// stages are Octopus's, in its order. Inline scripts come before packaged ones
// for PreDeploy and after them for Deploy and PostDeploy; the web server is
// switched between Deploy and PostDeploy, where applications start.
func (d *deployment) stages() []stage {
	scripts := d.wanted.Scripts
	return []stage{
		{"already installed", d.skipIfInstalled},
		{"host", d.web.ready},
		{"extract", d.unpack},
		{"texts", d.checkTexts},
		{"PreDeploy inline", d.inline(preDeploy, scripts.PreDeploy)},
		{"PreDeploy packaged", d.packaged(PreDeploy)},
		{"substitute in files", d.substituteInFiles},
		{"configuration transforms", d.transformConfigurations},
		{"configuration variables", d.fillConfigurations},
		{"structured variables", d.fillStructured},
		{"custom directory", d.copyWhileServed},
		{"reach the disk", d.reachDisk},
		{"BeforeDeploy", d.web.prepare},
		{"Deploy packaged", d.packaged(Deploy)},
		{"Deploy inline", d.inline(deploy, scripts.Deploy)},
		{"AfterDeploy", d.web.serve},
		{"PostDeploy packaged", d.packaged(PostDeploy)},
		{"PostDeploy inline", d.inline(postDeploy, scripts.PostDeploy)},
		{"AfterPostDeploy", d.web.confirm},
		{"clean up", d.cleanUp},
		{"finish", d.web.finish},
	}
}

// deploy goes through the stages. What fails is told to the package's own
// DeployFailed script, and stays the outcome whatever that script does.
func (d *deployment) deploy(ctx context.Context) error {
	for _, s := range d.stages() {
		if err := context.Cause(ctx); err != nil {
			return d.giveUp(ctx, fmt.Errorf("%w, before the stage %s", err, s.name))
		}
		err := s.do(ctx)
		if errors.Is(err, errSkipRest) {
			return nil
		}
		if err != nil {
			return d.failed(ctx, d.giveUp(ctx, err))
		}
	}
	d.succeeded()
	d.retire()
	return nil
}

// Names of the inline scripts in logs and messages.
const (
	preDeploy  = "pre-deployment script"
	deploy     = "deployment script"
	postDeploy = "post-deployment script"
)

// inline runs a script of the step itself. Its text is evaluated when its turn
// has come, because earlier scripts set variables.
func (d *deployment) inline(name, text string) func(context.Context) error {
	return func(ctx context.Context) error { return d.runText(ctx, name, text, d.dir) }
}

func (d *deployment) copyWhileServed(ctx context.Context) error {
	return d.web.replace(ctx, d.copyToCustomDirectory)
}

// reachDisk does for what was changed and copied what unpacking did for the
// rest: from here on something may be pointed at these files.
func (d *deployment) reachDisk(context.Context) error {
	if !d.changed {
		return nil
	}
	return install.ReachDisk(d.dir)
}
