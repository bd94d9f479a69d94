package simulation

import (
	"encoding/json"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/iis"
	"slipway/pipelines/steps/nginx"
	"slipway/pipelines/task"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// Settings are the settings of a step type as a project has them.
func Settings(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// The people of the tutorial.
var (
	tutorialUsers = []pipelines.User{
		{Username: "dana", DisplayName: "Dana", Mail: "dana@example.org", Admin: true},
		{Username: "stella", DisplayName: "Stella", Mail: "stella@example.org"},
		{Username: "oskar", DisplayName: "Oskar", Mail: "oskar@example.org"},
	}
	tutorialTeams = []pipelines.Team{
		{Name: "Project Stakeholders", Members: []string{"stella", "oskar"}},
	}
)

// tutorialSetup is the project of the tutorial: one web application on NGINX, a
// sign-off behind it, and a mail however it went.
func tutorialSetup(mode Mode) Setup {
	port := func(value, environment string) pipelines.Variable {
		return pipelines.Variable{Name: "Nginx Port", Value: pipelines.Text(value), Scope: pipelines.Scope{Environments: []string{environment}}}
	}
	return Setup{
		Environments: []string{"Dev", "Test", "Prod"},
		Lifecycles: []pipelines.Lifecycle{{Name: "Dev, Test, and Prod", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}, Optional: true},
			{Name: "Test", Environments: []string{"Test"}}, {Name: "Prod", Environments: []string{"Prod"}},
		}}},
		Targets:  []pipelines.Target{target(mode, "web-1", []string{"web"}, "Dev", "Test", "Prod")},
		Users:    tutorialUsers,
		Teams:    tutorialTeams,
		Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.7"}, {Package: "RandomQuotes", Version: "1.0.8"}},
		Projects: []pipelines.Project{{
			Name: "Random Quotes", Lifecycle: "Dev, Test, and Prod",
			Variables: []pipelines.Variable{port("8081", "Dev"), port("8082", "Test"), port("8083", "Prod")},
			Steps: []pipelines.Step{
				{Name: "Deploy web app to Nginx", Roles: []string{"web"}, Retries: 2, Action: pipelines.Action{Type: "nginx", Settings: Settings(nginx.Settings{
					Package: "RandomQuotes", Bindings: []nginx.Binding{{Port: "#{NGINX Port}"}},
					Locations:    []nginx.Location{{Path: "/", Directives: []nginx.Directive{{"root": "#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}}}},
					Installation: deploypackage.Installation{PostDeploy: "systemctl restart app-#{Octopus.Environment.Name}"},
				})}},
				{Name: "Deployment Sign Off", SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "approval", Settings: Settings(approval.Settings{
					Instructions: "Open the application and confirm it meets all the requirements.", Teams: []string{"Project Stakeholders"},
				})}},
				{Name: "Random quotes deployment status", Run: pipelines.RunAlways, SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "email", Settings: Settings(email.Settings{
					To: "team@example.org", Subject: "Random quotes deployment status",
					Body: "Deployment to #{Octopus.Environment.Name}\n#{each step in Octopus.Step}\nStepName: #{step}\nStatus: #{step.Status.Code}\n#{/each}",
				})}},
			},
		}},
	}
}

// OnIIS is the other tutorial: the same way of a release, to one site for each
// environment on one Windows host.
func OnIIS(mode Mode) *World {
	w := Tutorial(mode)
	w.Name = "on-iis"
	on := &w.Setup.Targets[0]
	on.Name = "win-1"
	if on.SSM != nil {
		on.SSM = &pipelines.SSMAddress{Instance: "i-win-1", Platform: "windows"}
	}
	p := &w.Setup.Projects[0]
	for i := range p.Variables {
		p.Variables[i].Name = "IIS Port"
	}
	p.Steps[0].Name = "Deploy web app to IIS"
	p.Steps[0].Action = pipelines.Action{Type: "iis", Settings: Settings(iis.Settings{
		Package: "RandomQuotes",
		Site: &iis.Site{
			Name: "RandomQuotes-#{Octopus.Environment.Name}", Pool: iis.Pool{Name: "RandomQuotes-#{Octopus.Environment.Name}"},
			Bindings: []iis.Binding{{Port: "#{IIS Port}"}}, Authentication: &iis.Authentication{Anonymous: true},
		},
		Installation: deploypackage.Installation{ConfigVariables: true},
	})}
	return w
}

// target is a host, reached as the mode does it.
func target(mode Mode, name string, roles []string, environments ...string) pipelines.Target {
	t := pipelines.Target{Name: name, Roles: roles, Environments: environments}
	if mode == Brief {
		t.SSM = &pipelines.SSMAddress{Instance: "i-" + name, Platform: "linux"}
		t.ExecutorKey = make([]byte, 32)
	} else {
		t.Pretend = "x"
	}
	return t
}

var tutorialReleases = []ReleaseOf{
	{Project: "Random Quotes", Number: "1.0.7", Packages: map[string]string{"RandomQuotes": "1.0.7"}},
	{Project: "Random Quotes", Number: "1.0.8", Packages: map[string]string{"RandomQuotes": "1.0.8"}},
}

func to(release, environment string) requests.DeployRequest {
	return requests.DeployRequest{Project: "Random Quotes", Release: release, Environment: environment}
}

// Tutorial is the whole way of a release: Dev, Test and Prod, each with sign-off.
func Tutorial(mode Mode) *World {
	return &World{
		Name: "tutorial", Setup: tutorialSetup(mode), Releases: tutorialReleases, Fixed: true, Patience: 90 * 24 * time.Hour,
		Conduct: func(o task.Order, attempt int) Conduct {
			if o.Environment == "Test" && attempt < 3 { // the third one works
				return Conduct{Lasts: time.Minute, Outcome: task.Failed, Exit: 1}
			}
			return Conduct{Lasts: 2 * time.Minute, Outcome: task.Succeeded}
		},
		Actors: []Actor{
			{User: "dana", Do: func(p *Person) {
				p.Deploy(to("1.0.7", "Dev"), 1).Ended()
				p.Deploy(to("1.0.7", "Test"), 1).Ended()
				p.Deploy(to("1.0.7", "Prod"), 1).Ended()
			}},
			{User: "stella", Helps: true, Do: func(p *Person) {
				p.follow("Random Quotes", "1.0.7", "Test", 1).Answer(true)
				p.follow("Random Quotes", "1.0.7", "Prod", 1).Answer(true)
			}},
		},
	}
}

// Updated is the tutorial while an older build takes over for a time.
func Updated(mode Mode) *World {
	w := Tutorial(mode)
	w.Name, w.rolling, w.Patience = "updated", true, 0
	return w
}

// Rejected is a release that the stakeholders do not want.
func Rejected(mode Mode) *World {
	return &World{
		Name: "rejected", Setup: tutorialSetup(mode), Releases: tutorialReleases, Fixed: true,
		Actors: []Actor{
			{User: "dana", Do: func(p *Person) { p.Deploy(to("1.0.7", "Test"), 1).Ended() }},
			{User: "oskar", Helps: true, Do: func(p *Person) { p.follow("Random Quotes", "1.0.7", "Test", 1).Answer(false) }},
		},
	}
}

// TakenUp is a release that is rejected, taken up again, and then approved.
func TakenUp(mode Mode) *World {
	return &World{
		Name: "taken-up", Setup: tutorialSetup(mode), Releases: tutorialReleases, Fixed: true,
		Conduct: func(o task.Order, attempt int) Conduct {
			if attempt == 1 {
				return Conduct{Lasts: time.Minute, Outcome: task.Failed, Exit: 1}
			}
			return Conduct{Lasts: 90 * time.Second, Outcome: task.Succeeded}
		},
		Actors: []Actor{
			{User: "dana", Do: func(p *Person) {
				f := p.Deploy(to("1.0.7", "Test"), 1)
				f.Ended()
				if f.Resume() {
					f.Ended()
				}
			}},
			{User: "oskar", Helps: true, Do: func(p *Person) { p.follow("Random Quotes", "1.0.7", "Test", 1).Answer(false) }},
			{User: "stella", Helps: true, Do: func(p *Person) {
				f := p.follow("Random Quotes", "1.0.7", "Test", 1)
				f.Until(func(l *records.Loaded) bool { return len(l.State.Head.Resumed) > 0 })
				f.Answer(true)
			}},
		},
	}
}

// Queued are two releases on their way to one environment at once, while two
// people differ about each.
func Queued(mode Mode) *World {
	both := func(proceed bool) func(p *Person) {
		return func(p *Person) {
			for _, release := range []string{"1.0.7", "1.0.8"} {
				f := p.follow("Random Quotes", release, "Test", 1)
				f.Answer(proceed)
				f.Answer(proceed) // pressed twice
			}
		}
	}
	return &World{
		Name: "queued", Setup: tutorialSetup(mode), Releases: tutorialReleases,
		Actors: []Actor{
			{User: "dana", Do: func(p *Person) {
				a, b := p.Deploy(to("1.0.7", "Test"), 1), p.Deploy(to("1.0.8", "Test"), 1)
				a.Ended()
				b.Ended()
			}},
			{User: "stella", Helps: true, Do: both(true)}, {User: "oskar", Helps: true, Do: both(false)},
		},
	}
}

// Overtaken are two releases in one environment, of which the older one is signed
// off when the newer one has been for long: what is there is the newer one.
func Overtaken(mode Mode) *World {
	return &World{
		Name: "overtaken", Setup: tutorialSetup(mode), Releases: tutorialReleases, Fixed: true,
		Actors: []Actor{
			{User: "dana", Do: func(p *Person) {
				older := p.Deploy(to("1.0.7", "Test"), 1)
				older.Until(func(l *records.Loaded) bool { return asking(l) >= 0 || l.State.Head.Status.Ended() })
				p.Deploy(to("1.0.8", "Test"), 1).Ended()
				older.Ended()
			}},
			{User: "stella", Helps: true, Do: func(p *Person) {
				newer := p.follow("Random Quotes", "1.0.8", "Test", 1)
				newer.Answer(true)
				newer.Ended()
				p.follow("Random Quotes", "1.0.7", "Test", 1).Answer(true)
			}},
		},
	}
}

// Stopped is a deployment that is cancelled while it works, and one that is
// cancelled while it waits for people.
func Stopped(mode Mode) *World {
	works := func(l *records.Loaded) bool {
		return l.State.Head.Steps[0].Status == pipelines.Running || l.State.Head.Status.Ended()
	}
	return &World{
		Name: "stopped", Setup: tutorialSetup(mode), Releases: tutorialReleases, Fixed: true,
		Conduct: func(o task.Order, _ int) Conduct {
			if o.Release == "1.0.8" {
				return Conduct{Lasts: 12 * time.Hour, Outcome: task.Succeeded}
			}
			return Conduct{Lasts: time.Minute, Outcome: task.Succeeded}
		},
		Actors: []Actor{{User: "dana", Do: func(p *Person) {
			f := p.Deploy(to("1.0.7", "Test"), 1)
			f.Until(func(l *records.Loaded) bool { return asking(l) >= 0 || l.State.Head.Status.Ended() })
			f.Cancel()
			f.Ended()
			f = p.Deploy(to("1.0.8", "Test"), 1)
			f.Until(works)
			f.Cancel()
			f.Ended()
		}}},
	}
}
