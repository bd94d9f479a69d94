package pages

// Targets lists the machines deployed to.
type Targets struct {
	Frame
	Items      []TargetRow
	AddCommand string // shown while there is none
}

// TargetRow is one target.
type TargetRow struct {
	ID, Name, Address string
	Roles             []string
	Environments      []string
	Disabled          bool
	Health            State // Succeeded, Failed or Unknown
	HealthWord        string
	Checked           Moment
	Detail            string // what is wrong, or the system it runs
}

// Target is the page of one target.
type Target struct {
	Frame
	ID           string
	Folder       string
	Facts        []Fact
	Health       TargetRow
	Roles        []string
	Environments []Link
	Disabled     bool
	Edit         string // path of the form, "" where that is not for this person
	Check        bool   // this process contacts hosts, and this person may
	CheckCommand string // else how to
	Missing      []string
	Here         []HereRow
	Arrived      []ArrivedRow
	Text         string
}

// ArrivedRow is a deployment that brought something to a target.
type ArrivedRow struct {
	Path, Project, Release, Environment string
	Packages                            []string
	State                               State
	When                                Moment
	By                                  string
}

// TargetFields is the form of a target.
type TargetFields struct {
	Name         string
	Roles        string // one a line
	Environments []Option
	Disabled     bool
	Problems     []Problem
}
