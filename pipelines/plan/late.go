package plan

import (
	"fmt"

	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// readsProcess says whether a step's texts, or the values they may read, tell
// of steps or of how the deployment stands. Few do, and telling costs in long
// processes.
func (m *maker) readsProcess(step int) bool {
	found, known := m.ofProcess[step]
	if !known {
		found = m.readings(step, 0).findIn(texts(m.wants[step].Texts), variables.Reference.OfProcess)
		m.ofProcess[step] = found
	}
	return found
}

// scopeProcess names what a step may say of others and of the deployment. Steps
// on hosts are told of all; mails and questions of those before them, since
// people should read no status that is none yet.
func (m *maker) scopeProcess(v *octostache.Variables, step int) {
	told := func(i int) bool { return i < step }
	if m.plan.Steps[step].Kind == OnHosts {
		told = nil
	}
	m.tellOf(v, told)
}

// tellOf names what can be said of some steps, or of all (nil), and of the
// deployment.
func (m *maker) tellOf(v *octostache.Variables, told func(step int) bool) {
	for _, x := range m.plan.Process(told) {
		v.Set(x.Name, x.Value)
	}
	for i, s := range m.plan.Steps {
		if told != nil && !told(i) {
			continue
		}
		for _, what := range []string{"Code", "Error", "ErrorDetail"} {
			v.SetLate(fmt.Sprintf("Octopus.Step[%s].Status.%s", s.Name, what))
		}
	}
	v.SetLate("Octopus.Deployment.Error")
	v.SetLate("Octopus.Deployment.ErrorDetail")
}

// onHost names what is known on a host alone: where things are, and what the
// step has installed there before.
func onHost(v *octostache.Variables, s Step) {
	names := []string{"Octopus.Tentacle.Agent.ApplicationDirectoryPath"}
	for _, which := range []string{"PreviousInstallation", "PreviousSuccessfulInstallation"} {
		for _, what := range []string{"PackageVersion", "PackageFilePath", "OriginalInstalledPath", "CustomInstallationDirectory"} {
			names = append(names, "Octopus.Tentacle."+which+"."+what)
		}
	}
	if s.Package != nil {
		names = append(names, "Octopus.Tentacle.CurrentDeployment.PackageFilePath",
			"OctopusOriginalPackageDirectoryPath", "Octopus.Action.Package.CustomInstallationDirectory")
	}
	for _, name := range names {
		if _, set := v.Get(name); !set {
			v.SetLate(name)
		}
	}
}
