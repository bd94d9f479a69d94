// Package approval is the step that asks people to sign off: its settings and
// what it wants. Asking is the runner's, deciding theirs.
package approval

import (
	"encoding/json"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Type is the step type.
type Type struct{}

// Settings are what a person writes under `approval:`. Without teams, whoever
// may deploy to the environment may answer.
type Settings struct {
	Instructions pipelines.Text `json:"instructions"`
	Teams        []string       `json:"teams,omitempty"`
	// Approvals is how many must approve, nil is one. One who rejects is enough.
	Approvals *int `json:"approvals,omitempty"`
	// NotRequester: who asked for the deployment cannot answer.
	NotRequester bool `json:"not-requester,omitempty"`
	// Blocks: the deployment keeps its place while it waits; nil: it does before the
	// first change on a host, and does not after it.
	Blocks *bool `json:"blocks,omitempty"`
	// Timeout is how long it waits; then the answer is OnTimeout, reject if left out.
	Timeout   *pipelines.Duration `json:"timeout,omitempty"`
	OnTimeout string              `json:"on-timeout,omitempty"`
	// Remind is how often those asked are reminded.
	Remind *pipelines.Duration `json:"remind,omitempty"`
}

// Words of OnTimeout.
const (
	Reject  = "reject"
	Approve = "approve"
)

// Name is the key in the written form.
func (Type) Name() string { return "approval" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package says that an approval installs none.
func (Type) Package(json.RawMessage) string { return "" }

// Check finds what is wrong with the settings by themselves.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	var found []pipelines.Problem
	if s.Instructions == "" {
		found = append(found, pipelines.Problem{Path: "instructions", Message: "an approval needs instructions: what should be looked at before deciding?"})
	}
	return append(found, s.checkRules()...)
}

// Teams are the teams that are asked.
func Teams(raw json.RawMessage) []string {
	var s Settings
	_ = json.Unmarshal(raw, &s) // settings that cannot be read name nobody; Check says so
	return s.Teams
}

// Want says what the step wants.
func (Type) Want(_ plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	return plan.Want{
		Kind:     plan.Ask,
		Question: s.question(),
		Blocks:   s.Blocks,
		Texts:    []plan.Shown{{Path: "approval.instructions", Text: string(s.Instructions)}},
		Outputs:  []string{"Manual.Notes", "Manual.ResponsibleUser.Id", "Manual.ResponsibleUser.DisplayName", "Manual.ResponsibleUser.EmailAddress"},
	}, nil
}
