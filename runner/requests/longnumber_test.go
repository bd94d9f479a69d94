package requests_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/requests"
)

func TestAReleaseNumberIsShort(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo 1")}})
	_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Number: "1.0.0-" + strings.Repeat("b", 100)})
	if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), "at most 100") {
		t.Errorf("a number of 106 characters: %v", err)
	}
}
