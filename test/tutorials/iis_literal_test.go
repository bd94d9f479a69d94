package tutorials

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/aspnet"
)

// TestIISLiterally has the site called as in Octopus's tutorial, RandomQuotes in all three environments of one host. The plan says what
// that would do; who allows it gets it.
func TestIISLiterally(t *testing.T) {
	t.Parallel()
	const clash = "iis site RandomQuotes on target win-1 is held by Random Quotes/Dev"
	w := newIISWorld(t)
	literally := []string{sampleNames, "RandomQuotes"}
	w.configure(literally...)
	nugetPush(t, w.feed.URL, feedKey, octoPacked(t, "1.0.10"))
	w.slipway("", "release", "create", iisProject)
	w.ends(w.deploy(iisProject, "1.0.10", "Dev"), pipelines.Succeeded)
	w.serves("RandomQuotes", "Dev", w.installed("Dev", "1.0.10"))

	calls := len(w.host.calls())
	if status, words := w.as("internaldeployer").ordered("1.0.10", "Test"); status != http.StatusConflict || !strings.Contains(words, clash) {
		t.Errorf("Test = %d %s, want 409 and %q", status, words, clash)
	}
	if _, words, code := w.try("", "deploy", iisProject, "1.0.10", "Test"); code == 0 || !strings.Contains(words, clash) || !strings.Contains(words, "allow: [iis site]") {
		t.Errorf("slipway deploy = %d %s, want the clash and the way out", code, words)
	}
	w.shows("/projects/Random%20Quotes/releases/1.0.10/deploy/Test", clash)
	if now := len(w.host.calls()); now != calls {
		t.Errorf("IIS was called %d times for what was refused", now-calls)
	}
	if w.fileThere(w.installed("Test", "")) {
		t.Error("the refused deployment has put something on the host")
	}

	w.applySample(append(literally, "        roles: [web]\n        iis:", "        roles: [web]\n        allow: [iis site]\n        iis:")...)
	w.slipway("", "release", "create", iisProject, "--number", "1.0.10-allowed")
	test := w.deploy(iisProject, "1.0.10-allowed", "Test")
	d := w.signedOff(test)
	if f := d.Findings; len(f) != 1 || !f[0].Allowed || !strings.HasPrefix(f[0].Message, clash+", and the step allows that") {
		t.Errorf("the plan found %+v", f)
	}
	w.shows("/deployments/"+test+"/plan", clash)
	log, err := w.server.Records.AuditLog(t.Context(), time.Time{}, 1000)
	must(t, err)
	entries := 0
	for _, e := range log {
		if e.Category == "DeploymentQueued" && e.Subject == test {
			entries++
			wants(t, "the audit log", e.Message, "takes what others hold", clash)
		}
	}
	if entries != 1 {
		t.Errorf("the audit log has %d entries about %s", entries, test)
	}

	// As with Octopus: the one site is Test's now, and nobody answers on Dev's port.
	w.serves("RandomQuotes", "Test", w.installed("Test", "1.0.10"))
	if all := w.host.appcmd("list", "site"); strings.Contains(all, ":8081:") || strings.Count(all, "SITE ") != 2 {
		t.Errorf("the sites are\n%s\nwant the default one and RandomQuotes, which has left 8081", all)
	}
	w.host.heldToRules()
	wants(t, "the page", aspnet.Page(t, w.host.folder("RandomQuotes")), "running in Test")
}
