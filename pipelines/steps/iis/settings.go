// Package iis is the step that installs a package and lets IIS serve it: its
// settings, checks and claims, and the desired state it hands to the host. What
// has to change there is pipelines/iisconf's to say, and runner/executor/iis's
// to do.
//
// The idea to know: names of sites stand as they were written. Unlike a file of
// NGINX, a site is something people look for by its name, so nothing is added to
// it, and two environments with one name on one host meet in their claims.
package iis

import (
	"slipway/pipelines"
	"slipway/pipelines/steps/deploypackage"
)

// Settings are what a person writes under `iis:`. At least one of site,
// application and virtual directory is there.
type Settings struct {
	Package          string            `json:"package"`
	Feed             string            `json:"feed,omitempty"` // the package comes from; "" is the built-in one
	Site             *Site             `json:"site,omitempty"`
	Application      *Application      `json:"application,omitempty"`
	VirtualDirectory *VirtualDirectory `json:"virtual-directory,omitempty"`
	deploypackage.Installation
	Offline     bool `json:"offline,omitempty"`       // app_offline.htm while it is switched
	KeepNewPath bool `json:"keep-new-path,omitempty"` // also when something fails after the switch
	// ChangeRetries are how often a change of IIS is tried again, nil is 5;
	// ChangePause comes before each, 0 is a random one of 1 to 3 s.
	ChangeRetries *int               `json:"change-retries,omitempty"`
	ChangePause   pipelines.Duration `json:"change-pause,omitempty"`
}

// Site is a web site.
type Site struct {
	Name             string          `json:"name"`
	WebRoot          string          `json:"web-root,omitempty"` // below the installation; "" is the installation itself
	Pool             Pool            `json:"pool"`
	Bindings         []Binding       `json:"bindings,omitempty"`
	ExistingBindings string          `json:"existing-bindings,omitempty"` // "replace", the default, or "merge"
	Authentication   *Authentication `json:"authentication"`
	Start            *bool           `json:"start,omitempty"` // true, the default
}

// Pool is an application pool.
type Pool struct {
	Name      string `json:"name"`
	Framework string `json:"framework,omitempty"` // "v4.0", the default, "v2.0" or "No Managed Code"
	Identity  string `json:"identity,omitempty"`  // "" is ApplicationPoolIdentity
	User      string `json:"user,omitempty"`      // with SpecificUser
	Password  string `json:"password,omitempty"`  // an expression that names a secret
	Start     *bool  `json:"start,omitempty"`     // true, the default
}

// Binding is one way to reach a site.
type Binding struct {
	Protocol string           `json:"protocol,omitempty"` // "http", the default, or "https"
	Address  string           `json:"address,omitempty"`
	Port     pipelines.Scalar `json:"port"`
	Host     string           `json:"host,omitempty"`
	// Thumbprint names a certificate that is on the host; Certificate a variable
	// with one to bring there.
	Thumbprint  string           `json:"thumbprint,omitempty"`
	Certificate string           `json:"certificate,omitempty"`
	RequireSNI  bool             `json:"require-sni,omitempty"`
	Enabled     pipelines.Scalar `json:"enabled,omitempty"` // true, the default, false, or an expression
}

// Authentication says how callers may show who they are. What is not said is off.
type Authentication struct {
	Anonymous bool `json:"anonymous,omitempty"`
	Basic     bool `json:"basic,omitempty"`
	Windows   bool `json:"windows,omitempty"`
}

// Application is an application below a site that is there already.
type Application struct {
	Site string `json:"site"`
	Path string `json:"path"`           // like /shop/admin
	Root string `json:"root,omitempty"` // physical path: "" is the installation, relative is below it
	Pool Pool   `json:"pool"`
}

// VirtualDirectory is one below a site that is there already.
type VirtualDirectory struct {
	Site string `json:"site"`
	Path string `json:"path"`
	Root string `json:"root,omitempty"` // physical path: "" is the installation, relative is below it
}
