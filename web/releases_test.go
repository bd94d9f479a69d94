package web

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/variables"
	"slipway/web/rest"
)

const channelled = `{"folder": "test", "projects": [{"name": "Asking",
	"channels": [{"name": "Stable"}, {"name": "Beta"}],
	"variables": [
		{"name": "Title", "prompt": {"label": "The title", "required": true}},
		{"name": "Colour", "value": "COLOUR"}],
	"steps": [{"name": "Say", "roles": ["web"], "action": {"type": "script", "settings": {"body": "echo #{Title} #{Colour}"}}}]}]}`

// TestReleasesAndValuesByAPI: the same requests as on the pages.
func TestReleasesAndValuesByAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.ok(h.as(h.key, "POST", "/v1/apply", strings.ReplaceAll(channelled, "COLOUR", "red")), 200, nil)
	var made, read rest.Release
	h.ok(h.as(h.key, "POST", "/v1/releases", `{"project": "Asking", "channel": "beta"}`), 200, &made)
	h.ok(h.as(h.key, "GET", "/v1/projects/asking/releases/"+made.Number, ""), 200, &read)
	if made.Channel != "Beta" || read.ID != made.ID || read.Channel != "Beta" || len(read.Progression) != 2 {
		t.Errorf("made %+v, read %+v", made, read)
	}
	h.refused(h.as(h.key, "POST", "/v1/releases", `{"project": "Asking", "channel": "Nightly"}`), 404, `has no channel "Nightly"`)
	h.refused(h.as(h.key, "GET", "/v1/projects/Asking/releases/9.9.9", ""), 404, "has no release")

	const to = `{"project": "Asking", "release": "0.0.1", "environment": "Dev"`
	var ahead rest.Preview
	before := h.writes.Load()
	h.ok(h.as(h.key, "POST", "/v1/deployments/preview", to+`}`), 200, &ahead)
	if h.writes.Load() != before {
		t.Error("a preview writes")
	}
	if ahead.Channel != "Beta" || len(ahead.Asked) != 1 || ahead.Asked[0].Label != "The title" || len(ahead.Findings) != 1 || !ahead.Findings[0].Blocks {
		t.Errorf("preview = %+v", ahead)
	}
	vera := h.keyFor("vera")
	h.refused(h.as(vera, "POST", "/v1/deployments/preview", to+`}`), 403, "DeploymentCreate")
	h.refused(h.as(h.key, "POST", "/v1/deployments", to+`}`), 409, `variable "Title" has to be given`)

	h.ok(h.as(h.key, "POST", "/v1/apply", strings.ReplaceAll(channelled, "COLOUR", "green")), 200, nil)
	var d rest.Deployment
	h.ok(h.as(h.key, "POST", "/v1/deployments", to+`, "values": {"Title": "Hello"}}`), 200, &d)
	if d.Values["Title"] != "Hello" || d.Channel != "Beta" || len(d.Findings) != 1 {
		t.Errorf("the deployment = %+v, want its value and a finding that the colour has changed", d)
	}
	var again rest.Deployment
	h.ok(h.as(h.key, "GET", "/v1/deployments/"+d.ID, ""), 200, &again)
	if again.Values["Title"] != "Hello" || len(again.Findings) != 1 {
		t.Errorf("read again it is %+v", again)
	}

	h.refused(h.as(vera, "POST", "/v1/releases/"+made.ID+"/variables", ""), 403, "ReleaseCreate")
	h.refused(h.as(h.key, "POST", "/v1/releases/Releases-99/variables", ""), 404, "Releases-99")
	var updated rest.UpdatedRelease
	h.ok(h.as(h.key, "POST", "/v1/releases/"+made.ID+"/variables", ""), 200, &updated)
	if len(updated.Changed) != 1 || updated.Changed[0].What != variables.ValueChanged || updated.Number != made.Number {
		t.Errorf("updated = %+v", updated)
	}
	if frozen, err := h.records.Release(t.Context(), made.ID); err != nil || frozen.Project.Variables[1].Value != pipelines.Text("green") {
		t.Errorf("frozen is %+v, %v", frozen.Project.Variables, err)
	}
}
