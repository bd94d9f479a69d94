package conventions

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"slipway/pipelines/task"
)

// applicationsIn is where a project may choose another folder for its
// installations, and where texts find the one that is used.
const applicationsIn = "Octopus.Tentacle.Agent.ApplicationDirectoryPath"

const targetedRoles = "Octopus.Tentacle.CurrentDeployment.TargetedRoles"

// tellOfHost gives texts what only this host knows: where things go, and what
// this step has installed here before. A journal without an entry gives empty
// texts, as scripts expect that ask for them.
func (a *attempt) tellOfHost() {
	set := a.values.vars.Set
	if a.values.setting(applicationsIn) == "" {
		set(applicationsIn, a.Applications)
	}
	if p := a.Order.Package; p != nil {
		set("Octopus.Tentacle.CurrentDeployment.PackageFilePath", filepath.Join(a.Packages, p.SHA256))
	}
	if _, told := a.values.vars.Get(targetedRoles); !told {
		set(targetedRoles, a.values.setting("Octopus.Machine.Roles"))
	}
	var newest, succeeded task.Installed
	if len(a.Order.Previous) > 0 {
		newest = a.Order.Previous[0]
	}
	for _, p := range a.Order.Previous {
		if p.Succeeded {
			succeeded = p
			break
		}
	}
	a.tellOf("Octopus.Tentacle.PreviousInstallation.", newest)
	a.tellOf("Octopus.Tentacle.PreviousSuccessfulInstallation.", succeeded)
}

func (a *attempt) tellOf(prefix string, p task.Installed) {
	set := a.values.vars.Set
	set(prefix+"PackageVersion", p.Version)
	set(prefix+"PackageFilePath", p.FileName)
	set(prefix+"OriginalInstalledPath", p.Directory)
	set(prefix+"CustomInstallationDirectory", p.Custom)
}

// skipIfInstalled is the stage before all others: where the newest installation
// of this step is the same package in the same version, succeeded, and is still
// there, outputs lead to it and nothing else is done. An older one does not
// count, since something else has been in its place meanwhile.
func (d *deployment) skipIfInstalled(context.Context) error {
	if !d.values.flag("Octopus.Action.Package.SkipIfAlreadyInstalled", d.wanted.SkipIfInstalled) {
		return nil
	}
	if len(d.Order.Previous) == 0 || d.Order.Package == nil {
		return nil
	}
	last, p := d.Order.Previous[0], *d.Order.Package
	if !last.Succeeded || !strings.EqualFold(last.Package, p.ID) || last.Version != p.Version {
		return nil
	}
	dir := last.Directory
	if last.Custom != "" {
		dir = last.Custom
	}
	for _, needed := range []string{last.Directory, dir} {
		if info, err := os.Stat(needed); err != nil || !info.IsDir() {
			d.note("%s %s was installed in %s, which is not there any more: installing it again", p.ID, p.Version, needed)
			return nil
		}
	}
	d.note("%s %s is installed already in %s: nothing to do", p.ID, p.Version, dir)
	d.installedAt(dir)
	d.values.vars.Set(originalIn, last.Directory)
	d.done.Skipped = true
	return errSkipRest
}

// succeeded says so in the journal's entry.
func (d *deployment) succeeded() {
	if d.done.Installed != nil {
		d.done.Installed.Succeeded = true
	}
}
