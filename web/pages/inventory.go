package pages

// Packages lists the packages that were pushed.
type Packages struct {
	Frame
	Items        []PackageRow
	PushCommand  string // shown while there is none
	Arrivals     []WrongArrival
	MoreArrivals string // "And 7 more …"
}

// WrongArrival is a file that somebody put into the bucket in vain: nobody but
// this page can tell them.
type WrongArrival struct {
	Name, What string // "Thing.1.0.zip", "was refused"
	Key        string // where it lies in the bucket
	At         Moment
	Why        string
}

// PackageRow is one package, with its newest version.
type PackageRow struct {
	ID, Latest string
	Versions   string // "4 versions"
	Pushed     Moment
	By         string
}

// PackageVersions lists the versions of one package, newest first.
type PackageVersions struct {
	Frame
	ID    string
	Items []PackageVersion
}

// PackageVersion is one version: its bytes, and where they run.
type PackageVersion struct {
	Version, Size, SHA256 string
	Pushed                Moment
	By                    string
	Where                 []DeployedAt
}

// DeployedAt is a place where a package version runs now.
type DeployedAt struct{ Project, Environment, DeploymentID string }

// Targets lists the machines deployed to.
type Targets struct {
	Frame
	Items      []TargetRow
	AddCommand string // shown while there is none
}

// TargetRow is one target.
type TargetRow struct {
	Name, Address string
	Roles         []string
	Environments  []string
	Disabled      bool
	Health        State // Succeeded, Failed or Unknown
	HealthWord    string
	Checked       Moment
	Detail        string // what is wrong, or the system it runs
}

// People lists users and teams.
type People struct {
	Frame
	Users []UserRow
	Teams []TeamRow
}

// UserRow is one user.
type UserRow struct {
	Name, Display, Mail string
	Teams               []string
	Note                string // "administrator", "disabled"
}

// TeamRow is one team.
type TeamRow struct {
	Name    string
	Members []string
}

// Keys lists the viewer's API keys and makes a new one. Posts purpose.
type Keys struct {
	Frame
	Items    []KeyRow
	Purpose  string
	Problems []Problem
}

// KeyRow is one key; the key itself is never shown again.
type KeyRow struct {
	ID            string
	Purpose, Hint string // Hint: "API-7QK2…"
	Created       Moment
	Expires       Moment // Text "" means it does not
}

// KeyShown shows a new key, once.
type KeyShown struct {
	Frame
	Purpose, Key string
	Command      string // how to use it
}
