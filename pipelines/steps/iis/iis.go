package iis

import (
	"encoding/json"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Type is the step type.
type Type struct{}

// Name is the key in the written form.
func (Type) Name() string { return "iis" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package is the package the step installs.
func (Type) Package(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s) // settings that cannot be read name none; Check says so
	return s.Package
}

// Feed is the feed the package comes from.
func (Type) Feed(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return s.Feed
}

// Want says what the step wants.
func (Type) Want(_ plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	settings, err := json.Marshal(s.payload())
	return plan.Want{
		Kind:    plan.OnHosts,
		Work:    &task.Work{Kind: task.KindIIS, Settings: settings},
		Texts:   s.texts(),
		Outputs: s.Outputs(),
		Claims:  s.claims(),
	}, err
}
