package textform_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps"
)

func TestSampleIsValidAndShort(t *testing.T) {
	t.Parallel()
	doc := sample(t)
	for i, p := range doc.Projects {
		for _, problem := range p.Check(pipelines.Known{
			Environments: doc.Environments, Lifecycles: doc.Lifecycles, Teams: doc.Teams,
			ActionProblems: steps.Problems(steps.Types()),
		}) {
			t.Errorf("project %d: %s", i, problem)
		}
	}
	for _, l := range doc.Lifecycles {
		for _, problem := range l.Check(doc.Environments) {
			t.Errorf("lifecycle: %s", problem)
		}
	}
	for _, team := range doc.Teams {
		for _, problem := range team.Check(doc.Users, doc.UserRoles, doc.Environments) {
			t.Errorf("team: %s", problem)
		}
	}
}

func TestSampleIsShortAndKeepsItsFilesAsTheyAre(t *testing.T) {
	t.Parallel()
	folder := samples(t)
	if n := bytes.Count(folder["slipway.yaml"], []byte("\n")); n >= 80 {
		t.Errorf("slipway.yaml has %d lines; it should stay below 80", n)
	}
	doc := sample(t)
	settings := string(doc.Projects[0].Steps[0].Action.Settings)
	if !strings.Contains(settings, `Replace \"[^a-zA-Z0-9]\" -`) {
		t.Errorf("the post-deployment script is not in the settings: %s", settings)
	}
	if got, want := doc.Projects[0].Variables[2].Value, pipelines.Text("8083"); got != want {
		t.Errorf("the port of Prod is %q, want %q", got, want)
	}
}

func samples(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	folder := sampleFolder()
	for _, name := range []string{"slipway.yaml", "status.txt", "start-unicorn.sh"} {
		b, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	return out
}
