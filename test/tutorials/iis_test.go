package tutorials

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/aspnet"
	"slipway/test/feedserver"
	"slipway/web/rest"
)

const statusMail = "Random quotes deployment status"

// TestIIS is the tutorial from the build's push to production, with a site for each environment. The parts go on from each other.
func TestIIS(t *testing.T) {
	t.Parallel()
	w := newIISWorld(t)
	w.configure()
	w.releasedFromFeed()
	internal, production := w.as("internaldeployer"), w.as("productiondeployer")
	w.ends(internal.deploy(iisProject, "1.0.10", "Dev"), pipelines.Succeeded)
	w.serves("RandomQuotes-Dev", "Dev", w.installed("Dev", "1.0.10"))
	if n := w.mails(statusMail); n != 0 {
		t.Errorf("%d mails about Dev, want none", n)
	}
	heldBack(t, internal, production)
	w.signedOffInTest(internal)
	w.signedOff(production.deploy(iisProject, "1.0.10", "Prod"))
	for environment := range iisPorts {
		w.serves("RandomQuotes-"+environment, environment, w.installed(environment, "1.0.10"))
	}
	if n := w.mails(statusMail); n != 2 {
		t.Errorf("%d mails about Test and Prod, want one each", n)
	}

	// The same once more goes into a fresh folder, and the former one stays as it was.
	w.signedOff(internal.deploy(iisProject, "1.0.10", "Test"))
	w.serves("RandomQuotes-Test", "Test", w.installed("Test", "1.0.10_1"))
	w.sameAsPacked(w.installed("Test", "1.0.10"))
	w.audited()
	w.host.heldToRules()

	t.Run("pages", func(t *testing.T) {
		for environment := range iisPorts {
			t.Run(environment, func(t *testing.T) {
				t.Parallel()
				wants(t, "the page", aspnet.Page(t, w.host.in(t).folder("RandomQuotes-"+environment)), "running in "+environment)
			})
		}
	})
	t.Run("the built-in feed", func(t *testing.T) { fromBuiltInFeed(t, w.in(t)) })
	t.Run("a dead feed", func(t *testing.T) { deadFeed(t, w.in(t)) })
}

// releasedFromFeed pushes two versions as the build does. The newest one is proposed, which is not the last one in the order of letters,
// and its hash is recorded.
func (w *iisWorld) releasedFromFeed() {
	w.t.Helper()
	nupkg := octoPacked(w.t, "1.0.10")
	if status := nugetPush(w.t, w.feed.URL, "admin:wrong", nupkg); status != http.StatusUnauthorized {
		w.t.Errorf("a push with a wrong key = %d", status)
	}
	for _, packed := range [][]byte{octoPacked(w.t, "1.0.9"), nupkg} {
		if status := nugetPush(w.t, w.feed.URL, feedKey, packed); status != http.StatusCreated {
			w.t.Fatalf("the build's push to Artifactory = %d", status)
		}
	}
	wants(w.t, "export", w.slipway("", "export", "project", iisProject), "name: Deploy web app to IIS", "roles: [web]", "feed: Artifactory", "package: RandomQuotes",
		"name: "+sampleNames, "#{IIS Port}", "anonymous: true")
	wants(w.t, "release create", w.slipway("", "release", "create", iisProject), "release 1.0.10 of Random Quotes with RandomQuotes 1.0.10 from Artifactory")
	var release rest.Release
	w.get("/v1/projects/Random%20Quotes/releases/1.0.10", &release)
	if p := release.Packages; len(p) != 1 || p[0].SHA256 != sha256Of(nupkg) || p[0].Feed != "Artifactory" {
		w.t.Errorf("the release has %+v, want the hash %s of what was pushed", p, sha256Of(nupkg))
	}
}

// heldBack: the lifecycle says when, the teams say who.
func heldBack(t *testing.T, internal, production *world) {
	t.Helper()
	if status, words := production.ordered("1.0.10", "Prod"); status != http.StatusConflict || !strings.Contains(words, "phase Test needs 1 success") {
		t.Errorf("Prod before Test = %d %s", status, words)
	}
	if status, words := internal.ordered("1.0.10", "Prod"); status != http.StatusForbidden {
		t.Errorf("Prod by who may deploy to Dev and Test = %d %s", status, words)
	}
	if status, words := production.ordered("1.0.10", "Test"); status != http.StatusForbidden {
		t.Errorf("Test by who may deploy to Prod = %d %s", status, words)
	}
}

