// Package nginx is the step that deploys a package behind NGINX: its settings,
// checks and claims, and the desired state it hands to the host. The host's
// half is runner/executor/nginx.
//
// The idea to know: everything of ours on a host carries project and
// environment in its name, so that many environments live on one machine.
package nginx

import (
	"slipway/pipelines"
	"slipway/pipelines/steps/deploypackage"
)

// Settings are what a person writes under `nginx:`.
type Settings struct {
	Package    string     `json:"package"`
	Feed       string     `json:"feed,omitempty"`        // the package comes from; "" is the built-in one
	ConfigName string     `json:"config-name,omitempty"` // "" is project and environment
	HostName   string     `json:"host-name,omitempty"`
	ConfigDir  string     `json:"config-directory,omitempty"`
	Bindings   []Binding  `json:"bindings"`
	Locations  []Location `json:"locations"`
	deploypackage.Installation
	// Services are systemd units that must be active, and not restart for 5 s,
	// after the post-deployment script.
	Services []string `json:"services,omitempty"`
}

// Binding is one address the site answers on.
type Binding struct {
	Protocol       string `json:"protocol,omitempty"` // "http", the default, or "https"
	Address        string `json:"address,omitempty"`
	Port           Scalar `json:"port"`
	Certificate    string `json:"certificate,omitempty"`
	CertificateKey string `json:"certificate-key,omitempty"`
	// TLSVersions are NGINX's words for them, like TLSv1.3; none leaves it to NGINX.
	TLSVersions []string `json:"tls-versions,omitempty"`
}

// Location is one `location` of the site.
type Location struct {
	Path       string      `json:"path"`
	Directives []Directive `json:"directives,omitempty"`
	Proxy      string      `json:"proxy,omitempty"`
	Headers    []Directive `json:"headers,omitempty"` // set on requests that are passed on
}

// Directive is one NGINX directive, written as a mapping of one key, so that
// order and repetition are kept.
type Directive map[string]Scalar

// Scalar is a value that may be written as a number or as text.
type Scalar = pipelines.Scalar
