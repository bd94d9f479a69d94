package steps

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
)

func step(kind, settings string, roles ...string) pipelines.Step {
	return pipelines.Step{Name: "S", Roles: roles, Action: pipelines.Action{Type: kind, Settings: json.RawMessage(settings)}}
}

func TestTypesAreFoundByTheirName(t *testing.T) {
	t.Parallel()
	if got := strings.Join(slices.Sorted(maps.Keys(Types())), " "); got != "approval email iis nginx package script" {
		t.Errorf("Types = %s", got)
	}
	for name, kind := range Types() {
		if kind.Name() != name {
			t.Errorf("%s calls itself %s", name, kind.Name())
		}
		if a, b := kind.Settings(), kind.Settings(); a == b {
			t.Errorf("%s hands out one settings struct twice", name)
		}
		if found := kind.Check(json.RawMessage(`{"`)); len(found) != 1 {
			t.Errorf("%s: Check of broken settings = %v, want one problem", name, found)
		}
		if found := kind.Check(json.RawMessage(`{}`)); len(found) == 0 {
			t.Errorf("%s: Check of no settings finds nothing", name)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step pipelines.Step
		want string
	}{
		{step("script", `{"body":"echo"}`, "web"), ""},
		{step("script", `{"body":"echo"}`), "steps[0].script: step S runs on targets and names no role: say `roles: [web]`, with the role its targets have"},
		{step("script", `{}`, "web"), "steps[0].script.body: a script needs a body: the text, or { file: deploy.sh }"},
		{step("approval", `{"instructions":"look"}`), ""},
		{step("magic", `{}`), "steps[0].magic: there is no step type magic"},
	} {
		var got []string
		for _, p := range Problems(Types())(pipelines.Project{Steps: []pipelines.Step{c.step}}, nil) {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("Problems(%s %s) = %q, want %q", c.step.Action.Type, c.step.Action.Settings, text, c.want)
		}
	}
}

func TestPackages(t *testing.T) {
	t.Parallel()
	off := step("nginx", `{"package":"Off"}`)
	off.Disabled = true
	got := Packages(Types(), []pipelines.Step{
		step("nginx", `{"package":"A"}`), step("script", `{"body":"echo"}`), step("nginx", `{"package":"a"}`), step("nginx", `{"package":"B"}`), off, step("magic", `{}`),
	})
	if text := strings.Join(got, " "); text != "A B" {
		t.Errorf("Packages = %s, want each once, and none of a disabled step", text)
	}
}
