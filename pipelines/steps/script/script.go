// Package script is the step that runs a script on each target: its settings
// and what it wants. The running is runner/executor's.
package script

import (
	"encoding/json"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Type is the step type.
type Type struct{}

// Settings are what a person writes under `script:`.
type Settings struct {
	Syntax string         `json:"syntax,omitempty"` // "bash", the default, "powershell" or "python"
	Body   pipelines.Text `json:"body"`
	// Parameters stand behind the script's name, as on a command line.
	Parameters        string `json:"parameters,omitempty"`
	FailOnErrorOutput bool   `json:"fail-on-error-output,omitempty"`
}

// Name is the key in the written form.
func (Type) Name() string { return "script" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package says that a script installs none.
func (Type) Package(json.RawMessage) string { return "" }

// Check finds what is wrong with the settings by themselves.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	var found []pipelines.Problem
	if s.Body == "" {
		found = append(found, pipelines.Problem{Path: "body", Message: "a script needs a body: the text, or { file: deploy.sh }"})
	}
	if s.Syntax != "" && !slices.Contains(task.Syntaxes, s.Syntax) {
		found = append(found, pipelines.Problem{Path: "syntax", Message: "the syntax of a script is bash, powershell or python; got " + s.Syntax})
	}
	return found
}

// Want says what the step wants.
func (Type) Want(_ plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	syntax := s.Syntax
	if syntax == "" {
		syntax = task.SyntaxBash
	}
	settings, err := json.Marshal(task.Script{Syntax: syntax, Body: string(s.Body), Parameters: s.Parameters, FailOnErrorOutput: s.FailOnErrorOutput})
	texts := []plan.Shown{{Path: "script.body", Text: string(s.Body)}}
	if s.Parameters != "" {
		texts = append(texts, plan.Shown{Path: "script.parameters", Text: s.Parameters})
	}
	return plan.Want{Kind: plan.OnHosts, Work: &task.Work{Kind: task.KindScript, Settings: settings}, Texts: texts}, err
}
