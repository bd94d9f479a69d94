package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// Event is something that happened to a deployment. ID makes it recognisable
// when it comes twice; At is the only clock Advance knows.
type Event struct {
	ID string
	At time.Time
	Of Happening
}

// Happening is one of the kinds below: a closed set, and a file format. Kinds
// are added, never renamed.
type Happening interface{ happening() }

// Started begins the deployment: it has its place now. Clash says what another
// project has come to hold since the plan was made; then nothing on hosts runs.
type Started struct {
	Clash string `json:"clash,omitempty"`
}

// TaskReported says how an attempt on a host ended.
type TaskReported struct {
	Task    int               `json:"task"` // number within the deployment
	Attempt int               `json:"attempt"`
	Outcome task.Outcome      `json:"outcome"`
	Exit    int               `json:"exit,omitempty"`
	Message string            `json:"message,omitempty"`
	Outputs map[string]string `json:"outputs,omitempty"`
	Blob    string            `json:"blob,omitempty"` // holds the outputs where they are many, and what else there is
	// Long names outputs that a condition reads and that are too long to stand in
	// Outputs.
	Long []string `json:"long,omitempty"`
	// Installed is where the attempt has put its package.
	Installed *Folder  `json:"installed,omitempty"`
	Retired   []string `json:"retired,omitempty"` // old installations that it has removed
}

// Folder is where a package lies on a host.
type Folder struct {
	Directory string `json:"d"`
	Custom    string `json:"c,omitempty"` // custom installation directory
}

// Answered is a person's decision on a sign-off.
type Answered struct {
	Step    int    `json:"step"`
	Proceed bool   `json:"proceed"`
	UserID  string `json:"userId"`
	Called  string `json:"called"`
	// Username is what they sign in with; "" in journals of older versions.
	Username string `json:"username,omitempty"`
	Mail     string `json:"mail,omitempty"`
	Note     string `json:"note,omitempty"`
	Via      string `json:"via"` // page, mail link, command line
}

// By is who answered, for people: a name that is shown says not by itself whose it is.
func (a Answered) By() string { return pipelines.NameOf(a.Called, a.Username) }

// Mailed says how sending a mail went. A refusal never makes a deployment
// fail: it is shown as a warning.
type Mailed struct {
	Step    int    `json:"step"`
	Attempt int    `json:"attempt"`
	Sent    bool   `json:"sent"`
	Final   bool   `json:"final,omitempty"` // not sent, and trying again cannot help
	Message string `json:"message,omitempty"`
}

// TimerRang says that a time asked for by WakeMe has come.
type TimerRang struct {
	Task    int `json:"task"`
	Attempt int `json:"attempt"`
}

// CancelAsked is a person's wish to stop. The second one ends at once.
type CancelAsked struct {
	UserID string `json:"userId"`
	Called string `json:"called"`
	Note   string `json:"note,omitempty"`
}

// Closed says that everything owed after the end (the next phase, the next in
// the queue) has been done.
type Closed struct{}

// Placed says that a deployment that had given its place up, or was resumed, has
// it again. Clash is as in Started.
type Placed struct {
	Clash string `json:"clash,omitempty"`
}

// AlarmRang says that the time of a SetAlarm has come.
type AlarmRang struct {
	Name string `json:"name"`
}

// Superseded ends a deployment that has not begun: another one takes its turn.
type Superseded struct {
	By  string `json:"by,omitempty"` // the id of the other one
	Why string `json:"why"`
}

// Choice is what a person decides about a task that nobody can tell the end of,
// or that failed where failures are guided. The words are Octopus's.
type Choice string

// The choices.
const (
	Retry  Choice = "retry"  // begin another attempt
	Ignore Choice = "ignore" // go on as if it had succeeded
	Fail   Choice = "fail"   // it has failed
)

// Decided is a person's choice about a task that waits for one.
type Decided struct {
	Task    int    `json:"task"`
	Attempt int    `json:"attempt"`
	Choice  Choice `json:"choice"`
	UserID  string `json:"userId"`
	Called  string `json:"called"`
	Note    string `json:"note,omitempty"`
	Via     string `json:"via"`
}

// Resumed takes a deployment up again that ended without success: what has
// succeeded stays, everything else that was to run is tried again.
type Resumed struct {
	UserID string `json:"userId"`
	Called string `json:"called"`
	Note   string `json:"note,omitempty"`
}

func (Started) happening()      {}
func (Placed) happening()       {}
func (AlarmRang) happening()    {}
func (Superseded) happening()   {}
func (Decided) happening()      {}
func (Resumed) happening()      {}
func (TaskReported) happening() {}
func (Answered) happening()     {}
func (Mailed) happening()       {}
func (TimerRang) happening()    {}
func (CancelAsked) happening()  {}
func (Closed) happening()       {}
