package pages

// Project is one project: where its releases are, what it does, what it knows.
type Project struct {
	Frame
	ID           string
	Description  string
	Environments []Environment
	MayRelease   bool         // the viewer may make a release
	Releases     []ReleaseRow // newest first
	Earlier      string       // path of the older ones, "" when these are all
	Newest       string       // path of the newest ones, "" when these are
	PushCommand  string       // what brings the first release, shown while there is none
	Steps        []ProcessStep
	Variables    []VariableRow // the project's own
	Hidden       string        // how many of them this person may not see
	VariableSets []Link        // that it includes
	Triggers     []string      // sentences: "A new version of RandomQuotes makes a release."
	Channels     []Channel     // none where there is one only
	Lifecycle    string
	Phases       []Phase
	EditText     string // path of its text, to be edited; "" where that is not for this person
	// Lines of the text where these begin; 0 where there are none.
	StepsLine, ChannelsLine, TriggersLine int
}

// Channel is one channel of a project in words.
type Channel struct {
	Name, Description string
	Default           bool
	Rules             []string // "RandomQuotes: versions [2.0,), no pre-releases"; none: any version
	Lifecycle         string
	Phases            []Phase // none where they are the project's own
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
