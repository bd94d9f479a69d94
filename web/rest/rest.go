// Package rest is the JSON of our own API under /v1: the shapes that the
// server sends and takes, shared by its handlers and the command line.
//
// It holds shapes only. Times are RFC 3339; an error is an Error with the
// status that fits its code. Everything needs an API key (X-Slipway-ApiKey, or
// X-Octopus-ApiKey) or a session, but Version and Login.
package rest

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
)

// Error is the body of every answer that is none of the wanted ones.
type Error struct {
	Code      pipelines.Code      `json:"code"` // "" for an internal error
	Message   string              `json:"message"`
	Problems  []pipelines.Problem `json:"problems,omitempty"`
	Reference string              `json:"reference,omitempty"` // of an internal error in the server's log
}

// Version answers GET /v1/version.
type Version struct {
	Version string `json:"version"`
	Ready   bool   `json:"ready"` // the first admin exists
}

// Login is the body of POST /v1/login; the answer is a NewKey.
type Login struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Purpose  string `json:"purpose"`
	Code     string `json:"code,omitempty"` // of the second factor, where there is one
}

// Me answers GET /v1/me.
type Me struct {
	ID       string   `json:"id"`
	Username string   `json:"username"`
	Called   string   `json:"called"`
	Teams    []string `json:"teams"`
	Admin    bool     `json:"admin"`
	Limited  bool     `json:"limited,omitempty"` // by an API key with a scope: it may do less than the user
}

// Configuration is the body of POST /v1/diff and POST /v1/apply: one folder's
// nouns, whole. A nil list means that the folder says nothing of that kind.
type Configuration struct {
	Folder       string                  `json:"folder"`             // who owns what is applied
	Whole        bool                    `json:"whole,omitempty"`    // this is all that the folder holds: what else it owns goes
	TakeOver     bool                    `json:"takeOver,omitempty"` // change what others own, and own it from then on
	Base         string                  `json:"base,omitempty"`     // of the Changes that were shown: others are not made
	Environments []pipelines.Environment `json:"environments,omitempty"`
	Lifecycles   []pipelines.Lifecycle   `json:"lifecycles,omitempty"`
	Users        []pipelines.User        `json:"users,omitempty"`
	UserRoles    []pipelines.UserRole    `json:"user-roles,omitempty"`
	Teams        []pipelines.Team        `json:"teams,omitempty"`
	Targets      []pipelines.Target      `json:"targets,omitempty"`
	Feeds        []pipelines.Feed        `json:"feeds,omitempty"`
	VariableSets []pipelines.VariableSet `json:"variable-sets,omitempty"`
	Projects     []pipelines.Project     `json:"projects,omitempty"`
}

// Exported answers GET /v1/export: canonical text.
type Exported struct {
	Text string `json:"text"`
}

// Changes answers POST /v1/diff and POST /v1/apply.
type Changes struct {
	Changes []Change `json:"changes"`
	Base    string   `json:"base"` // stands for exactly these changes; give it to apply
}

// Change is one difference between what is configured and what was written.
type Change struct {
	Do    string   `json:"do"`   // "add", "change", "adopt" (it belongs to the folder from now on), "remove"
	Kind  string   `json:"kind"` // "environment", "project", …
	Name  string   `json:"name"`
	Lines []string `json:"lines,omitempty"` // "- port: 8081", "+ port: 8082"
	Taken string   `json:"taken,omitempty"` // from which owner it is taken over
}

// PackageVersion is one of those that GET /v1/packages/{id} answers.
type PackageVersion struct {
	pipelines.Package
	Deployed []DeployedAt `json:"deployed,omitempty"` // where it runs now, as far as one may see that
}

// DeployedAt is where a version of a package runs.
type DeployedAt struct {
	Project     string `json:"project"`
	Environment string `json:"environment"`
	Deployment  string `json:"deployment"` // id of the one that brought it there
}

// Received answers PUT /v1/packages/{file name} (body: the file).
type Received struct {
	Package     pipelines.Package `json:"package"`
	Existed     bool              `json:"existed"`
	Releases    []string          `json:"releases,omitempty"` // numbers
	Deployments []Deployment      `json:"deployments,omitempty"`
	Problems    []string          `json:"problems,omitempty"` // waiting projects that made no release, and why
	NotSent     []string          `json:"notSent,omitempty"`  // where a rule would have deployed one, and why it did not
}

// Upload answers POST /v1/packages/uploads (body: requests.Announcement). One of
// the fields says how the file gets here: it is received already; it is put
// into the store by this request, and then POST
// /v1/packages/uploads/{sha256}/done (body: Sent) answers a Received; or it is
// sent to PUT /v1/packages/{file name}.
type Upload struct {
	Received *Received `json:"received,omitempty"`
	Send     *Send     `json:"upload,omitempty"`
	Direct   bool      `json:"direct,omitempty"`
}

// Send is a signed request for the body of one package file: all of it is to be
// sent as it stands here, and no API key with it.
type Send struct {
	task.Request
	Until time.Time `json:"until"`
}

// Sent is the body of POST /v1/packages/uploads/{sha256}/done.
type Sent struct {
	FileName string `json:"fileName"`
}

