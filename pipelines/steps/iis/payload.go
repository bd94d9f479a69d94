package iis

import (
	"cmp"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

// payload is what the host is told. Scripts of a step for IIS are PowerShell
// unless they say otherwise.
func (s Settings) payload() task.IIS {
	out := task.IIS{
		Installation: s.Installation.DefaultSyntax(task.SyntaxPowerShell).Payload(),
		Offline:      s.Offline, KeepNewPath: s.KeepNewPath,
		Retries: s.ChangeRetries, RetryPause: task.Duration(s.ChangePause),
	}
	if w := s.Site; w != nil {
		out.Site = w.payload()
	}
	if a := s.Application; a != nil {
		out.Application = &task.IISApplication{Site: a.Site, Path: a.Path, Root: a.Root, Pool: a.Pool.payload()}
	}
	if v := s.VirtualDirectory; v != nil {
		out.VirtualDirectory = &task.IISVirtualDirectory{Site: v.Site, Path: v.Path, Root: v.Root}
	}
	return out
}

func (w Site) payload() *task.IISSite {
	out := &task.IISSite{
		Name: w.Name, WebRoot: w.WebRoot, Pool: w.Pool.payload(), Bindings: []task.IISBinding{},
		MergeBindings: w.ExistingBindings == "merge", Stopped: isOff(w.Start),
	}
	if a := w.Authentication; a != nil {
		out.Anonymous, out.Basic, out.Windows = a.Anonymous, a.Basic, a.Windows
	}
	for _, b := range w.Bindings {
		out.Bindings = append(out.Bindings, task.IISBinding{
			Protocol: cmp.Or(b.Protocol, "http"), Address: b.Address, Port: string(b.Port), Host: b.Host,
			Thumbprint: b.Thumbprint, CertificateVariable: b.Certificate, RequireSNI: b.RequireSNI, Enabled: string(b.Enabled),
		})
	}
	return out
}

func (p Pool) payload() task.IISPool {
	framework := cmp.Or(p.Framework, "v4.0")
	if strings.EqualFold(framework, iisconf.NoManagedCode) {
		framework = ""
	}
	return task.IISPool{Name: p.Name, Framework: framework, Identity: p.Identity, User: p.User, Password: p.Password, Stopped: isOff(p.Start)}
}

func isOff(start *bool) bool { return start != nil && !*start }
