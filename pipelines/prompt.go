package pipelines

import (
	"slices"
	"strings"
)

// checkPrompt finds what is wrong with how a value is asked for. It is asked
// once for a deployment, so it can depend on the environment and the channel
// and on nothing that differs within one.
func (v Variable) checkPrompt() []Problem {
	var found []Problem
	if v.Sensitive() {
		found = append(found, Problem{Path: "", Message: "variable " + quote(v.Name) + " is a secret, and secrets are not asked for when somebody deploys: remove `prompt`, and set the value with `slipway secret set`"})
	}
	if len(v.Steps) > 0 || len(v.Targets) > 0 || len(v.Roles) > 0 {
		found = append(found, Problem{Path: "", Message: "variable " + quote(v.Name) + " is asked for once for a whole deployment: scope it to environments and channels only, not to steps, targets or roles"})
	}
	options := v.Prompt.Options
	for i, o := range options {
		at := index("options", i)
		switch {
		case strings.TrimSpace(o) == "":
			found = append(found, Problem{Path: at, Message: "an option is a text that may be chosen; this one is empty: without `required` nothing need be chosen anyway"})
		case slices.Contains(options[:i], o):
			found = append(found, Problem{Path: at, Message: "the option " + quote(o) + " stands there twice: remove one"})
		}
	}
	if len(options) > 0 && v.Value != "" && !slices.Contains(options, string(v.Value)) {
		found = append(found, Problem{Path: "options", Message: "the proposal " + quote(string(v.Value)) + " of variable " + quote(v.Name) + " is none of its options " + list(options) + ": add it, or propose another"})
	}
	if len(options) > 0 && v.Prompt.Multiline {
		found = append(found, Problem{Path: "multiline", Message: "a value that is one of several options has no several lines: remove `multiline` or `options`"})
	}
	return found
}

// Called is the prompt's label, or the variable's name.
func (v Variable) Called() string {
	if v.Prompt != nil && v.Prompt.Label != "" {
		return v.Prompt.Label
	}
	return v.Name
}
