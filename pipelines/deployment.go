package pipelines

import (
	"strings"
	"time"
)

// Status is how a deployment, a step or a task stands. The words are ours;
// Code gives Octopus's.
type Status string

// The statuses. Pending to Cancelling are alive, the others are ends.
const (
	Pending    Status = "pending"
	Queued     Status = "queued" // another deployment holds the place
	Running    Status = "running"
	Waiting    Status = "waiting" // for a person
	Cancelling Status = "cancelling"
	Succeeded  Status = "succeeded"
	Failed     Status = "failed"
	Skipped    Status = "skipped"
	Cancelled  Status = "cancelled"
	Unknown    Status = "unknown" // began, and nobody can say how it ended
)

// Ended says whether nothing more will happen.
func (s Status) Ended() bool {
	switch s {
	case Succeeded, Failed, Skipped, Cancelled, Unknown:
		return true
	}
	return false
}

// Bad says of an end that it is none to build on.
func (s Status) Bad() bool { return s == Failed || s == Unknown || s == Cancelled }

// Code is the status in Octopus's word, as `#{step.Status.Code}` gives it.
func (s Status) Code() string {
	switch s {
	case Pending, Queued:
		return "Pending"
	case Running, Waiting, Cancelling:
		return "Running"
	case Succeeded:
		return "Succeeded"
	case Skipped:
		return "Skipped"
	case Cancelled:
		return "Canceled"
	}
	return "Failed"
}

// Deployment is one release on its way to one environment.
type Deployment struct {
	ID            string     `json:"id"`
	ProjectID     string     `json:"projectId"`
	Project       string     `json:"project"` // the name when it was asked for
	ReleaseID     string     `json:"releaseId"`
	Release       string     `json:"release"` // the number
	EnvironmentID string     `json:"environmentId"`
	Environment   string     `json:"environment"`
	Packages      []Selected `json:"packages"`
	Created       time.Time  `json:"created"`
	CreatedBy     string     `json:"createdBy"`
	Via           string     `json:"via"`
	Plan          string     `json:"plan"` // hash: the plan's name among the blobs
	Replaces      string     `json:"replaces,omitempty"`
	Older         bool       `json:"older,omitempty"` // older than what it replaces
	Channel       string     `json:"channel,omitempty"`
	// Values are what the person who deploys gave for prompted variables, by name.
	Values map[string]string `json:"values,omitempty"`
	// CreatedByID is the user who asked for it; "" where no person did.
	CreatedByID string `json:"createdById,omitempty"`
	// Automatic: a trigger or a lifecycle asked for it.
	Automatic bool `json:"automatic,omitempty"`
	// CausedByID is the user whose act made it begin by itself: who pushed the
	// package, created the release, or asked for the deployment that it follows.
	// CausedBy is what they sign in with. Both are "" where nobody is known.
	CausedByID string `json:"causedById,omitempty"`
	CausedBy   string `json:"causedBy,omitempty"`
	// NotBefore is when it is to start; nil is as soon as it can.
	NotBefore *time.Time `json:"notBefore,omitempty"`
	Comment   string     `json:"comment,omitempty"`
	// Skip names the steps that whoever deploys leaves out.
	Skip []string `json:"skip,omitempty"`
	// Touched is when its newest task on a host began: of two deployments the one
	// touched later is what is on the hosts.
	Touched *time.Time `json:"touched,omitempty"`

	Status   Status     `json:"status"`
	Message  string     `json:"message,omitempty"` // why it failed, in one sentence
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`
}

// How says what made the deployment begin by itself, like "Web pushed by stella";
// "" where a person asked for it.
func (d Deployment) How() string {
	if !d.Automatic {
		return ""
	}
	_, how, _ := strings.Cut(d.Via, ": ")
	return strings.TrimPrefix(how, "package ")
}
