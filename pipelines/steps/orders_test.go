package steps_test

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
	"slipway/pipelines/task"
	"slipway/pipelines/textform"
)

var update = flag.Bool("update", false, "write the orders as they come out now")

// TestOrders writes one order of each step type that a host carries out. The
// executor's tests read the same files: they are what both halves agree on.
func TestOrders(t *testing.T) {
	t.Parallel()
	project := sample(t, "random-quotes")
	release := pipelines.Step{
		Name: "Say hello", Roles: []string{"web"}, Timeout: pipelines.Duration(5 * time.Minute),
		Action: pipelines.Action{Type: "script", Settings: json.RawMessage(`{"body":"echo \"#{Greeting} from #{Octopus.Machine.Name}\"\necho \"installed in #{Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath}\"\nset_octopusvariable Greeted \"#{Octopus.Environment.Name}\"\n"}`)},
	}
	installation := pipelines.Step{
		Name: "Install shop", Roles: []string{"web"},
		Action: pipelines.Action{Type: "package", Settings: json.RawMessage(`{"id":"RandomQuotes","deploy":"echo #{Greeting}","substitute-in-files":["*.txt"],"config-transforms":{"automatic":true},
			"config-variables":true,"structured-variables":["settings.json"],"install-directory":"/srv/#{Octopus.Environment.Name}","purge":true,"purge-except":["uploads"],"skip-if-installed":true}`)},
	}
	site := pipelines.Step{
		Name: "Deploy web app to IIS", Roles: []string{"web"},
		Action: pipelines.Action{Type: "iis", Settings: json.RawMessage(`{"package":"RandomQuotes","config-variables":true,"post-deploy":"Write-Host '#{Greeting}'","site":{"name":"RandomQuotes-#{Octopus.Environment.Name}","web-root":"www",
			"pool":{"name":"RandomQuotes","identity":"NetworkService"},"bindings":[{"port":"1#{NGINX Port}"},{"protocol":"https","port":8443,"host":"quotes.example.org","require-sni":true,"thumbprint":"A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"}],
			"authentication":{"anonymous":true}},"offline":true,"change-retries":3,"change-pause":"2s"}`)},
	}
	project.Steps = append(project.Steps[:1:1], release, installation, site)
	project.Variables = append(project.Variables, pipelines.Variable{Name: "Greeting", Value: "Hello"})
	p := plan.Make(input(project))
	if len(p.Findings) > 0 {
		t.Fatalf("findings: %+v", p.Findings)
	}
	for i, name := range []string{"nginx", "script", "package", "iis"} {
		golden(t, name+".json", order(p, i))
	}
}

// order is what the runner makes of a step for its first target, the outputs
// of the steps before it included.
func order(p plan.Plan, i int) task.Order {
	s := p.Steps[i]
	o := task.Order{
		Format: task.Format, ID: fmt.Sprintf("%s.t%d.1", p.Deployment, s.First), Deployment: p.Deployment, Project: p.Project, Environment: p.Environment, Release: p.Release,
		Step: s.Name, Target: s.Targets[0].ID, Created: p.Created, Expires: p.Created.Add(time.Hour), Timeout: s.Timeout, Work: *s.Work, Package: s.Package,
	}
	for _, v := range p.At(i, 0) {
		o.Variables = append(o.Variables, task.Variable{Name: v.Name, Value: v.Value, Secret: v.Secret != ""})
	}
	for _, earlier := range p.Steps[:i] {
		o.Variables = append(o.Variables, task.Variable{
			Name: "Octopus.Action[" + earlier.Name + "].Output.Package.InstallationDirectoryPath", Value: "/home/deploy/Applications/Dev/RandomQuotes/1.0.7",
		})
	}
	return o
}

func sample(t *testing.T, name string) pipelines.Project {
	t.Helper()
	folder := textform.Sample(name)
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
	return doc.Projects[0]
}

func input(project pipelines.Project) plan.Input {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	quotes := task.Package{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", SHA256: strings.Repeat("a1", 32), Size: 4711}
	return plan.Input{
		Deployment: pipelines.Deployment{
			ID: "Deployments-4", ProjectID: "Projects-1", Project: project.Name, ReleaseID: "Releases-3", Release: "1.0.7",
			EnvironmentID: "Environments-1", Environment: "Dev", Created: noon,
		},
		CreatedBy: pipelines.User{ID: "Users-2", Username: "stella", DisplayName: "Stella Stone", Mail: "stella@example.org"},
		Release: pipelines.Release{
			ID: "Releases-3", Number: "1.0.7", Created: noon, Project: project,
			Packages: []pipelines.Selected{{Package: quotes.ID, Version: quotes.Version, SHA256: quotes.SHA256}},
		},
		Environment: pipelines.Environment{ID: "Environments-1", Name: "Dev"},
		Targets: []pipelines.Target{{ID: "Machines-1", Name: "web-1", Roles: []string{"web"}, Environments: []string{"Dev"},
			SSH: &pipelines.SSHAddress{Host: "web-1.example.org", User: "deploy", HostKeys: []string{"ssh-ed25519 AAAA"}}}},
		Types: steps.Types(), Packages: []task.Package{quotes}, BaseURL: "https://slipway.example.org",
		SecretVersion: func(string) (int, bool) { return 1, true },
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
	path := filepath.Join("..", "task", "testdata", "orders", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
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
