package pretendhosts

import (
	"path"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

// machine is what an attempt finds on its host: what the system is, which
// folders and which sites are there. Like the rest it follows from the ledger:
// nothing of it is written down.
type machine struct {
	windows bool
	iis     *iisconf.State // as the attempt before left it; nil is IIS as it comes
	folder  func(path string) bool
}

// applications is where packages go that nobody sends elsewhere.
func (m machine) applications() string {
	if m.windows {
		return `C:\Applications`
	}
	return path.Join(home, "Applications")
}

// freshFolder is the folder of a version, as a real host chooses it: one that is
// served already is never written to.
func (m machine) freshFolder(o *task.Order) string {
	dir := path.Join("/", o.Environment, o.Package.ID, o.Package.Version)
	if m.windows {
		dir = strings.ReplaceAll(strings.Map(ofWindows, dir), "/", `\`)
	}
	dir = m.applications() + dir
	free := dir
	for n := 1; m.folder != nil && m.folder(free); n++ {
		free = dir + "_" + strconv.Itoa(n)
	}
	return free
}

// ofWindows leaves out of a path what Windows has in no name.
func ofWindows(c rune) rune {
	if c < ' ' || strings.ContainsRune(`<>:"\|?*`, c) {
		return -1
	}
	return c
}

// untouchedIIS is IIS as Windows installs it.
func untouchedIIS() iisconf.State {
	const site, pool = "Default Web Site", "DefaultAppPool"
	return iisconf.State{
		Version: "10.0",
		Pools:   []iisconf.Pool{{Name: pool, Framework: "v4.0", Identity: "ApplicationPoolIdentity"}},
		Sites: []iisconf.SiteState{{
			Name: site, ID: 1, Bindings: []iisconf.Binding{{Protocol: "http", Address: "*", Port: 80}},
			Applications: []iisconf.ApplicationState{{Path: "/", Pool: pool, Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: `C:\inetpub\wwwroot`}}}},
		}},
		Logins: map[string]iisconf.Login{site: {Anonymous: true}},
	}
}
