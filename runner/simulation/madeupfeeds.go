package simulation

import (
	"encoding/json"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
)

// withoutFeeds has all steps take their packages from the built-in feed: in a
// world that is made up nobody else's feed can be asked, and what a deployment
// does with a package is the same.
func withoutFeeds(process []pipelines.Step) []pipelines.Step {
	types := steps.Types()
	out := make([]pipelines.Step, len(process))
	for i, s := range process {
		if len(s.Steps) > 0 {
			s.Steps = withoutFeeds(s.Steps)
		}
		if t, ok := types[s.Action.Type]; ok && plan.FeedOf(t, s.Action.Settings) != "" {
			s.Action.Settings = lacking(s.Action.Settings, "feed")
		}
		out[i] = s
	}
	return out
}

// lacking leaves a key of a JSON object out.
func lacking(object json.RawMessage, key string) json.RawMessage {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		return object // settings that name a feed can be read
	}
	delete(fields, key)
	b, err := json.Marshal(fields)
	if err != nil {
		return object
	}
	return b
}
