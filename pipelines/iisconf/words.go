package iisconf

import (
	"fmt"
	"strings"
)

// Directory is what the application of AddDirectory and SetPath calls the
// directory: "/" is its root.
func (a Action) Directory() string { return within(a.Application, a.Path) }

// String is what a person reads before the action is done. A password never
// stands in it.
func (a Action) String() string {
	switch a.Verb {
	case AddPool:
		return fmt.Sprintf("create application pool %q", a.Pool.Name)
	case StopPool:
		return fmt.Sprintf("stop application pool %q", a.Pool.Name)
	case SetIdentity:
		return fmt.Sprintf("let application pool %q run as %s", a.Pool.Name, identity(a.Pool))
	case SetFramework:
		return fmt.Sprintf("let application pool %q load %s", a.Pool.Name, frameworkName(a.Pool.Framework))
	case AddSite:
		return fmt.Sprintf("create site %q with id %d, folder %s and, for now, the binding %s", a.Site, a.SiteID, a.Physical, list(a.Bindings))
	case StopSite:
		return fmt.Sprintf("stop site %q", a.Site)
	case AddDirectory:
		return fmt.Sprintf("create virtual directory %s of site %q with folder %s", a.Path, a.Site, a.Physical)
	case AddApplication:
		return fmt.Sprintf("create application %s of site %q in application pool %q with folder %s", a.Path, a.Site, a.Pool.Name, a.Physical)
	case SetPool:
		return fmt.Sprintf("move %s to application pool %q", place(a), a.Pool.Name)
	case DropCertificate:
		return fmt.Sprintf("take certificate %s off %s", a.Certificate.Thumbprint, a.Certificate.Address)
	case BindCertificate:
		return fmt.Sprintf("answer on %s with certificate %s of store %s", a.Certificate.Address, a.Certificate.Thumbprint, a.Certificate.Store)
	case SetLogins:
		return fmt.Sprintf("set authentication of site %q: anonymous %s, basic %s, Windows %s", a.Site, onOff(a.Logins.Anonymous), onOff(a.Logins.Basic), onOff(a.Logins.Windows))
	case SetBindings:
		return fmt.Sprintf("give site %q the bindings %s", a.Site, list(a.Bindings))
	case SetPath:
		return fmt.Sprintf("switch %s from %s to %s", place(a), a.Former, a.Physical)
	case StartPool:
		return fmt.Sprintf("start application pool %q", a.Pool.Name)
	case StartSite:
		return fmt.Sprintf("start site %q", a.Site)
	}
	return string(a.Verb)
}

func identity(p Pool) string {
	if p.Identity == specificUser {
		return "user " + p.User
	}
	return p.Identity
}

func frameworkName(version string) string {
	if version == "" {
		return "no managed code"
	}
	return ".NET " + version
}

func place(a Action) string {
	if a.Path == "/" {
		return fmt.Sprintf("site %q", a.Site)
	}
	return fmt.Sprintf("%s of site %q", a.Path, a.Site)
}

func list(bindings []Binding) string {
	if len(bindings) == 0 {
		return "none"
	}
	var out []string
	for _, b := range bindings {
		out = append(out, b.String())
	}
	return strings.Join(out, ", ")
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
