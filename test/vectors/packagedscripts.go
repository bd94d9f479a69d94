package main

import (
	"fmt"
	"slices"
	"strings"

	"slipway/runner/executor/conventions"
)

// packagedCase is a package's root and what happens to its scripts at a stage.
type packagedCase struct {
	Input struct {
		Files      []string `json:"files"`
		Stage      string   `json:"stage"`
		Preference []string `json:"preference"`
		Phase      string   `json:"phase"`
	} `json:"input"`
	Variables orderedVariables `json:"variables"`
	Expected  struct {
		Executed    *[]string `json:"executed"`
		NotExecuted []string  `json:"not_executed"`
		Deleted     *[]string `json:"deleted"`
		NotDeleted  []string  `json:"not_deleted"`
	} `json:"expected"`
}

var languages = map[string]string{"powershell": "ps1", "csharp": "csx", "bash": "sh", "python": "py"}

func checkPackagedScripts(raw []byte) error {
	var c packagedCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	rule := conventions.Packaged{Stage: c.Input.Stage, CleanUp: c.Input.Phase == "cleanup"}
	for _, language := range c.Input.Preference {
		rule.Preference = append(rule.Preference, languages[strings.ToLower(language)])
	}
	rule.Off = strings.EqualFold(c.get("Octopus.Action.Package.RunScripts"), "false")
	rule.Keep = strings.EqualFold(c.get("OctopusDeleteScriptsOnCleanup"), "false")
	run, removed := rule.Choose(c.Input.Files)
	var executed []string
	if run != "" {
		executed = []string{run}
	}
	if want := c.Expected.Executed; want != nil && !slices.Equal(executed, *want) {
		return fmt.Errorf("%q runs, want %q", executed, *want)
	}
	if want := c.Expected.Deleted; want != nil && (!hasAll(removed, *want) || !hasAll(*want, removed)) {
		return fmt.Errorf("%q go, want %q", removed, *want)
	}
	for _, name := range c.Expected.NotExecuted {
		if run == name {
			return fmt.Errorf("%s runs and must not", name)
		}
	}
	for _, name := range c.Expected.NotDeleted {
		if slices.Contains(removed, name) {
			return fmt.Errorf("%s goes and must stay", name)
		}
	}
	return nil
}

func (c *packagedCase) get(name string) string {
	if c.Variables.Variables == nil {
		return ""
	}
	text, _ := c.Variables.Get(name)
	return text
}
