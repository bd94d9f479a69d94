package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/executor/carried"
	"slipway/test/feedserver"
)

const (
	iisSample   = "../../pipelines/textform/samples/random-quotes-iis"
	iisInstance = "i-0123456789abcdef0"
)

// TestTutorialOnIIS goes from a package in Artifactory to sites in three environments on an instance with Windows, by Systems Manager. What
// is sent is the script for PowerShell; see WindowsAgent for what becomes of it here.
func TestTutorialOnIIS(t *testing.T) {
	beside(t)
	if _, _, err := carried.Packed("windows", "amd64"); err != nil {
		missing(t, "the executor for Windows is not built: make executor")
	}
	agent := NewWindowsAgent(t)
	w := newWorld(t, Variant{})
	w.AddWindows(iisInstance, agent)
	feed := feedserver.Start(t, feedserver.Options{User: "admin", Password: "password of the feed"})
	files := map[string]string{}
	for _, name := range []string{"Default.aspx", "Web.config"} {
		b, err := os.ReadFile(filepath.Join("../tutorials/randomquotes-aspnet", name))
		must(t, err)
		files[name] = string(b)
	}
	for _, version := range []string{"1.0.9", "1.0.10"} {
		must(t, feed.Add(feedserver.Nupkg(t, "RandomQuotes", version, files)))
	}
	w.slipway("", "apply", withFeed(t, feed.URL), "--yes")
	w.slipway("password of the feed\n", "secret", "set", "artifactory")
	w.apply("targets:\n  - name: win-1\n    roles: [web]\n    environments: [Dev, Test, Prod]\n    ssm: { instance: " + iisInstance + ", platform: windows }\n")
	wants(t, "release create", w.slipway("", "release", "create", "Random Quotes"), "release 1.0.10 of Random Quotes with RandomQuotes 1.0.10 from Artifactory")

	w.becomes(w.deploy("Random Quotes", "1.0.10", "Dev"), pipelines.Succeeded)
	if _, problems, code := w.try("", "deploy", "Random Quotes", "1.0.10", "Prod"); code == 0 || !strings.Contains(problems, "phase Test needs 1 success") {
		t.Errorf("Prod before Test = %d %s", code, problems)
	}
	for _, environment := range []string{"Test", "Prod"} {
		id := w.deploy("Random Quotes", "1.0.10", environment)
		w.becomes(id, pipelines.Waiting)
		w.signOff(id, environment, "stella", "approve")
		w.becomes(id, pipelines.Succeeded)
		wants(t, "status mail", w.statusMail(environment), "StepName: Deploy web app to IIS\nStatus: Succeeded")
	}

	for environment, port := range ports {
		site := "RandomQuotes-" + environment
		wants(t, site, agent.Appcmd(t, "list", "site", site), fmt.Sprintf("bindings:http/*:%d:,state:Started)", port))
		folder := agent.Appcmd(t, "list", "vdir", site+"/", "/text:physicalPath")
		if !strings.HasSuffix(folder, "/Applications/"+environment+"/RandomQuotes/1.0.10") {
			t.Errorf("%s serves %s", site, folder)
		}
		config, err := os.ReadFile(filepath.Join(folder, "Web.config"))
		must(t, err)
		if want := strings.Replace(files["Web.config"], `value="DEV"`, `value="`+environment+`"`, 1); string(config) != want {
			t.Errorf("Web.config of %s =\n%s\nwant\n%s", environment, config, want)
		}
	}
	sent := w.SSM.History()
	if len(sent) < 3 {
		t.Errorf("%d commands by Systems Manager, want one for each environment at least", len(sent))
	}
	for _, s := range sent {
		if s.Document != "AWS-RunPowerShellScript" {
			t.Errorf("an instance with Windows got %s", s.Document)
		}
		if b, err := json.Marshal(s); err != nil || strings.Contains(string(b), "password of") || strings.Contains(string(b), "EnvironmentName") {
			t.Errorf("what Systems Manager keeps shows what was run (%v): %.300s", err, b)
		}
	}
}

// statusMail waits for the mail about an environment.
func (w *world) statusMail(environment string) string {
	w.t.Helper()
	text := ""
	w.until("the status mail of "+environment, 40*time.Second, func() bool {
		for _, m := range w.Mails.Mails() {
			parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
			if err != nil || !slices.Contains(m.To, "team@example.org") {
				continue
			}
			text = plain(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
			if strings.HasPrefix(text, "Deployment to "+environment+"\n") {
				return true
			}
		}
		return false
	})
	return text
}

// withFeed is the example project with another address of its feed.
func withFeed(t *testing.T, url string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "random-quotes-iis")
	must(t, os.CopyFS(dir, os.DirFS(iisSample)))
	file := filepath.Join(dir, "slipway.yaml")
	text, err := os.ReadFile(file)
	must(t, err)
	const theirs = "http://localhost:8041/artifactory/api/nuget/NuGet"
	if !strings.Contains(string(text), theirs) {
		t.Fatalf("the example has no feed at %s any more", theirs)
	}
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), theirs, url)), 0o600))
	return dir
}
