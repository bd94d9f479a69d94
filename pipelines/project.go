package pipelines

import (
	"encoding/json"
	"strings"
)

// Project is what is deployed and how: variables, a process of steps, and the
// lifecycle its releases follow.
type Project struct {
	ID          string    `json:"id,omitempty" text:"-"`
	Owner       string    `json:"owner,omitempty" text:"-"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Lifecycle   string    `json:"lifecycle,omitempty"` // "" is the default lifecycle
	Channels    []Channel `json:"channels,omitempty"`  // none is one channel, Default
	Triggers    []Trigger `json:"triggers,omitempty"`
	// VariableSets are the shared sets whose values the project has besides its own.
	VariableSets []string   `json:"variable-sets,omitempty"`
	Variables    []Variable `json:"variables,omitempty"`
	Steps        []Step     `json:"steps"`
	// AllowUnresolved lets a deployment go on with `#{…}` that never resolves.
	AllowUnresolved bool `json:"allow-unresolved,omitempty"`
	// Queue says what becomes of deployments that wait for their place.
	Queue QueuePolicy `json:"queue,omitempty"`
	// Timeout is how long a deployment may take, the times left out in which it
	// waits for its place or for people; 0 is without end.
	Timeout Duration `json:"timeout,omitempty"`
	// GuidedFailure has people decide where a step fails, before the deployment does.
	GuidedFailure bool `json:"guided-failure,omitempty"`
}

// QueuePolicy says what becomes of a project's deployments that wait for their
// place in an environment.
type QueuePolicy string

// The policies. The zero one is QueueWait.
const (
	QueueWait           QueuePolicy = "wait"            // all of them, in the order in which they came
	QueueSkipSuperseded QueuePolicy = "skip-superseded" // left out when its turn comes, if a newer release waits behind
	QueueReplaceWaiting QueuePolicy = "replace-waiting" // a new one puts an end to those that wait
)

// Condition says when a step runs, looking at the steps it needs: one of the
// words below, or a text with `#{…}`, Octopus's variable condition, which does
// not imply that what came before succeeded.
type Condition string

// The run conditions. The zero Condition is RunSuccess.
const (
	RunSuccess Condition = "success"
	RunFailure Condition = "failure"
	RunAlways  Condition = "always"
)

// IsText says whether the condition is a text with `#{…}` and no word.
func (c Condition) IsText() bool { return strings.Contains(string(c), "#{") }

// Step is one step of a process.
type Step struct {
	Name     string   `json:"name"`
	Disabled bool     `json:"disabled,omitempty"`
	Roles    []string `json:"roles,omitempty"` // steps on targets: any of these

	Needs *[]string `json:"needs,omitempty"` // nil: the step before it
	Start string    `json:"start,omitempty"` // "" or StartWithPrevious

	Run Condition `json:"run,omitempty"`
	// If is a condition in the expression language over env, release, steps and
	// vars. It implies success unless it looks at a status itself.
	If               string   `json:"if,omitempty"`
	Environments     []string `json:"environments,omitempty"`
	SkipEnvironments []string `json:"skip-environments,omitempty"`
	Channels         []string `json:"channels,omitempty"` // none: all

	Window    string   `json:"window,omitempty"` // how many targets at a time: "3" or "20%"
	Retries   int      `json:"retries,omitempty"`
	Timeout   Duration `json:"timeout,omitempty"`
	NoTargets string   `json:"no-targets,omitempty"` // "" (an error) or NoTargetsSkip
	Required  bool     `json:"required,omitempty"`   // whoever deploys cannot skip it
	// Allow are the kinds of things, like "port", that the step may take from
	// another project or environment that holds them on the same target.
	Allow []string `json:"allow,omitempty"`
	// Steps are child steps: each target takes them in order, Window targets at a
	// time. A step that has them has no action of its own.
	Steps []Step `json:"steps,omitempty"`

	Action Action `json:"action" text:",inline"`
}

// Words of a step's settings.
const (
	StartWithPrevious = "with-previous"
	NoTargetsSkip     = "skip"
)

// Action is what a step does: a step type and its settings, the JSON of that
// type's own struct. In the written form it is one key, like `nginx: {…}`.
type Action struct {
	Type     string          `json:"type"`
	Settings json.RawMessage `json:"settings"`
}

// Runs says whether the step takes part in deployments of a channel's releases
// to the environment, and if not, why.
func (s Step) Runs(environment, channel string) (bool, string) {
	switch {
	case s.Disabled:
		return false, "the step is disabled"
	case len(s.Environments) > 0 && !HasName(s.Environments, environment):
		return false, "it runs in " + list(s.Environments) + " only"
	case HasName(s.SkipEnvironments, environment):
		return false, "it skips " + environment
	case len(s.Channels) > 0 && !HasName(s.Channels, channel):
		return false, "it runs for the channel " + list(s.Channels) + " only"
	}
	return true, ""
}

// LifecycleName is the name of the project's lifecycle.
func (p Project) LifecycleName() string {
	if p.Lifecycle == "" {
		return DefaultLifecycleName
	}
	return p.Lifecycle
}
