package stored

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// life is one deployment and everything that happens to it.
type life struct {
	name    string
	process []pipelines.Step
	targets int
	// late changes the plan once it is made.
	late func(*plan.Plan)
	// happens are turns: events that are applied together.
	happens [][]graph.Happening
}

// oneByOne makes a turn of each event.
func oneByOne(all ...graph.Happening) [][]graph.Happening {
	var out [][]graph.Happening
	for _, h := range all {
		out = append(out, []graph.Happening{h})
	}
	return out
}

func action(kind, settings string) pipelines.Action {
	return pipelines.Action{Type: kind, Settings: json.RawMessage(settings)}
}

func nginx() pipelines.Step {
	return pipelines.Step{Name: "Deploy web app to Nginx", Roles: []string{"web"}, Window: "100%", Retries: 2, Timeout: pipelines.Duration(10 * time.Minute), Action: action("nginx",
		`{"package":"RandomQuotes","bindings":[{"port":"#{Nginx Port}"}],"locations":[{"path":"/","directives":[{"root":"#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}]}],"post-deploy":"echo #{Greeting}\n","services":["RandomQuotes-#{Octopus.Environment.Name}"]}`)}
}

func script(name string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: action("script", `{"body":"echo #{Greeting}\n"}`)}
}

func signOff() pipelines.Step {
	return pipelines.Step{Name: "Deployment Sign Off", Action: action("approval", `{"instructions":"Look at it.","teams":["Project Stakeholders"]}`)}
}

func tell() pipelines.Step {
	return pipelines.Step{Name: "Tell", Run: pipelines.RunAlways, Action: action("email", `{"to":"team@example.org","subject":"status","body":"#{each step in Octopus.Step}#{step} #{step.Status.Code}\n#{/each}"}`)}
}

// tutorial is the process of the tutorial.
func tutorial() []pipelines.Step { return []pipelines.Step{nginx(), signOff(), tell()} }

// installed is the good report of an attempt.
func installed(number, attempt int) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: attempt, Outcome: task.Succeeded, Outputs: map[string]string{"Package.InstallationDirectoryPath": "/home/deploy/Applications/Test/RandomQuotes/1.0.7"},
		Installed: &graph.Folder{Directory: "/home/deploy/Applications/Test/RandomQuotes/1.0.7"}}
}

func failed(number, attempt int, message string) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: attempt, Outcome: task.Failed, Exit: 3, Message: message}
}

// begun is a tutorial up to its sign-off, with one attempt that failed.
func begun() []graph.Happening {
	return []graph.Happening{graph.Started{}, failed(0, 1, "nginx refused the configuration"), graph.TimerRang{Task: 0, Attempt: 1}, installed(1, 1), installed(0, 2)}
}

func answer(step int, proceed bool, note string) graph.Answered {
	return graph.Answered{Step: step, Proceed: proceed, UserID: "Users-1", Called: "Stella", Mail: "stella@example.org", Note: note, Via: "mail link"}
}

// wide reports of many targets, several of them in one turn.
func wide(first, n, together int) [][]graph.Happening {
	var out [][]graph.Happening
	for i := 0; i < n; i += together {
		var turn []graph.Happening
		for k := i; k < min(i+together, n); k++ {
			turn = append(turn, installed(first+k, 1))
		}
		out = append(out, turn)
	}
	return out
}

func planOf(d pipelines.Deployment, l life) plan.Plan {
	var targets []pipelines.Target
	for i := range max(2, l.targets) {
		n := fmt.Sprint(i + 1)
		targets = append(targets, pipelines.Target{ID: "Machines-" + n, Name: "web-" + n, Roles: []string{"web"}, Environments: []string{"Test"}, SSH: &pipelines.SSHAddress{Host: "web-" + n + ".example.org", User: "deploy"}})
	}
	process := l.process
	if process == nil {
		process = tutorial()
	}
	p := plan.Make(plan.Input{
		Deployment: d, Environment: pipelines.Environment{ID: d.EnvironmentID, Name: d.Environment, SortOrder: 1}, Targets: targets,
		CreatedBy: pipelines.User{ID: "Users-1", Username: "stella", DisplayName: "Stella", Mail: "stella@example.org"}, Types: steps.Types(), BaseURL: "https://slipway.example.org",
		Packages:      []task.Package{{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", SHA256: strings.Repeat("a1", 32), Size: 4711}},
		SecretVersion: func(string) (int, bool) { return 2, true },
		Release: pipelines.Release{ID: "Releases-1", Number: "1.0.7", Created: d.Created, Packages: d.Packages, Project: pipelines.Project{
			Name: d.Project, Steps: process,
			Variables: []pipelines.Variable{
				{Name: "Nginx Port", Value: "8082", Scope: pipelines.Scope{Environments: []string{"Test"}}}, {Name: "Password", Secret: "db"},
				{Name: "Greeting", Value: "second", Scope: pipelines.Scope{Targets: []string{"web-2"}}}, {Name: "Greeting", Value: "Hello"},
			},
		}},
	})
	if l.late != nil {
		l.late(&p)
	}
	return p
}
