package requests_test

import (
	"bytes"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// quotes is a project that waits for its package.
func (k *kit) quotes() string {
	k.places()
	return k.project(pipelines.Project{Name: "Quotes", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{installs("Install", "Quotes")}})
}

func TestReceivePackage(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.quotes()
	first := k.push("Quotes", "1.0.0", "one")
	if first.Existed || first.Package.Format != "nupkg" || first.Package.ArrivedBy != "Admin" || len(first.Releases) != 1 || first.Releases[0].Number != "1.0.0" || len(first.Deployments) != 1 {
		t.Fatalf("ReceivePackage = %+v", first)
	}
	if got := first.Releases[0].Packages[0].SHA256; got != first.Package.SHA256 {
		t.Errorf("the release has chosen %s, want %s", got, first.Package.SHA256)
	}
	k.until(first.Deployments[0].ID, pipelines.Succeeded)

	again := k.push("Quotes", "1.0.0", "one")
	if !again.Existed || len(again.Releases) != 0 || len(again.Deployments) != 0 {
		t.Errorf("the same bytes again = %+v, want that nothing follows", again)
	}
	_, err := k.ReceivePackage(t.Context(), k.admin, nupkg(t, "Quotes", "1.0.0", "two"))
	refused(t, "other bytes", err, pipelines.Conflict, "a version never changes, give the new build a new version")
	_, err = k.ReceivePackage(t.Context(), k.admin, requests.Upload{FileName: "Quotes.1.0.1.nupkg", Content: strings.NewReader("no zip"), Size: 6})
	if code := pipelines.CodeOf(err); code != pipelines.Invalid {
		t.Errorf("a bad zip = %v (%q), want invalid", err, code)
	}
	releases, err := k.Records.Releases(t.Context(), project, 0)
	must(t, err)
	if len(releases) != 1 {
		t.Errorf("%d releases, want 1", len(releases))
	}
	stranger := k.user("stranger", pipelines.RoleGrant{Role: "Project lead", Projects: []string{"Quotes"}})
	_, err = k.ReceivePackage(t.Context(), stranger, nupkg(t, "Other", "1.0.0", ""))
	refused(t, "a push without the right everywhere", err, pipelines.Forbidden, "BuiltInFeedPush")
}

// TestACrashIsHealedByPushingAgain: wherever the first push stopped.
func TestACrashIsHealedByPushingAgain(t *testing.T) {
	t.Parallel()
	for _, stopped := range []string{"after the package", "after the release"} {
		t.Run(stopped, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			project := k.quotes()
			k.change(project, func(p *pipelines.Project) { p.Triggers = nil }) // so that nothing follows
			first := k.push("Quotes", "1.0.0", "one")
			if stopped == "after the release" {
				k.release("Quotes")
			}
			k.change(project, func(p *pipelines.Project) { p.Triggers = []pipelines.Trigger{{Package: "quotes"}} })
			again := k.push("Quotes", "1.0.0", "one")
			if !again.Existed || again.Package.SHA256 != first.Package.SHA256 || len(again.Deployments) != 1 {
				t.Fatalf("pushing again = %+v, want the deployment that was owed", again)
			}
			k.until(again.Deployments[0].ID, pipelines.Succeeded)
			if releases, err := k.Records.Releases(t.Context(), project, 0); err != nil || len(releases) != 1 {
				t.Errorf("%d releases, %v; want one", len(releases), err)
			}
		})
	}
}

func TestPushingTheSameAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.quotes()
	up := nupkg(t, "Quotes", "1.0.0", "one")
	content := make([]byte, up.Size)
	_, err := up.Content.ReadAt(content, 0)
	must(t, err)
	results := make(chan error, 6)
	for range cap(results) {
		go func() {
			_, err := k.ReceivePackage(t.Context(), k.admin, requests.Upload{FileName: up.FileName, Content: bytes.NewReader(content), Size: up.Size})
			results <- err
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil && pipelines.CodeOf(err) != pipelines.Conflict {
			t.Errorf("ReceivePackage = %v", err)
		}
	}
	if releases, err := k.Records.Releases(t.Context(), project, 0); err != nil || len(releases) != 1 {
		t.Errorf("%d releases, %v; want one", len(releases), err)
	}
}

func TestARepeatedVersionGetsANumberOfItsOwn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.push("Quotes", "1.0.0", "one")
	if got := k.release("Quotes").Number; got != "1.0.1" {
		t.Errorf("the second release of one version is %s, want 1.0.1", got)
	}
	if _, ok, err := k.Records.ReleaseNumbered(t.Context(), "Projects-1", "1.0.0"); !ok || err != nil {
		t.Errorf("release 1.0.0: %v, %v", ok, err)
	}
	if got := k.push("Quotes", "1.0.1", "two").Releases; len(got) != 1 || got[0].Number != "1.0.2" {
		t.Errorf("version 1.0.1, whose number is taken, makes %+v, want 1.0.2", got)
	}
	if got := records.PackageBlob("ab"); got != "packages/ab" {
		t.Errorf("PackageBlob = %s", got)
	}
}
