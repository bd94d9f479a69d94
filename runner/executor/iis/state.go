package iis

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// seen is a state with what only the way back may know.
type seen struct {
	iisconf.State
	// passwords are those of pools that run as a user, by the pool's name in
	// small letters. appcmd shows them to administrators. They are compared and
	// put back, and go into no log, no file and no argument.
	passwords map[string]string
	// users are those who named a thing before it was made; see usersOf.
	users []string
}

func everySite(string) bool { return true }

// read reads what IIS has; of authentication only what the chosen sites have,
// because that takes three calls a site.
func (h *Host) read(ctx context.Context, chosen func(site string) bool) (seen, error) {
	s := seen{passwords: map[string]string{}}
	if s.Version = h.Version; s.Version == "" {
		s.Version = installedVersion()
	}
	if s.Version == "" {
		s.Version = "10.0" // of every Windows that is still looked after
	}
	out, err := h.Commands.Run(ctx, Appcmd, "list", "apppool", "/config:*", "/xml")
	root, err := listing(out, err)
	if err != nil {
		return s, fmt.Errorf("the application pools cannot be read: %w", err)
	}
	s.pools(root)
	out, err = h.Commands.Run(ctx, Appcmd, "list", "site", "/config:*", "/xml")
	if root, err = listing(out, err); err == nil {
		s.Sites, err = sites(root)
	}
	if err != nil {
		return s, fmt.Errorf("the sites cannot be read: %w", err)
	}
	out, err = h.Commands.Run(ctx, Netsh, "http", "show", "sslcert")
	if s.Certificates, err = sslCertificates(out, err); err != nil {
		return s, fmt.Errorf("the certificates of http.sys cannot be read: %w", err)
	}
	s.Logins = map[string]iisconf.Login{}
	for _, site := range s.Sites {
		if !chosen(site.Name) {
			continue
		}
		if s.Logins[site.Name], err = h.login(ctx, site.Name); err != nil {
			return s, fmt.Errorf("the authentication of site %q cannot be read: %w", site.Name, err)
		}
	}
	return s, nil
}

func (s *seen) pools(root *element) {
	for _, e := range root.all("APPPOOL") {
		config := e.first("add")
		process := config.first("processModel")
		p := iisconf.Pool{
			Name: e.attr("APPPOOL.NAME"), Framework: e.attr("RuntimeVersion"), Identity: process.attr("identityType"),
			User: process.attr("userName"), Stopped: !runs(e.attr("state")),
		}
		if framework, ok := config.lookup("managedRuntimeVersion"); ok {
			p.Framework = framework
		}
		if p.Identity == "" {
			p.Identity = "ApplicationPoolIdentity"
		}
		if password := process.attr("password"); password != "" {
			s.passwords[strings.ToLower(p.Name)] = password
		}
		s.Pools = append(s.Pools, p)
	}
}

// runs reads the state of a site or a pool: Starting, Started, Stopping,
// Stopped, or Unknown where the service that would know is not there.
func runs(state string) bool {
	return strings.EqualFold(state, "Started") || strings.EqualFold(state, "Starting")
}

func sites(root *element) ([]iisconf.SiteState, error) {
	var all []iisconf.SiteState
	for _, e := range root.all("SITE") {
		site := iisconf.SiteState{Name: e.attr("SITE.NAME"), Stopped: !runs(e.attr("state"))}
		var err error
		if site.ID, err = strconv.Atoi(e.attr("SITE.ID")); err != nil {
			return nil, fmt.Errorf("site %q has no number: %w", site.Name, err)
		}
		config := e.first("site")
		for _, b := range config.first("bindings").all("binding") {
			flags, _ := strconv.Atoi(b.attr("sslFlags")) // IIS 7 has none
			binding, err := iisconf.ParseBinding(b.attr("protocol"), b.attr("bindingInformation"), flags)
			if err != nil {
				return nil, fmt.Errorf("site %q: %w", site.Name, err)
			}
			site.Bindings = append(site.Bindings, binding)
		}
		for _, a := range config.all("application") {
			site.Applications = append(site.Applications, application(a, config))
		}
		all = append(all, site)
	}
	return all, nil
}

func application(e, site *element) iisconf.ApplicationState {
	a := iisconf.ApplicationState{Path: e.attr("path"), Pool: e.attr("applicationPool")}
	if a.Pool == "" {
		a.Pool = site.first("applicationDefaults").attr("applicationPool")
	}
	for _, d := range e.all("virtualDirectory") {
		a.Directories = append(a.Directories, iisconf.DirectoryState{Path: d.attr("path"), PhysicalPath: d.attr("physicalPath")})
	}
	return a
}

// authentication is a way to say who one is: its section, and whether it is on
// where nobody has said anything.
type authentication struct {
	section   string
	otherwise bool
}

const sectionsOf = "system.webServer/security/authentication/"

var (
	anonymousLogin = authentication{sectionsOf + "anonymousAuthentication", true}
	basicLogin     = authentication{sectionsOf + "basicAuthentication", false}
	windowsLogin   = authentication{sectionsOf + "windowsAuthentication", false}
)

func (h *Host) login(ctx context.Context, site string) (l iisconf.Login, err error) {
	for _, way := range []struct {
		authentication
		into *bool
	}{{anonymousLogin, &l.Anonymous}, {basicLogin, &l.Basic}, {windowsLogin, &l.Windows}} {
		out, err := h.Commands.Run(ctx, Appcmd, "list", "config", site, "/section:"+way.section, "/config:*", "/xml")
		root, err := listing(out, err)
		if err != nil {
			return l, err
		}
		*way.into = way.otherwise
		for _, section := range root.first("CONFIG").Children {
			if enabled, ok := section.lookup("enabled"); ok {
				*way.into = strings.EqualFold(enabled, "true")
			}
		}
	}
	return l, nil
}

// folders are those of the asked ones that are there.
func folders(asked []iisconf.Folder) []iisconf.Folder {
	var there []iisconf.Folder
	for _, f := range asked {
		if info, err := os.Stat(expand(f.PhysicalPath)); err == nil && info.IsDir() {
			there = append(there, f)
		}
	}
	return there
}

// expand puts in the environment variables of a path as IIS writes them, like
// %SystemDrive%. What is not set stays.
func expand(path string) string {
	var out strings.Builder
	for {
		front, rest, ok := strings.Cut(path, "%")
		name, after, closed := strings.Cut(rest, "%")
		value, set := os.LookupEnv(name)
		out.WriteString(front)
		switch {
		case !ok:
			return out.String()
		case !closed || !set:
			out.WriteString("%")
			path = rest
		default:
			out.WriteString(value)
			path = after
		}
	}
}
