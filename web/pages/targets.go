package pages

// Targets lists the machines deployed to.
type Targets struct {
	Frame
	Items      []TargetRow
	AddCommand string // shown while there is none
	New        string // path of the form of a new one, "" where that is not for this person
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
	EditText     string // path of its text, to be edited
	Key          string // the secret with the key that opens it, where this person may set it
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
	New          *TargetWay // how a new one is reached; nil for one that is there
	Text         string     // path where the way is changed of one that is there
	Base         Frame      // by which Text is linked
	Problems     []Problem
}

// TargetWay is how a new target is reached, each way with what it needs.
type TargetWay struct {
	Way                       string // "ssh", "ssm", "local" or "pretend"
	Host, User, HostKeys, Key string
	Asks                      bool   // the server can ask the host for its key
	Presented                 string // the fingerprint of the key that the host presents
	Instance, Platform        string
	Local, Pretend            string
	Pretended                 string // platform of a pretend host
}

// DoHostKey has the host present its key.
const DoHostKey = "host-key"

// TargetKeyPath takes the private key that opens a target.
func TargetKeyPath(id string) string { return TargetPath(id) + "/key" }
