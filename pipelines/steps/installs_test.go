package steps_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps"
)

func taking(kind, settings string) pipelines.Step {
	return pipelines.Step{Name: kind, Action: pipelines.Action{Type: kind, Settings: json.RawMessage(settings)}}
}

func TestInstallsAndUnknownFeeds(t *testing.T) {
	t.Parallel()
	off := taking("package", `{"id": "Off", "feed": "Nexus"}`)
	off.Disabled = true
	process := []pipelines.Step{
		taking("package", `{"id": "A"}`),
		taking("nginx", `{"package": "a", "feed": "Artifactory"}`),
		taking("package", `{"id": "A", "feed": "ARTIFACTORY"}`), // the same again
		{Name: "Rolling", Steps: []pipelines.Step{taking("package", `{"id": "B", "feed": "Builds"}`)}},
		taking("script", `{"body": "echo"}`), off,
	}
	want := []steps.Install{{Package: "A"}, {Package: "a", Feed: "Artifactory"}, {Package: "B", Feed: "Builds"}}
	if got := steps.Installs(steps.Types(), process); !reflect.DeepEqual(got, want) {
		t.Errorf("Installs = %+v, want %+v", got, want)
	}
	found := steps.UnknownFeeds(steps.Types(), pipelines.Project{Steps: append(process, taking("package", `{"id": "A", "feed": "built-in"}`))}, []pipelines.Feed{{Name: "artifactory"}})
	var got []string
	for _, p := range found {
		got = append(got, p.String())
	}
	wanted := []string{
		"steps[3].steps[0].package.feed: there is no feed \"Builds\": write it into `feeds:`, or leave `feed` out for the built-in one; there are: artifactory",
		"steps[5].package.feed: there is no feed \"Nexus\": write it into `feeds:`, or leave `feed` out for the built-in one; there are: artifactory",
		"steps[6].package.feed: the built-in feed is the one that needs no naming: leave `feed` out",
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("UnknownFeeds = %q, want %q", got, wanted)
	}
}
