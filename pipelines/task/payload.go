package task

// The kinds of work a host can be asked for. Work.Settings is the struct of
// the same name as JSON.
const (
	KindNginx   = "nginx"   // Nginx
	KindPackage = "package" // Installation
	KindScript  = "script"  // Script
)

// Every text in a payload may hold `#{…}`: the plan has checked that it can be
// resolved, the host resolves it with Order.Variables and what it knows itself.
// Octopus evaluates whole settings and then parses them; we parse first and
// evaluate field by field, so a value can never change the structure.

// The languages of scripts. An order without one means bash.
const (
	SyntaxBash       = "bash"
	SyntaxPowerShell = "powershell"
	SyntaxPython     = "python"
)

// Syntaxes are all languages of scripts.
var Syntaxes = []string{SyntaxBash, SyntaxPowerShell, SyntaxPython}

// Script is a script to run on the target.
type Script struct {
	Syntax string `json:"syntax"` // a script syntax: SyntaxBash and its kin
	Body   string `json:"body"`
	// Parameters stand behind the script's name, as on a command line.
	Parameters string `json:"parameters,omitempty"`
	// FailOnErrorOutput makes text on stderr a failure.
	FailOnErrorOutput bool `json:"failOnErrorOutput,omitempty"`
}

// Scripts are the inline scripts around a package's installation, each empty
// or a body, all in one language.
type Scripts struct {
	Syntax     string `json:"syntax,omitempty"` // "" is bash
	PreDeploy  string `json:"preDeploy,omitempty"`
	Deploy     string `json:"deploy,omitempty"`
	PostDeploy string `json:"postDeploy,omitempty"`
}

// Installation says how a package is installed and made ready, whatever serves
// it: the conventions that Octopus's users know. Lists are of globs relative to
// the installation, or of names.
type Installation struct {
	Scripts Scripts `json:"scripts"`
	// NoPackagedScripts leaves PreDeploy.sh and its kin in the package alone.
	NoPackagedScripts bool `json:"noPackagedScripts,omitempty"`
	// FailOnErrorOutput makes text on a script's stderr a failure.
	FailOnErrorOutput bool `json:"failOnErrorOutput,omitempty"`
	SkipIfInstalled   bool `json:"skipIfInstalled,omitempty"`

	Directory   string   `json:"directory,omitempty"` // custom installation directory, absolute; "" is none
	Purge       bool     `json:"purge,omitempty"`     // empty Directory first
	KeepOnPurge []string `json:"keepOnPurge,omitempty"`

	SubstituteIn       []string    `json:"substituteIn,omitempty"`
	SubstituteEncoding string      `json:"substituteEncoding,omitempty"` // "" keeps each file's own
	Transforms         *Transforms `json:"transforms,omitempty"`
	ConfigVariables    bool        `json:"configVariables,omitempty"` // .NET: appSettings, connectionStrings, applicationSettings
	StructuredIn       []string    `json:"structuredIn,omitempty"`    // JSON, YAML, XML, properties
}

// Transforms says which XDT transforms are applied to configuration files.
type Transforms struct {
	Automatic    bool     `json:"automatic,omitempty"` // X.Release.config and X.<Environment>.config
	Files        []string `json:"files,omitempty"`     // `transform`, or `transform => target`
	IgnoreErrors bool     `json:"ignoreErrors,omitempty"`
	// LenientWarnings lets the engine's warnings be warnings; otherwise they fail
	// the step.
	LenientWarnings bool `json:"lenientWarnings,omitempty"`
}

// Nginx is a package to install and the site that serves it.
type Nginx struct {
	Name            string          `json:"name"`                      // base name of our files, already safe, unique by project and environment
	ConfigDirectory string          `json:"configDirectory,omitempty"` // "" is /etc/nginx/conf.d
	HostName        string          `json:"hostName,omitempty"`
	Bindings        []NginxBinding  `json:"bindings"`
	Locations       []NginxLocation `json:"locations"`
	Installation
	Services []string `json:"services,omitempty"` // systemd units that must stay up for ServiceWatch after the post-deployment script
}

// NginxBinding is one `listen`.
type NginxBinding struct {
	Protocol       string `json:"protocol"` // "http" or "https"
	Address        string `json:"address,omitempty"`
	Port           string `json:"port"`
	Certificate    string `json:"certificate,omitempty"`    // path on the host
	CertificateKey string `json:"certificateKey,omitempty"` // path on the host
	// TLSVersions are NGINX's words for them, like TLSv1.3; none leaves it to NGINX.
	TLSVersions []string `json:"tlsVersions,omitempty"`
}

// NginxLocation is one `location`, its directives in the order written.
type NginxLocation struct {
	Path       string           `json:"path"`
	Directives []NginxDirective `json:"directives,omitempty"`
	Proxy      string           `json:"proxy,omitempty"` // URL of `proxy_pass`; the usual proxy headers come with it
	// Headers are set on requests that are passed on.
	Headers []NginxDirective `json:"headers,omitempty"`
}

// NginxDirective is one line, like `root /srv/www`. Names may repeat.
type NginxDirective struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
