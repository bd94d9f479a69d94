// Package email is the step that sends a mail: its settings and what it wants.
// The texts are evaluated when it is sent, so they can tell what happened.
package email

import (
	"encoding/json"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Type is the step type.
type Type struct{}

// Settings are what a person writes under `email:`. To is one or more
// addresses with commas between them.
type Settings struct {
	To      string         `json:"to"`
	Subject string         `json:"subject"`
	Body    pipelines.Text `json:"body"`
	HTML    bool           `json:"html,omitempty"`
}

// Name is the key in the written form.
func (Type) Name() string { return "email" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package says that a mail installs none.
func (Type) Package(json.RawMessage) string { return "" }

// Check finds what is wrong with the settings by themselves.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	var found []pipelines.Problem
	if s.To == "" {
		found = append(found, pipelines.Problem{Path: "to", Message: "a mail needs somebody to go to"})
	} else if !strings.Contains(s.To, "#{") && !areAddresses(s.To) {
		found = append(found, pipelines.Problem{Path: "to", Message: "`to` is a list of mail addresses, like team@example.org, boss@example.org; got " + s.To})
	}
	if strings.TrimSpace(s.Subject) == "" {
		found = append(found, pipelines.Problem{Path: "subject", Message: "a mail needs a subject"})
	}
	if strings.ContainsAny(s.Subject, "\r\n") {
		found = append(found, pipelines.Problem{Path: "subject", Message: "a subject is one line"})
	}
	return found
}

func areAddresses(list string) bool {
	for a := range strings.SplitSeq(list, ",") {
		if !pipelines.IsMailAddress(strings.TrimSpace(a)) {
			return false
		}
	}
	return true
}

// Want says what the step wants.
func (Type) Want(_ plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	return plan.Want{
		Kind:    plan.Mail,
		Message: &plan.Message{To: s.To, Subject: s.Subject, Body: string(s.Body), HTML: s.HTML},
		Texts: []plan.Shown{
			{Path: "email.to", Text: s.To},
			{Path: "email.subject", Text: s.Subject},
			{Path: "email.body", Text: string(s.Body)},
		},
	}, nil
}