// signedOffInTest: Test is live before somebody else signs it off, and the mail comes after that.
func (w *iisWorld) signedOffInTest(internal *world) {
	w.t.Helper()
	id := internal.deploy(iisProject, "1.0.10", "Test")
	w.waitsForPeople(id)
	w.serves("RandomQuotes-Test", "Test", w.installed("Test", "1.0.10"))
	if out, _, code := internal.try("", "approve", id); code == 0 {
		w.t.Errorf("who is no stakeholder has signed off: %s", out)
	}
	answer := step(w.t, w.signedOff(id), "Deployment Sign Off").Answer
	if answer == nil || answer.By != "Stella Stone (stella)" || answer.Note != "it meets all the requirements" {
		w.t.Errorf("the sign-off is %+v", answer)
	}
	mail := w.mail(statusMail)
	wants(w.t, "mail", mail, "Deployment to Test\n", "StepName: Deploy web app to IIS\nStatus: Succeeded", "StepName: Deployment Sign Off\nStatus: Succeeded")
	if strings.Contains(mail, "#{") {
		w.t.Errorf("the mail has expressions in it: %s", mail)
	}
}

// sameAsPacked checks what lies in a folder: the files, without what a package describes itself with.
func (w *iisWorld) sameAsPacked(folder string) {
	w.t.Helper()
	var names []string
	must(w.t, filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(folder, path)
			names = append(names, name)
		}
		return err
	}))
	if got := strings.Join(names, " "); got != "Default.aspx Web.config bin/roslyn/csc.exe bin/roslyn/csc.exe.config" {
		w.t.Errorf("%s holds %s", folder, got)
	}
}

// audited: who did what stands in the audit log.
func (w *iisWorld) audited() {
	w.t.Helper()
	log, err := w.server.Records.AuditLog(w.t.Context(), time.Time{}, 1000)
	must(w.t, err)
	var all strings.Builder
	for _, e := range log {
		all.WriteString(e.Username + ": " + e.Category + ": " + e.Message + "\n")
	}
	wants(w.t, "audit log", all.String(), "internaldeployer: DeploymentQueued: deploy Random Quotes 1.0.10 to Dev\n",
		"internaldeployer: DeploymentQueued: deploy Random Quotes 1.0.10 to Test\n", "productiondeployer: DeploymentQueued: deploy Random Quotes 1.0.10 to Prod\n", "stella: ")
	if strings.Contains(all.String(), phrase) {
		w.t.Errorf("the audit log holds a password:\n%s", all.String())
	}
}

// fromBuiltInFeed does the same with a package that the build pushes to Slipway; one line of the project differs.
func fromBuiltInFeed(t *testing.T, w *iisWorld) {
	nupkg := octoPacked(t, "1.0.11")
	if status := nugetPush(t, w.url+"/nuget/packages", "API-NOSUCHKEY", nupkg); status != http.StatusUnauthorized && status != http.StatusForbidden {
		t.Errorf("a push with a wrong key = %d", status)
	}
	if status := nugetPush(t, w.url+"/nuget/packages", w.key, nupkg); status != http.StatusCreated {
		t.Fatalf("the build's push to Slipway = %d", status)
	}
	ours := []string{"          feed: Artifactory\n", ""}
	difference := w.slipway("", "diff", w.sample(ours...), "--owner", "tutorials")
	if changed := matching(difference, `^(~|    [-+]) `); len(changed) != 2 || !strings.Contains(changed[1], "- ") || !strings.Contains(changed[1], "feed: Artifactory") {
		t.Errorf("between the two feeds lies\n%s\nwant one setting", difference)
	}
	w.applySample(ours...)
	wants(t, "release create", w.slipway("", "release", "create", iisProject), "release 1.0.11 of Random Quotes with RandomQuotes 1.0.11\n")
	w.ends(w.deploy(iisProject, "1.0.11", "Dev"), pipelines.Succeeded)
	w.serves("RandomQuotes-Dev", "Dev", w.installed("Dev", "1.0.11"))
	w.applySample()
}

// deadFeed: nobody answers there. That is said soon, and holds up nobody else.
func deadFeed(t *testing.T, w *iisWorld) {
	w.feed.Fail(feedserver.Dead)
	defer w.feed.Fail(feedserver.None)
	type said struct {
		words string
		code  int
		took  time.Duration
	}
	done, begun := make(chan said, 1), time.Now()
	go func() {
		_, words, code := w.try("", "release", "create", iisProject)
		done <- said{words, code, time.Since(begun)}
	}()
	asked := 0
	for ended := false; !ended; {
		select {
		case s := <-done:
			ended = true
			if s.code == 0 || !strings.Contains(s.words, "feed Artifactory") || s.took > 10*time.Second {
				t.Errorf("with a dead feed `release create` ended with %d after %s: %s", s.code, s.took, s.words)
			}
		default:
			looked := time.Now()
			if status, err := w.ask("GET", "/", nil, nil); err != nil || time.Since(looked) > 2*time.Second {
				t.Errorf("meanwhile the dashboard = %d after %s, %v", status, time.Since(looked), err)
			}
			asked++
			time.Sleep(50 * time.Millisecond)
		}
	}
	if asked < 10 {
		t.Errorf("the dashboard was asked %d times only while the feed was dead", asked)
	}
	// What was fetched before needs no feed any more.
	w.ends(w.deploy(iisProject, "1.0.10", "Dev"), pipelines.Succeeded)
}
