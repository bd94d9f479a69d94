package iis

import (
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// command is one call of a program.
type command struct {
	Program string
	Args    []string
	Input   string // for stdin; holds secrets
}

// The way back has verbs of its own: nothing that a step wants takes a thing
// away.
const (
	dropSite        iisconf.Verb = "drop site"
	dropPool        iisconf.Verb = "drop pool"
	dropApplication iisconf.Verb = "drop application"
	dropDirectory   iisconf.Verb = "drop virtual directory"
)

// specificUser is the identity that comes with a password.
const specificUser = "SpecificUser"

// commandsOf is an action as appcmd and netsh know it. now is what IIS has
// before it, appID the id under which a certificate is bound.
func commandsOf(a iisconf.Action, now iisconf.State, appID string) ([]command, error) {
	pool, site := "/apppool.name:"+a.Pool.Name, "/site.name:"+a.Site
	switch a.Verb {
	case iisconf.AddPool:
		return one(addPool(a.Pool)), nil
	case dropPool:
		return appcmd("delete", "apppool", pool), nil
	case iisconf.StopPool:
		return appcmd("stop", "apppool", pool), nil
	case iisconf.StartPool:
		return appcmd("start", "apppool", pool), nil
	case iisconf.SetFramework:
		return appcmd("set", "apppool", pool, "/managedRuntimeVersion:"+a.Pool.Framework), nil
	case iisconf.SetIdentity:
		return one(setIdentity(a.Pool, now)), nil
	case iisconf.AddSite:
		return appcmd("add", "site", "/name:"+a.Site, "/id:"+strconv.Itoa(a.SiteID), "/physicalPath:"+a.Physical, "/bindings:"+listed(a.Bindings)), nil
	case dropSite:
		return appcmd("delete", "site", site), nil
	case iisconf.StopSite:
		return appcmd("stop", "site", site), nil
	case iisconf.StartSite:
		return appcmd("start", "site", site), nil
	case iisconf.SetBindings:
		args, err := bindingArgs(a, now)
		if err != nil || len(args) == 0 {
			return nil, err
		}
		return appcmd(append([]string{"set", "site", site}, args...)...), nil
	case iisconf.SetLogins:
		return logins(a), nil
	case iisconf.DropCertificate:
		return one(command{Program: Netsh, Args: []string{"http", "delete", "sslcert", at(a.Certificate)}}), nil
	case iisconf.BindCertificate:
		return one(bindCertificate(a.Certificate, appID)), nil
	}
	return folderCommands(a)
}

// folderCommands are those about applications and virtual directories.
func folderCommands(a iisconf.Action) ([]command, error) {
	switch a.Verb {
	case iisconf.AddApplication:
		return appcmd("add", "app", "/site.name:"+a.Site, "/path:"+a.Path, "/physicalPath:"+a.Physical, "/applicationPool:"+a.Pool.Name), nil
	case dropApplication:
		return appcmd("delete", "app", "/app.name:"+a.Site+a.Path), nil
	case iisconf.SetPool:
		return appcmd("set", "app", "/app.name:"+a.Site+a.Path, "/applicationPool:"+a.Pool.Name), nil
	case iisconf.AddDirectory:
		return appcmd("add", "vdir", "/app.name:"+a.Site+a.Application, "/path:"+a.Directory(), "/physicalPath:"+a.Physical), nil
	case dropDirectory:
		return appcmd("delete", "vdir", "/vdir.name:"+directoryName(a)), nil
	case iisconf.SetPath:
		return appcmd("set", "vdir", "/vdir.name:"+directoryName(a), "/physicalPath:"+a.Physical), nil
	}
	return nil, fmt.Errorf("this executor does not know how IIS is to %q: `slipway target check` brings the executor that belongs to the server", a.Verb)
}

func one(c command) []command { return []command{c} }

func appcmd(args ...string) []command { return one(command{Program: Appcmd, Args: args}) }

// directoryName is appcmd's identifier: the root of an application ends with a
// slash, "Site/shop/", a directory in it does not, "Site/shop/photos".
func directoryName(a iisconf.Action) string {
	return strings.TrimSuffix(a.Site+a.Application, "/") + a.Directory()
}

// logins are the three sections, written for the site's location into the
// server's own file: there they are allowed, whatever is locked for sites.
func logins(a iisconf.Action) []command {
	var all []command
	for _, way := range []struct {
		authentication
		on bool
	}{{anonymousLogin, a.Logins.Anonymous}, {basicLogin, a.Logins.Basic}, {windowsLogin, a.Logins.Windows}} {
		all = append(all, appcmd("set", "config", a.Site, "/section:"+way.section, "/enabled:"+strconv.FormatBool(way.on), "/commit:apphost")...)
	}
	return all
}

// at is netsh's name for where a certificate is answered with.
func at(c iisconf.Certificate) string {
	if c.ByHost {
		return "hostnameport=" + c.Address
	}
	return "ipport=" + c.Address
}

func bindCertificate(c iisconf.Certificate, appID string) command {
	if c.AppID != "" {
		appID = c.AppID
	}
	args := []string{"http", "add", "sslcert", at(c), "certhash=" + c.Thumbprint, "appid=" + appID}
	if c.Store != "" {
		args = append(args, "certstorename="+c.Store)
	}
	return command{Program: Netsh, Args: args}
}
