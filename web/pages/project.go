package pages

// Project is one project: where its releases are, what it does, what it knows.
type Project struct {
	Frame
	ID           string
	Description  string
	Environments []Environment
	NewRelease   *NewRelease  // nil for who may not make one
	Releases     []ReleaseRow // newest first
	Earlier      string       // path of the older ones, "" when these are all
	PushCommand  string       // what brings the first release, shown while there is none
	Steps        []ProcessStep
	Variables    []VariableRow // the project's own
	VariableSets []Link        // that it includes
	Triggers     []string      // sentences: "A new version of RandomQuotes makes a release."
	Channels     []Channel     // none where there is one only
	Lifecycle    string
	Phases       []Phase
}

// Channel is one channel of a project in words.
type Channel struct {
	Name, Description string
	Default           bool
	Rules             []string // "RandomQuotes: versions [2.0,), no pre-releases"; none: any version
	Lifecycle         string
	Phases            []Phase // none where they are the project's own
}

// NewRelease is the form that makes a release. Posts channel, number, notes to
// ReleasesPath.
type NewRelease struct {
	Number   string          // as typed, else the proposed one
	Proposed string          // taken when the number is left empty; "" when none is known
	Channel  string          // as chosen, else the default one
	Channels []ChannelChoice // none where there is nothing to choose
	Notes    string
	WhyNot   string // why there can be none yet; the form is then left out
	Problems []Problem
}

// ChannelChoice is a channel that a release may be made in.
type ChannelChoice struct {
	Name     string
	Proposed string // the number that it would get
	WhyNot   string // why there can be none in it yet
}

func (c ChannelChoice) label() string {
	if c.WhyNot != "" {
		return c.Name + " (nothing to take yet)"
	}
	return c.Name + " (would be " + c.Proposed + ")"
}

func (v NewRelease) help() string {
	if len(v.Channels) > 0 {
		return "Left empty it is the one that stands with the channel. A number is used once in a project. The release takes the newest version of each package that the channel accepts, and the steps and variables as they are now."
	}
	help := "A number is used once in a project. The release takes the newest version of each package, and the steps and variables as they are now."
	if v.Proposed != "" {
		help = "Left empty it is " + v.Proposed + ". " + help
	}
	return help
}

// ReleaseRow is one release across the environments.
type ReleaseRow struct {
	Version string
	Channel string // "" where the project has one only
	Created Moment
	By      string
	Cells   []Cell
}

// ProcessStep is one step of a project in words.
type ProcessStep struct {
	Name      string
	Type      string   // "NGINX", "Approval", "Mail"
	Where     string   // "on targets with role web"
	Condition string   // "always, also after a failure; not in Dev"
	Details   []string // further facts, one line each
	Child     bool     // one of the steps that each target of the step above takes
}

// VariableRow is one value of a variable with where it holds.
type VariableRow struct {
	Name string
	VariableValue
}

// Phase is one phase of a lifecycle.
type Phase struct {
	Name         string
	Optional     bool
	Automatic    bool // opens by itself
	Environments []string
	Rule         string // "all environments", "1 success needed"
}
