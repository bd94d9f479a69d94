package task

// KindIIS is work for IIS; Work.Settings is an IIS.
const KindIIS = "iis"

// IIS is a package to install and what IIS serves it by: a site, an application
// below a site, a virtual directory, or several of them. Order.Variables and
// what the host knows resolve the `#{…}` in every text, as elsewhere.
type IIS struct {
	Installation
	Site             *IISSite             `json:"site,omitempty"`
	Application      *IISApplication      `json:"application,omitempty"`
	VirtualDirectory *IISVirtualDirectory `json:"virtualDirectory,omitempty"`
	// Offline puts app_offline.htm into the folder that is served before the
	// switch, so that the worker process lets go of its files.
	Offline bool `json:"offline,omitempty"`
	// KeepNewPath leaves the new folder being served when something fails after
	// the switch; otherwise the former one is put back.
	KeepNewPath bool `json:"keepNewPath,omitempty"`
	// Retries are how often a change is tried again, nil is 5; RetryPause is the
	// pause before it, 0 a random one of 1 to 3 s.
	Retries    *int     `json:"retries,omitempty"`
	RetryPause Duration `json:"retryPause,omitempty"`
}

// IISSite is a site, its application pool and how it is reached.
type IISSite struct {
	Name     string       `json:"name"`
	WebRoot  string       `json:"webRoot,omitempty"` // below the installation; "" is the installation itself
	Pool     IISPool      `json:"pool"`
	Bindings []IISBinding `json:"bindings"`
	// MergeBindings keeps bindings of the site that nobody asked for.
	MergeBindings bool `json:"mergeBindings,omitempty"`
	Anonymous     bool `json:"anonymous,omitempty"`
	Basic         bool `json:"basic,omitempty"`
	Windows       bool `json:"windows,omitempty"`
	// Stopped leaves the site stopped; otherwise it is started.
	Stopped bool `json:"stopped,omitempty"`
}

// IISPool is an application pool.
type IISPool struct {
	Name      string `json:"name"`
	Framework string `json:"framework,omitempty"` // "v4.0", "v2.0"; "" is no managed code
	Identity  string `json:"identity,omitempty"`  // "" is ApplicationPoolIdentity; SpecificUser needs User and Password
	User      string `json:"user,omitempty"`
	Password  string `json:"password,omitempty"` // an expression that names a secret
	Stopped   bool   `json:"stopped,omitempty"`
}

// IISBinding is one way to reach a site.
type IISBinding struct {
	Protocol string `json:"protocol"` // "http" or "https"
	Address  string `json:"address,omitempty"`
	Port     string `json:"port"`
	Host     string `json:"host,omitempty"`
	// Thumbprint names a certificate that is on the host; CertificateVariable a
	// certificate variable, whose Pfx is brought there where it is missing.
	Thumbprint          string `json:"thumbprint,omitempty"`
	CertificateVariable string `json:"certificateVariable,omitempty"`
	RequireSNI          bool   `json:"requireSni,omitempty"`
	// Enabled may hold an expression; "" and "true" are enabled.
	Enabled string `json:"enabled,omitempty"`
}

// IISApplication is an application below a site.
type IISApplication struct {
	Site string  `json:"site"`
	Path string  `json:"path"`           // virtual, like "/shop/admin"
	Root string  `json:"root,omitempty"` // physical path: "" is the installation, relative is below it
	Pool IISPool `json:"pool"`
}

// IISVirtualDirectory is a virtual directory below a site or an application.
type IISVirtualDirectory struct {
	Site string `json:"site"`
	Path string `json:"path"`
	Root string `json:"root,omitempty"` // physical path: "" is the installation, relative is below it
}
