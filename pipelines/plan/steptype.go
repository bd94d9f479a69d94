package plan

import (
	"encoding/json"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// StepType is what the plan needs of a step type; pipelines/steps has the list.
type StepType interface {
	// Name is the key in the written form, like "nginx".
	Name() string
	// Settings is a pointer to an empty settings struct, for the written form.
	Settings() any
	// Check finds what is wrong with the settings by themselves.
	Check(settings json.RawMessage) []pipelines.Problem
	// Package is the id of the package the step installs, or "".
	Package(settings json.RawMessage) string
	// Want says what a step wants in an environment. It evaluates nothing.
	Want(at Context, settings json.RawMessage) (Want, error)
}

// FromFeed is a step type whose package may come from a feed that is not ours.
type FromFeed interface {
	// Feed is the name of that feed, or "" for the built-in one.
	Feed(settings json.RawMessage) string
}

// FeedOf is the name of the feed that a step's package comes from; "" is the
// built-in one.
func FeedOf(t StepType, settings json.RawMessage) string {
	if from, ok := t.(FromFeed); ok {
		return from.Feed(settings)
	}
	return ""
}

// Context is where a step stands.
type Context struct {
	Project     string
	Environment string
	Step        string
}

// Want is what one step wants, its texts not yet evaluated.
type Want struct {
	Kind     Kind
	Work     *task.Work
	Question *Question
	// Blocks is what a person says about Question.Blocks; nil: a gate before the
	// first change on a host blocks, a check after it does not.
	Blocks  *bool
	Message *Message
	Texts   []Shown  // every text that may hold `#{…}`, with its place in the settings
	Outputs []string // output variables the step sets itself, known on the host
	Claims  []pipelines.Claim
}

// Types finds step types by name.
type Types map[string]StepType
