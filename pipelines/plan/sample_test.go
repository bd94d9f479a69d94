package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/nginx"
	"slipway/pipelines/steps/script"
	"slipway/pipelines/task"
	"slipway/pipelines/textform"
)

var update = flag.Bool("update", false, "write the plans as they come out now")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// sample is the project of the Ruby tutorial as a user writes it.
func sample(t testing.TB) textform.Nouns {
	t.Helper()
	folder := textform.Sample("random-quotes")
	read := func(name string) ([]byte, error) { return fs.ReadFile(folder, name) }
	text, err := read("slipway.yaml")
	if err != nil {
		t.Fatal(err)
	}
	types := textform.StepTypes{}
	for name, kind := range steps.Types() {
		types[name] = kind.Settings
	}
	doc, found := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: text}}, types, read)
	if len(found) > 0 {
		t.Fatalf("the sample has problems: %v", found)
	}
	for i := range doc.Environments {
		doc.Environments[i].ID, doc.Environments[i].SortOrder = fmt.Sprintf("Environments-%d", i+1), i
	}
	doc.Projects[0].ID = "Projects-1"
	return doc.Nouns
}

var quotes = task.Package{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", SHA256: strings.Repeat("a1", 32), Size: 4711}

// web is a target in every environment of the sample.
func web(number int) pipelines.Target {
	return pipelines.Target{
		ID: fmt.Sprintf("Machines-%d", number), Name: fmt.Sprintf("web-%d", number), Roles: []string{"web"}, Environments: []string{"Dev", "Test", "Prod"},
		SSH: &pipelines.SSHAddress{Host: fmt.Sprintf("web-%d.example.org", number), User: "deploy", HostKeys: []string{"ssh-ed25519 AAAA"}},
	}
}

// input is a deployment of release 1.0.7 of a project to one environment.
func input(project pipelines.Project, e pipelines.Environment, targets ...pipelines.Target) plan.Input {
	return plan.Input{
		Deployment: pipelines.Deployment{
			ID: "Deployments-4", ProjectID: project.ID, Project: project.Name, ReleaseID: "Releases-3", Release: "1.0.7",
			EnvironmentID: e.ID, Environment: e.Name, Created: noon.Add(time.Hour), Replaces: "1.0.6",
		},
		CreatedBy: pipelines.User{ID: "Users-2", Username: "stella", DisplayName: "Stella Stone", Mail: "stella@example.org"},
		Release: pipelines.Release{
			ID: "Releases-3", ProjectID: project.ID, Number: "1.0.7", Notes: "Better quotes.", Created: noon, Project: project,
			Packages: []pipelines.Selected{{Package: quotes.ID, Version: quotes.Version, SHA256: quotes.SHA256}},
		},
		Environment: e, Targets: targets, Types: steps.Types(), Packages: []task.Package{quotes}, BaseURL: "https://slipway.example.org",
		SecretVersion: func(string) (int, bool) { return 0, false },
	}
}

var dev = pipelines.Environment{ID: "Environments-1", Name: "Dev"}

// deploying is a plan of steps in Dev on web-1.
func deploying(process ...pipelines.Step) plan.Input {
	return input(pipelines.Project{ID: "Projects-1", Name: "P", Steps: process}, dev, web(1))
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func runs(name, body string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: raw(script.Settings{Body: pipelines.Text(body)})}}
}

func serves(name, port string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "nginx", Settings: raw(nginx.Settings{
		Package: "RandomQuotes", ConfigName: name, Bindings: []nginx.Binding{{Port: nginx.Scalar(port)}}, Locations: []nginx.Location{{Path: "/"}},
	})}}
}

func asks(name, instructions string) pipelines.Step {
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "approval", Settings: raw(approval.Settings{Instructions: pipelines.Text(instructions)})}}
}

func mails(name, body string) pipelines.Step {
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "email", Settings: raw(email.Settings{To: "a@example.org", Subject: "s", Body: pipelines.Text(body)})}}
}

// TestPlansOfTheTutorial: what a deployment of the sample will do in each
// environment, as files to be read.
func TestPlansOfTheTutorial(t *testing.T) {
	t.Parallel()
	nouns := sample(t)
	for _, e := range nouns.Environments {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			p := plan.Make(input(nouns.Projects[0], e, web(1)))
			if len(p.Findings) > 0 {
				t.Errorf("findings: %+v", p.Findings)
			}
			golden(t, "tutorial-"+strings.ToLower(e.Name)+".json", p)
			again, _, err := p.Encode()
			if err != nil {
				t.Fatal(err)
			}
			back, err := plan.Decode(again)
			if err != nil {
				t.Fatal(err)
			}
			if twice, _, _ := back.Encode(); !bytes.Equal(twice, again) {
				t.Errorf("a decoded plan encodes as\n%s\nwant\n%s", twice, again)
			}
		})
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("%s comes out as\n%s\nwant\n%s", name, got, want)
	}
}
