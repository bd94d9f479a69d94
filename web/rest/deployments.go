package rest

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Deployment answers POST /v1/deployments (body: requests.DeployRequest) and
// GET /v1/deployments/{id}; without steps it is an item of
// GET /v1/deployments?project=…&take=….
//
// Its status is one of pipelines.Status, or "held" where what is stored of it
// cannot be read: then message says what that is, and what to do.
type Deployment struct {
	pipelines.Deployment
	Address string `json:"address"` // of its page
	Ended   bool   `json:"ended"`
	// CreatedByUsername is what CreatedBy signs in with, where one deployment is told.
	CreatedByUsername string `json:"createdByUsername,omitempty"`
	// Place says how it stands to the place of its project and environment: wanted,
	// held or none; "" once it has ended.
	Place   graph.Place `json:"place,omitempty"`
	Holder  string      `json:"holder,omitempty"` // who holds its place while it waits for it
	Ahead   int         `json:"ahead,omitempty"`  // how many wait before it
	Limit   *time.Time  `json:"limit,omitempty"`  // when it will have taken too long, if it goes on running
	Choices []Choice    `json:"choices,omitempty"`
	Resumed []Takeup    `json:"resumed,omitempty"`
	// CanRetry says that whoever asks can take it up again.
	CanRetry bool   `json:"canRetry,omitempty"`
	Steps    []Step `json:"steps,omitempty"`
	Cost     *Cost  `json:"cost,omitempty"` // where it is counted
	// Findings are what its plan found; one that blocks is why it failed.
	Findings []plan.Finding `json:"findings,omitempty"`
}

// Choice is an attempt that waits for somebody to choose what becomes of it:
// POST /v1/deployments/{id}/decide (body: requests.DecideRequest) answers 204.
type Choice struct {
	Step    string           `json:"step"`
	Target  string           `json:"target"`
	Attempt int              `json:"attempt"`
	Ask     pipelines.Status `json:"ask"` // unknown: nobody knows how it ended; failed
	Message string           `json:"message,omitempty"`
}

// Takeup is that somebody took the deployment up again after an end, as
// POST /v1/deployments/{id}/retry does (body: {"note": …}).
type Takeup struct {
	At   time.Time        `json:"at"`
	By   string           `json:"by"`
	Note string           `json:"note,omitempty"`
	Was  pipelines.Status `json:"was"` // what it had come to
}

// Step is how one step of a deployment stands.
type Step struct {
	Name    string           `json:"name"`
	Type    string           `json:"type"`
	Kind    plan.Kind        `json:"kind"`             // host, ask, mail or rolling
	Within  string           `json:"within,omitempty"` // the rolling step whose child it is
	Status  pipelines.Status `json:"status"`
	Message string           `json:"message,omitempty"`
	Started *time.Time       `json:"started,omitempty"`
	Ended   *time.Time       `json:"ended,omitempty"`
	Window  int              `json:"window,omitempty"` // of a rolling step: how many targets at a time
	Warning bool             `json:"warning,omitempty"`
	// Targets are the tasks; of a rolling step, how its child steps together stand on
	// each target.
	Targets []TaskOnTarget `json:"targets,omitempty"`

	Instructions string   `json:"instructions,omitempty"` // of a sign-off
	Teams        []string `json:"teams,omitempty"`
	Answer       *Answer  `json:"answer,omitempty"` // the one that decided
	// Needs is how many must approve, where one is not enough; Approved are those who
	// have, until one decides.
	Needs    int      `json:"needs,omitempty"`
	Approved []Answer `json:"approved,omitempty"`
	// NotRequester: who asked for the deployment cannot answer.
	NotRequester bool `json:"notRequester,omitempty"`
	Blocks       bool `json:"blocks,omitempty"` // the deployment keeps its place meanwhile
	// Expires is when a sign-off that waits is answered by the time, as OnTimeout
	// says: approve or reject.
	Expires   *time.Time `json:"expires,omitempty"`
	OnTimeout string     `json:"onTimeout,omitempty"`
	Reminds   *time.Time `json:"reminds,omitempty"`  // when those asked are reminded next
	Reminded  int        `json:"reminded,omitempty"` // how often they were
	Round     int        `json:"round,omitempty"`    // how often it has asked before
}

// TaskOnTarget is one task of a step.
type TaskOnTarget struct {
	Target  string            `json:"target"`
	Status  pipelines.Status  `json:"status"`
	Attempt int               `json:"attempt,omitempty"`
	Message string            `json:"message,omitempty"`
	Outputs map[string]string `json:"outputs,omitempty"`
	Ask     pipelines.Status  `json:"ask,omitempty"` // it waits for a choice: unknown or failed
	Choice  *Chosen           `json:"choice,omitempty"`
}

// Chosen is the newest choice about a task.
type Chosen struct {
	Choice graph.Choice `json:"choice"`
	By     string       `json:"by"`
	Via    string       `json:"via"`
	Note   string       `json:"note,omitempty"`
}

// Answer is the decision on a sign-off. POST /v1/deployments/{id}/answer takes
// requests.AnswerRequest and answers 204; POST /v1/deployments/{id}/cancel
// takes a Cancel.
type Answer struct {
	Proceed bool      `json:"proceed"`
	By      string    `json:"by"`
	Via     string    `json:"via"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at,omitzero"` // when the step was decided
}

// Cancel is the body of POST /v1/deployments/{id}/cancel.
type Cancel struct {
	Note string `json:"note,omitempty"`
	// GiveUp is for a deployment whose stored state cannot be read: it counts as
	// failed, and frees its place. Administrators only.
	GiveUp bool `json:"giveUp,omitempty"`
}

// Queue answers GET /v1/queue?project=…&environment=…: the places in which
// something is.
type Queue struct {
	Places []QueuePlace `json:"places"`
}

// QueuePlace is where a project's deployments to an environment run one at a time.
type QueuePlace struct {
	Project     string                `json:"project"`
	Environment string                `json:"environment"`
	Policy      pipelines.QueuePolicy `json:"policy"`
	Holder      *Queued               `json:"holder,omitempty"`
	Waiting     []Queued              `json:"waiting"` // who wants it, the next one first
	// Without are those that neither have nor want it: it is not time yet, or only
	// people have to do something.
	Without []Queued `json:"without"`
}

// Queued is a deployment in a QueuePlace.
type Queued struct {
	ID        string           `json:"id"`
	Release   string           `json:"release"`
	Status    pipelines.Status `json:"status"`
	Message   string           `json:"message,omitempty"`
	Created   time.Time        `json:"created"`
	CreatedBy string           `json:"createdBy"`
	Automatic bool             `json:"automatic,omitempty"`
	Behind    string           `json:"behind,omitempty"` // whose end or turn it waits for
	// Begun: it has had its place before, and goes on when it has it again.
	Begun     bool       `json:"begun,omitempty"`
	NotBefore *time.Time `json:"notBefore,omitempty"` // when it is to start, if that is still to come
	Asks      []Asks     `json:"asks,omitempty"`
	Choices   int        `json:"choices,omitempty"` // how many attempts wait for a choice
	Address   string     `json:"address"`
}

// Asks is a sign-off that waits for an answer.
type Asks struct {
	Step     string   `json:"step"`
	Teams    []string `json:"teams,omitempty"`
	Needs    int      `json:"needs,omitempty"`
	Approved int      `json:"approved,omitempty"`
}
