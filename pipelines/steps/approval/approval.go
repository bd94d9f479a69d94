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
}

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
	if s.Instructions == "" {
		return []pipelines.Problem{{Path: "instructions", Message: "an approval needs instructions: what should be looked at before deciding?"}}
	}
	return nil
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
		Question: &plan.Question{Instructions: string(s.Instructions), Teams: s.Teams},
		Texts:    []plan.Shown{{Path: "approval.instructions", Text: string(s.Instructions)}},
		Outputs:  []string{"Manual.Notes", "Manual.ResponsibleUser.Id", "Manual.ResponsibleUser.DisplayName", "Manual.ResponsibleUser.EmailAddress"},
	}, nil
}
