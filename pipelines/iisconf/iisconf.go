// Package iisconf decides what has to change in IIS: from what is wanted and
// what is there to an ordered list of small actions.
//
// It reads and changes nothing; runner/executor/iis does. The idea a newcomer
// would miss: the order of the list is the safety. Everything that can fail for
// reasons of its own comes before the one action that switches the folder that
// is served, and the throw-away binding of a new site is never port 80.
package iisconf

// Wanted is what a step wants of IIS, with all its texts resolved.
type Wanted struct {
	Site             *Site
	Application      *Application
	VirtualDirectory *VirtualDirectory
}

// Site is a wanted site.
type Site struct {
	Name          string
	PhysicalPath  string // absolute
	Pool          Pool
	Bindings      []Binding // the enabled ones
	MergeBindings bool
	Anonymous     bool
	Basic         bool
	Windows       bool
	Stopped       bool
}

// Pool is an application pool, wanted or there.
type Pool struct {
	Name      string
	Framework string // managedRuntimeVersion; "" is no managed code
	Identity  string // processModel.identityType
	User      string
	Password  string // of a wanted pool; what is there shows none
	Stopped   bool
}

// Binding is one binding of a site, wanted or there.
type Binding struct {
	Protocol string
	Address  string // "*" or "" for any; IPv6 in brackets
	Port     int
	Host     string
	SNI      bool // sslFlags 1
	// Flags are the bits of sslFlags beside SNI, and Other is the information of
	// a protocol that is neither http nor https, like "808:*" of net.tcp. Only
	// what is there has them.
	Flags int
	Other string

	Thumbprint string // wanted https: upper-case hex, already cleaned
	Store      string // wanted https: where the certificate lies, like "My"
}

// Application is a wanted application below a site.
type Application struct {
	Site, Path   string
	PhysicalPath string
	Pool         Pool
}

// VirtualDirectory is a wanted virtual directory.
type VirtualDirectory struct {
	Site, Path   string
	PhysicalPath string
}

// State is what a host's IIS has now.
type State struct {
	Version      string // IIS's own, like "10.0"
	Sites        []SiteState
	Pools        []Pool
	Certificates []Certificate    // of http.sys, by `netsh http show sslcert`
	Logins       map[string]Login // by site name
	// Folders are plain folders below a site, of those that Folders asks about.
	Folders []Folder
}

// SiteState is a site that is there.
type SiteState struct {
	Name         string
	ID           int
	Bindings     []Binding
	Stopped      bool
	Applications []ApplicationState // the root "/" among them
}

// ApplicationState is an application that is there.
type ApplicationState struct {
	Path        string // "/", "/shop"
	Pool        string
	Directories []DirectoryState // the root "/" among them
}

// DirectoryState is a virtual directory that is there; Path is within its application.
type DirectoryState struct {
	Path, PhysicalPath string
}

// Login says which ways of authentication are on for a site.
type Login struct{ Anonymous, Basic, Windows bool }

// Certificate is what http.sys answers TLS with on an address.
type Certificate struct {
	Address    string // "0.0.0.0:443", or "shop.example.org:443" where ByHost
	ByHost     bool   // hostnameport, for SNI
	Thumbprint string // upper-case hex
	Store      string
	AppID      string
	Custom     bool // there: has settings of its own, like asking for client certificates
}

// Verb is what an action does.
type Verb string

// The verbs, in the order in which a list for one site has them. StartPool and
// StartSite of what runs already change nothing and are no error.
const (
	AddPool         Verb = "add pool"
	StopPool        Verb = "stop pool"
	SetIdentity     Verb = "set pool identity"
	SetFramework    Verb = "set pool framework"
	AddSite         Verb = "add site" // with the throw-away binding
	StopSite        Verb = "stop site"
	AddDirectory    Verb = "add virtual directory"
	AddApplication  Verb = "add application"
	SetPool         Verb = "assign pool"
	DropCertificate Verb = "drop certificate" // of a binding that goes: behind SetBindings
	BindCertificate Verb = "bind certificate"
	SetLogins       Verb = "set authentication"
	SetBindings     Verb = "set bindings"
	SetPath         Verb = "switch path" // the switch of versions
	StartPool       Verb = "start pool"
	StartSite       Verb = "start site"
)

// Action is one small change. Which fields count is said by Verb.
type Action struct {
	Verb        Verb
	Site        string
	Path        string      // of an application or directory as the site has it, "/" for the site's root
	Application string      // AddDirectory, SetPath: of the directory, in which it is Directory()
	Pool        Pool        // of a pool's verbs, SetPool and AddApplication
	SiteID      int         // AddSite
	Bindings    []Binding   // AddSite, SetBindings: all that the site is to have
	Logins      Login       // SetLogins
	Physical    string      // AddSite, AddApplication, AddDirectory, SetPath
	Former      string      // SetPath: what was served before
	Certificate Certificate // DropCertificate, BindCertificate
}
