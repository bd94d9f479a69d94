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
		n.Projects[i].Steps = slices.Clone(n.Projects[i].Steps)
		for j, s := range n.Projects[i].Steps {
			raw, err := c.settings(s.Action)
			if err != nil {
				found = append(found, pipelines.Problem{Path: fmt.Sprintf("%s.steps[%d].%s", path("project", i), j, s.Action.Type), Message: err.Error()})
			}
			n.Projects[i].Steps[j].Action.Settings = raw
		}
	}
	return n, found
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
