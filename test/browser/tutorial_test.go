package browser

import (
	"os"
	"path/filepath"
	"testing"
)

// tutorial is the second tutorial's configuration: its people, teams and
// environments. The host is a pretend one.
const tutorial = `
environments: [Dev, Test, Prod]
lifecycles:
  - name: Dev, Test, and Prod
    description: Progression from the Dev to the Prod environments
    phases:
      - { name: Dev, environments: [Dev], optional: true }
      - { name: Test, environments: [Test] }
      - { name: Prod, environments: [Prod] }
users:
  - { username: internaldeployer, display-name: Internal Deployer, mail: internaldeployer@example.org }
  - { username: productiondeployer, display-name: Production Deployer, mail: productiondeployer@example.org }
  - { username: stella, display-name: Stella Stone, mail: stella@example.org }
user-roles:
  - { name: Night shift, description: Deploys when all sleep, permissions: [DeploymentCreate, TaskCancel] }
feeds:
  - { name: Artifactory, type: nuget, url: "http://127.0.0.1:9/nuget" }
teams:
  - name: Internal Deployers
    description: Grants access to perform a deployment to the internal environments
    members: [internaldeployer]
    roles: [{ role: Deployment creator, environments: [Dev, Test] }, { role: Project viewer }]
  - name: Production Deployers
    description: Grants access to perform a deployment to the production environment
    members: [productiondeployer]
    roles: [{ role: Deployment creator, environments: [Prod] }, { role: Project viewer }]
  - name: Project Stakeholders
    description: Sign off what was deployed to Test and Prod
    members: [stella]
    roles: [{ role: Project viewer }]
targets:
  - { name: win-1, pretend: host, environments: [Dev, Test, Prod], roles: [web] }
variable-sets:
  - name: Shared
    variables: [{ name: Greeting, value: "Hello from #{Octopus.Environment.Name}" }]
projects:
  - name: Random Quotes
    description: Quotes of people, one at a time.
    lifecycle: Dev, Test, and Prod
    variable-sets: [Shared]
    variables:
      - { name: EnvironmentName, value: "#{Octopus.Environment.Name}" }
      - { name: IIS Port, value: 8081, environments: [Dev] }
      - { name: IIS Port, value: 8082, environments: [Test] }
      - { name: IIS Port, value: 8083, environments: [Prod] }
    steps:
      - name: Deploy web app to IIS
        roles: [web]
        iis:
          package: RandomQuotes
          site:
            name: "RandomQuotes-#{Octopus.Environment.Name}"
            pool: { name: "RandomQuotes-#{Octopus.Environment.Name}", framework: v4.0 }
            bindings: [{ port: "#{IIS Port}" }]
            authentication: { anonymous: true, windows: false }
          config-variables: true
      - name: Deployment Sign Off
        skip-environments: [Dev]
        approval:
          instructions: Open the application and confirm it meets all the requirements.
          teams: [Project Stakeholders]
      - name: Random quotes deployment status
        skip-environments: [Dev]
        run: always
        email:
          to: team@example.org
          subject: Random quotes deployment status
          body: "Deployment to #{Octopus.Environment.Name}"
`

// startTutorial is a server with the tutorial's people and the release 1.0.10,
// which is nowhere yet.
func startTutorial(t *testing.T) *server {
	t.Helper()
	s := start(t)
	file := filepath.Join(s.dir, "slipway.yaml")
	must(t, os.WriteFile(file, []byte(tutorial), 0o600))
	s.slipway("", "apply", file, "--owner", "tutorial", "--yes")
	for _, name := range []string{"internaldeployer", "productiondeployer", "stella"} {
		s.slipway(password+"\n", "user", "password", name, "--password-stdin")
	}
	content := filepath.Join(s.dir, "app")
	must(t, os.MkdirAll(content, 0o755))
	must(t, os.WriteFile(filepath.Join(content, "index.html"), []byte("quotes"), 0o644))
	s.slipway("", "pack", content, "--id", "RandomQuotes", "--version", "1.0.10", "--out", s.dir)
	s.slipway("", "push", filepath.Join(s.dir, "RandomQuotes.1.0.10.nupkg"))
	s.slipway("", "release", "create", "Random Quotes", "--number", "1.0.10")
	return s
}

// deploy brings a release on its way, as the administrator, and gives the
// deployment's id.
func (s *server) deploy(environment string) string {
	s.t.Helper()
	out := s.slipway("", "deploy", "Random Quotes", "1.0.10", environment)
	id := deploymentID.FindString(out)
	if id == "" {
		s.t.Fatalf("no deployment in %q", out)
	}
	return id
}
