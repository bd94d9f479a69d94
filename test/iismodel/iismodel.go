// Package iismodel is a model of IIS for tests: the programs appcmd and netsh
// over a file in the shape of applicationHost.config.
//
// It serves no page, reads no Web.config and checks no account; README.md says
// what else it leaves out. The idea a newcomer would miss: the model refuses
// every verb, option and attribute for which behaviours.go holds no sentence
// of documentation, with an exit code that IIS never has. So a test that
// passes says that the product keeps to what is written down about IIS, not
// to what somebody remembered while writing both sides.
package iismodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Machine is the IIS and the http.sys of one host.
type Machine struct {
	config
	keys     []Key // what lies in the certificate stores of the machine
	modules  []string
	language string
	calls    []Call
	faults   []fault
	followed map[string]bool // behaviours that were shown
}

// config is what a command changes as one: all of it, or nothing.
type config struct {
	pools        []*pool
	sites        []*site
	certificates []*certificate
	sections     []*section
	unlocked     map[string]bool // sections that lower levels may override
}

type pool struct {
	attributes
	state string
}

type site struct {
	attributes
	bindings []binding
	apps     []*app
	state    string
}

type binding struct{ protocol, information, sslFlags string }

type app struct {
	attributes
	dirs []*dir
}

type dir struct{ attributes }

// certificate is what http.sys answers TLS with at an address.
type certificate struct {
	tag, address string // tag is "ipport" or "hostnameport"
	hash, appID  string
	store        string
}

// section is a section of configuration that is set for a path.
type section struct {
	name, path string // path "" is the server
	attributes
}

// Key is a certificate in a store of the machine.
type Key struct {
	Store, Thumbprint string
	NoPrivateKey      bool
}

// Result is what a program leaves: what it printed and how it ended. Both
// programs print their errors on stdout.
type Result struct {
	Stdout, Stderr string
	Exit           int
}

// Refused is the exit code of what the model holds no documentation for.
const Refused = 64

// New is a machine as Windows Server sets it up: the default pool and site.
func New() *Machine {
	m := Empty()
	m.pools = append(m.pools, &pool{attributes{"name": "DefaultAppPool"}, started})
	m.sites = append(m.sites, &site{
		attributes: attributes{"name": "Default Web Site", "id": "1"}, state: started,
		bindings: []binding{{protocol: "http", information: "*:80:"}},
		apps:     []*app{{attributes{"path": "/"}, []*dir{{attributes{"path": "/", "physicalPath": `%SystemDrive%\inetpub\wwwroot`}}}}},
	})
	return m
}

// Empty is a machine without pools and sites.
func Empty() *Machine {
	return &Machine{config: config{unlocked: map[string]bool{}}, language: "en", modules: Modules, followed: map[string]bool{}}
}

// AddKey puts a certificate into a store of the machine.
func (m *Machine) AddKey(k Key) { m.keys = append(m.keys, k) }

// Speak sets the language of netsh: "en" or "de".
func (m *Machine) Speak(language string) { m.language = language }

// The states of sites and pools.
const (
	started = "Started"
	stopped = "Stopped"
)

// follow notes that a behaviour was shown. One that is not in the table is a
// mistake of the model.
func (m *Machine) follow(ids ...string) {
	for _, id := range ids {
		if _, ok := behaviour(id); !ok {
			panic("no behaviour " + id)
		}
		m.followed[id] = true
	}
}

func (c config) clone() config {
	n := config{unlocked: maps.Clone(c.unlocked)}
	for _, p := range c.pools {
		n.pools = append(n.pools, &pool{maps.Clone(p.attributes), p.state})
	}
	for _, s := range c.sites {
		t := &site{attributes: maps.Clone(s.attributes), bindings: slices.Clone(s.bindings), state: s.state}
		for _, a := range s.apps {
			b := &app{attributes: maps.Clone(a.attributes)}
			for _, d := range a.dirs {
				b.dirs = append(b.dirs, &dir{maps.Clone(d.attributes)})
			}
			t.apps = append(t.apps, b)
		}
		n.sites = append(n.sites, t)
	}
	for _, e := range c.certificates {
		f := *e
		n.certificates = append(n.certificates, &f)
	}
	for _, s := range c.sections {
		n.sections = append(n.sections, &section{s.name, s.path, maps.Clone(s.attributes)})
	}
	return n
}

func (c *config) site(name string) *site {
	for _, s := range c.sites {
		if strings.EqualFold(s.get("name"), name) {
			return s
		}
	}
	return nil
}

func (c *config) pool(name string) *pool {
	for _, p := range c.pools {
		if strings.EqualFold(p.get("name"), name) {
			return p
		}
	}
	return nil
}

func (s *site) app(path string) *app {
	for _, a := range s.apps {
		if strings.EqualFold(a.get("path"), path) {
			return a
		}
	}
	return nil
}

func (a *app) dir(path string) *dir {
	for _, d := range a.dirs {
		if strings.EqualFold(d.get("path"), path) {
			return d
		}
	}
	return nil
}

// failure is an error of IIS: its words and its exit code.
type failure struct {
	words string
	exit  int
}

func (f *failure) Error() string { return f.words }

// refusal is an error of the model: nothing is written about what was asked.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, a ...any) error {
	return refusal("iismodel holds no documentation for " + fmt.Sprintf(format, a...))
}
