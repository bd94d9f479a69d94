package steps

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestAllowedAreThingsThatTheStepClaims(t *testing.T) {
	t.Parallel()
	const site = `{"package":"A","bindings":[{"port":80}],"locations":[{"path":"/"}]}`
	for _, c := range []struct {
		kind, settings string
		allow          []string
		want           string
	}{
		{"nginx", site, []string{"port", "NGINX site"}, ""},
		{"nginx", site, []string{"prot"}, `steps[0].nginx: step S allows "prot", which it does not claim: what it claims is nginx site, port`},
		{"script", `{"body":"echo"}`, []string{"port"}, `steps[0].script: step S allows "port", which it does not claim: what it claims is nothing`},
		{"approval", `{"instructions":"look"}`, []string{"port"}, `steps[0].approval: step S runs on no target: roles, window, retries, timeout, no-targets and allow mean nothing here, remove them`},
	} {
		s := step(c.kind, c.settings, "web")
		if c.kind == "approval" {
			s.Roles = nil
		}
		s.Allow = c.allow
		var got []string
		for _, p := range Problems(Types())(pipelines.Project{Steps: []pipelines.Step{s}}, nil) {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s allows %v: %q, want %q", c.kind, c.allow, text, c.want)
		}
	}
}
