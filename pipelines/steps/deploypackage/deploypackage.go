package deploypackage

import (
	"encoding/json"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Type is the step type.
type Type struct{}

// Name is the key in the written form.
func (Type) Name() string { return "package" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package is the package the step installs.
func (Type) Package(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s) // settings that cannot be read name none; Check says so
	return s.ID
}

// Feed is the feed the package comes from.
func (Type) Feed(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return s.Feed
}

// Check finds what is wrong with the settings by themselves.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	var found []pipelines.Problem
	if s.ID == "" {
		found = append(found, pipelines.Problem{Path: "id", Message: "a package step names the package it installs, like `id: RandomQuotes`"})
	}
	return append(found, s.Installation.Check()...)
}

// Want says what the step wants.
func (t Type) Want(_ plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	settings, err := json.Marshal(s.Payload())
	return plan.Want{
		Kind:    plan.OnHosts,
		Work:    &task.Work{Kind: task.KindPackage, Settings: settings},
		Texts:   s.Texts(t.Name()),
		Outputs: s.Outputs(),
		Claims:  s.Claims(),
	}, err
}