// Release is one release, as GET /v1/projects/{project}/releases lists them,
// GET /v1/projects/{project}/releases/{release} answers and POST /v1/releases
// answers. The body of the latter is requests.ReleaseRequest.
type Release struct {
	ID          string               `json:"id"`
	Project     string               `json:"project"`
	Number      string               `json:"number"`
	Channel     string               `json:"channel"`
	Notes       string               `json:"notes,omitempty"`
	Packages    []pipelines.Selected `json:"packages"`
	Created     time.Time            `json:"created"`
	CreatedBy   string               `json:"createdBy"`
	Progression []Progress           `json:"progression,omitempty"`
	// Deployments are those that began by themselves when the release was just made;
	// NotSent says where a rule would have deployed it, and why it did not.
	Deployments []Deployment `json:"deployments,omitempty"`
	NotSent     []string     `json:"notSent,omitempty"`
}

// UpdatedRelease answers POST /v1/releases/{id}/variables, which takes today's
// variables of the project and its sets into the release.
type UpdatedRelease struct {
	Release
	Changed []variables.Difference `json:"changed"`
}

// Progress is pipelines.Progress.
type Progress struct {
	Environment string `json:"environment"`
	Phase       string `json:"phase"`
	Optional    bool   `json:"optional,omitempty"`
	Succeeded   bool   `json:"succeeded"`
	Open        bool   `json:"open"`
	Rule        string `json:"rule,omitempty"`
}

// Preview answers POST /v1/deployments/preview (body: requests.DeployRequest):
// what the same body would bring about at POST /v1/deployments. It changes
// nothing.
type Preview struct {
	Project     string `json:"project"`
	Release     string `json:"release"`
	Channel     string `json:"channel"`
	Environment string `json:"environment"`
	Replaces    string `json:"replaces,omitempty"`
	// Asked are the variables to give values for.
	Asked []Asked `json:"asked"`
	// Findings are all that the plan finds, with what is wrong with the values
	// that were given; one that blocks refuses the deployment.
	Findings []plan.Finding `json:"findings"`
}

// Asked is a variable whose value is asked for at a deployment.
type Asked struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"` // what was given, or the proposal
	Given bool   `json:"given,omitempty"`
	pipelines.Prompt
}

// Cost is what a deployment has cost so far: calls counted up to its newest
// turn, times the prices of a region and date.
type Cost struct {
	Dollars float64            `json:"dollars"`
	Counts  map[string]float64 `json:"counts"`
	Prices  string             `json:"prices"` // like `us-east-1, November 2026`
}

// Log answers GET /v1/deployments/{id}/log?after=CURSOR: at most 1,000 lines
// after the cursor; the same question again with Next gets what came since.
type Log struct {
	Lines []LogLine `json:"lines"`
	Next  string    `json:"next"`
	Ended bool      `json:"ended"` // the deployment has ended and Lines are the last
}

// LogLine is one line of output.
type LogLine struct {
	Step   string      `json:"step"`
	Target string      `json:"target"`
	Seq    int64       `json:"seq"`
	At     time.Time   `json:"at"`
	Stream task.Stream `json:"stream"`
	Text   string      `json:"text"`
}

// Status answers GET /v1/status: what is where.
type Status struct {
	Projects []ProjectStatus `json:"projects"`
}

// ProjectStatus is one row of the dashboard.
type ProjectStatus struct {
	Project      string              `json:"project"`
	Environments []EnvironmentStatus `json:"environments"`
}

// EnvironmentStatus is one cell of the dashboard.
type EnvironmentStatus struct {
	Environment string      `json:"environment"`
	Live        string      `json:"live,omitempty"` // the release that last succeeded there
	Newest      *Deployment `json:"newest,omitempty"`
	// Hidden: whoever asks may not see deployments there, whether there are any.
	Hidden bool `json:"hidden,omitempty"`
}

// Target answers GET /v1/targets, POST /v1/targets (body: pipelines.Target).
type Target struct {
	pipelines.Target
	Address string `json:"address"`
}

// Check answers POST /v1/targets/{name}/check.
type Check struct {
	Target    string   `json:"target"`
	Reachable bool     `json:"reachable"`
	Problem   string   `json:"problem,omitempty"`
	System    string   `json:"system,omitempty"`
	OS        string   `json:"os,omitempty"`
	Arch      string   `json:"arch,omitempty"`
	Shell     string   `json:"shell,omitempty"`
	Home      string   `json:"home,omitempty"`
	FreeBytes int64    `json:"freeBytes,omitempty"`
	HostKey   string   `json:"hostKey,omitempty"` // as presented
	Pinned    []string `json:"pinned,omitempty"`  // as configured
	Missing   []string `json:"missing,omitempty"` // tools
	NoSudo    []string `json:"noSudo,omitempty"`  // commands without password-less sudo
}

// Secret answers PUT /v1/secrets/{name} (body: the value) and GET /v1/secrets.
type Secret struct {
	Name    string    `json:"name"`
	Version int       `json:"version"`
	Created time.Time `json:"created"`
	By      string    `json:"by"`
}

// Password is the body of PUT /v1/users/{username}/password. A session must
// prove itself with the current one to set its own; an API key need not.
type Password struct {
	Password string `json:"password"`
	Current  string `json:"current,omitempty"`
}

// HeldMail is one kept mail, as GET /v1/mail lists them and
// GET /v1/mail/{key} shows it with its bodies.
type HeldMail struct {
	Key     string    `json:"key"`
	From    string    `json:"from"`
	To      []string  `json:"to"`
	Subject string    `json:"subject"`
	Date    time.Time `json:"date"`
	Text    string    `json:"text,omitempty"`
	HTML    string    `json:"html,omitempty"`
}
