package pipelines

// Channel is a kind of releases within a project: which package versions they
// may choose, and by which lifecycle they go.
type Channel struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Lifecycle   string `json:"lifecycle,omitempty"` // "" is the project's
	Default     bool   `json:"default,omitempty"`   // taken when nobody says; else the first
	// Rules limit the versions; a package that no rule names may have any.
	Rules []VersionRule `json:"rules,omitempty"`
}

// VersionRule limits the versions of some packages.
type VersionRule struct {
	Packages []string `json:"packages,omitempty"` // none: all
	Versions string   `json:"versions,omitempty"` // a range like `[1.0,2.0)`
	Tag      string   `json:"tag,omitempty"`      // a regular expression for the pre-release tag; `^$` is no pre-release
}

// DefaultChannelName is the name of the channel of a project that defines none.
const DefaultChannelName = "Default"
