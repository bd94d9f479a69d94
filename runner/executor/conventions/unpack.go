package conventions

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"slipway/pipelines/task"
	"slipway/runner/executor/install"
)

// Names under which the place of an installation is known.
const (
	installedIn      = "Octopus.Action.Package.InstallationDirectoryPath"
	installedInShort = "Package.InstallationDirectoryPath"
	originalIn       = "OctopusOriginalPackageDirectoryPath"
	customIn         = "Octopus.Action.Package.CustomInstallationDirectory"
)

// unpack puts the package into a new folder and makes that known to all later
// texts. From here on the attempt has an entry in the journal.
func (d *deployment) unpack(ctx context.Context) error {
	if d.Order.Package == nil {
		return fmt.Errorf("the order for step %s names no package", d.Order.Step)
	}
	p := *d.Order.Package
	d.note("installing %s %s (%s, %d bytes)", p.ID, p.Version, p.FileName, p.Size)
	done, err := install.Install(ctx, install.Order{
		Package: p, Packages: d.Packages, Applications: d.applications(), Environment: d.Order.Environment,
		FreeBytes: d.freeBytes(), Reserve: d.reserve(),
	})
	if err != nil {
		return err
	}
	for _, why := range done.Skipped {
		d.say(task.Warning, why)
	}
	d.note("installed %d files in %s", done.Files, done.Dir)
	d.unpacked, d.dir = done.Dir, done.Dir
	d.done.Installed = &task.Installed{
		Deployment: d.Order.Deployment, Package: p.ID, Version: p.Version, FileName: p.FileName, Directory: done.Dir, At: d.Now().UTC(),
	}
	d.installedAt(done.Dir)
	d.output("Package.ExtractedFileCount", strconv.Itoa(done.Files))
	d.values.vars.Set(originalIn, done.Dir)
	d.chooseDirectory()
	return nil
}

// installedAt gives the place of the installation its names.
func (a *attempt) installedAt(dir string) {
	a.output(installedInShort, dir)
	a.output(installedIn, dir)
}

// applications is the folder to install below: the host's, unless the project
// names another.
func (a *attempt) applications() string {
	if dir := a.values.setting(applicationsIn); filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return a.Applications
}

// freeBytes looks at the disk, unless somebody switched that off.
func (a *attempt) freeBytes() func(string) int64 {
	if a.values.flag("OctopusSkipFreeDiskSpaceCheck", false) {
		return nil
	}
	return a.FreeBytes
}

// reserve is what must stay free on a disk.
func (a *attempt) reserve() int64 {
	if mb, err := strconv.ParseInt(a.values.setting("OctopusFreeDiskSpaceOverrideInMegaBytes"), 10, 40); err == nil && mb >= 0 {
		return mb << 20
	}
	return install.Reserve
}
