package pages

// Release is one release: what it holds and how far it came.
type Release struct {
	Frame
	ProjectID, Project string
	Version            string
	Created            Moment
	By                 string
	Notes              string // plain text; line breaks are kept
	Packages           []ReleasePackage
	Phases             []PhaseProgress
	Deployments        []DeploymentRow // newest first
	Deploy             *DeployLink     // the one next step, as the primary button
}

// ReleasePackage is a package version frozen into the release.
type ReleasePackage struct{ ID, Version, Step, Size, SHA256 string }

// PhaseProgress is how far the release came in one phase.
type PhaseProgress struct {
	Name         string
	Optional     bool
	Open         bool
	Rule         string // why it is closed, or what it needs; a sentence
	Environments []EnvironmentProgress
}

// EnvironmentProgress is the release in one environment of a phase.
type EnvironmentProgress struct {
	Name string
	Cell Cell // Version "" means not yet
}

// DeploymentRow is one deployment in a list.
type DeploymentRow struct {
	ID, Environment string
	State           State
	When            Moment
	Who             string
	Took            string
}

// ConfirmDeploy is asked before a deployment is ordered. Posts plan.
type ConfirmDeploy struct {
	Frame
	ProjectID, Project         string
	Version                    string
	EnvironmentID, Environment string
	Plan                       string // hash of the plan shown; posted back, so that what is ordered is what was read
	Button                     string // "Deploy 1.0.9 to Prod on 3 hosts"
	Warnings                   []string
	Findings                   []Finding // while there is one, there is no button
	Steps                      []PlannedStep
	Values                     []PlannedValue
}

// Finding is a reason why this cannot be deployed, with the way out.
type Finding struct{ What, WayOut string }

// PlannedStep is one step of this very deployment.
type PlannedStep struct {
	Name, Type string
	Hosts      []string
	WhyNot     string // set when it will not run
}

// PlannedValue is a variable as this deployment will see it.
type PlannedValue struct {
	Name, Value string
	Secret      bool
	Why         string // "scoped to Prod", "known after step 1"
}
