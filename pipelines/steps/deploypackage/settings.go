// Package deploypackage is the step that installs a package on each target:
// its settings, checks and claims, and the desired state it hands to the host.
// The host's half is runner/executor/conventions.
//
// The idea to know: how a package is installed and made ready is the same
// whatever serves it, so other steps embed Installation and add their own.
package deploypackage

import "slipway/pipelines"

// Settings are what a person writes under `package:`.
type Settings struct {
	ID   string `json:"id"`             // of the package
	Feed string `json:"feed,omitempty"` // it comes from; "" is the built-in one
	Installation
}

// Installation are the settings about installing a package and making it ready.
// Lists are of patterns like `**/*.json`, seen from the installation.
type Installation struct {
	// ScriptSyntax is the language of the three scripts below: "bash", "powershell"
	// or "python"; "" is bash, or what the step says by DefaultSyntax.
	ScriptSyntax string `json:"script-syntax,omitempty"`

	PreDeploy  pipelines.Text `json:"pre-deploy,omitempty"`
	Deploy     pipelines.Text `json:"deploy,omitempty"`
	PostDeploy pipelines.Text `json:"post-deploy,omitempty"`

	SubstituteInFiles   []string   `json:"substitute-in-files,omitempty"`
	OutputEncoding      string     `json:"output-encoding,omitempty"` // of these files; "" keeps each file's own
	ConfigTransforms    Transforms `json:"config-transforms,omitzero"`
	ConfigVariables     bool       `json:"config-variables,omitempty"` // .NET: appSettings and their kin
	StructuredVariables []string   `json:"structured-variables,omitempty"`

	InstallDirectory string   `json:"install-directory,omitempty"` // "" is a new folder for each version
	Purge            bool     `json:"purge,omitempty"`             // empties install-directory first
	PurgeExcept      []string `json:"purge-except,omitempty"`

	SkipIfInstalled   bool  `json:"skip-if-installed,omitempty"`
	PackagedScripts   *bool `json:"packaged-scripts,omitempty"` // true, the default: PreDeploy.sh and its kin are run
	FailOnErrorOutput bool  `json:"fail-on-error-output,omitempty"`
}

// Transforms are the settings about XDT transforms.
type Transforms struct {
	Automatic        bool     `json:"automatic,omitempty"` // X.Release.config and X.<Environment>.config
	Files            []string `json:"files,omitempty"`     // `transform`, or `transform => target`
	IgnoreErrors     bool     `json:"ignore-errors,omitempty"`
	WarningsAsErrors *bool    `json:"warnings-as-errors,omitempty"` // true, the default
}
