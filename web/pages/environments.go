package pages

// Environments lists the environments in their order.
type Environments struct {
	Frame
	Items []EnvironmentRow
	New   string // path of the form of a new one, "" where that is not for this person
}

// EnvironmentRow is one environment of the list.
type EnvironmentRow struct {
	ID, Name, Description, Address string
	Targets                        string // "3 targets"
	MayMove, First, Last           bool
	Folder                         string
}

// EnvironmentDetail is the page of one environment.
type EnvironmentDetail struct {
	Frame
	Facts     []Fact
	Edit      string // path of the form, "" where that is not for this person
	Folder    string
	Here      []HereRow
	Nothing   string // said where nothing is here
	Targets   []TargetRow
	Deployers []DeployerRow
	Text      string
}

// HereRow is what a project has in an environment, or on a target.
type HereRow struct {
	Project, ProjectPath         string
	Environment, EnvironmentPath string // on the page of a target
	Step                         string // on the page of a target
	What                         string // "1.0.7", or a package with its version
	State                        State
	When                         Moment
	By                           string
	Path                         string // of the deployment
	Deployment                   string // its id, or the release it brought
	Note                         string // like "1.0.9 has failed there since"
}

// DeployerRow is a team whose members may deploy.
type DeployerRow struct {
	Team     string
	Members  []string
	Projects []string // empty: all
}

// EnvironmentFields is the form of an environment.
type EnvironmentFields struct {
	Name                 string
	Fixed                bool // the name stays
	Description, Address string
	Problems             []Problem
}
