package plan

import (
	"slipway/pipelines"
	"slipway/pipelines/task"
)

// Input is everything a plan is made of.
type Input struct {
	Deployment  pipelines.Deployment
	CreatedBy   pipelines.User // who asked; may be the system
	Release     pipelines.Release
	Environment pipelines.Environment
	Targets     []pipelines.Target // all there are
	Types       Types
	Packages    []task.Package // the bytes behind the release's packages
	Holders     []pipelines.Holder
	BaseURL     string
	// SecretVersion is the newest version of a secret, or false if there is
	// none of that name.
	SecretVersion func(name string) (version int, ok bool)
	// Sources says that values can be read from Parameter Store and Secrets Manager.
	Sources bool

	// Retention says what of earlier installations goes; nil keeps all.
	Retention *pipelines.Retention

	Previous Previous
	Trigger  Trigger
	Comments string // "": those of the deployment
	// GuidedFailure has people decide where a task fails; nil: as the project says.
	GuidedFailure *bool
	// Now is the project with its sets as they are today, to tell which values
	// have changed since the release was made; nil: nothing is compared.
	Now *Configured
}

// Previous is what was there before, by release number or deployment id; each
// is "" where there was none.
type Previous struct {
	Release               string // the project's release made before this one
	ReleaseForEnvironment string // the release of the deployment to the environment before this one, however it ended
	SuccessfulDeployment  string // the last to the environment that succeeded
}

// Trigger is what started the deployment when no person did.
type Trigger struct {
	ID   string
	Name string
}

// Configured is a project with the variable sets that it may include.
type Configured struct {
	Project pipelines.Project
	Sets    []pipelines.VariableSet
}
