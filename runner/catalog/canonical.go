package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// canonical gives the settings of every step the one form they are stored and
// compared in: the JSON of the step type's own struct, without unknown keys.
func (c *Catalog) canonical(n textform.Nouns) (textform.Nouns, []pipelines.Problem) {
	var found []pipelines.Problem
	n.Projects = slices.Clone(n.Projects)
	for i := range n.Projects {
		var problems []pipelines.Problem
		n.Projects[i].Steps, problems = c.canonicalSteps(n.Projects[i].Steps, path("project", i))
		found = append(found, problems...)
	}
	return n, found
}

// canonicalSteps does so for the steps of one list and their child steps.
func (c *Catalog) canonicalSteps(all []pipelines.Step, under string) ([]pipelines.Step, []pipelines.Problem) {
	var found []pipelines.Problem
	out := slices.Clone(all)
	for i, s := range out {
		at := fmt.Sprintf("%s.steps[%d]", under, i)
		if len(s.Steps) > 0 {
			children, problems := c.canonicalSteps(s.Steps, at)
			out[i].Steps, found = children, append(found, problems...)
		}
		raw, err := c.settings(s.Action)
		if err != nil {
			found = append(found, pipelines.Problem{Path: at + "." + s.Action.Type, Message: err.Error()})
		}
		out[i].Action.Settings = raw
	}
	return out, found
}

func (c *Catalog) settings(a pipelines.Action) (json.RawMessage, error) {
	t, ok := c.Types[a.Type]
	if !ok {
		return a.Settings, nil // the project's own check says so
	}
	settings := t.Settings()
	read := json.NewDecoder(bytes.NewReader(a.Settings))
	read.DisallowUnknownFields()
	if err := read.Decode(settings); err != nil {
		return a.Settings, fmt.Errorf("the settings of the step are not those of %s: %w", a.Type, err)
	}
	return json.Marshal(settings)
}
