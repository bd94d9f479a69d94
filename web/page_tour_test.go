package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"slipway/pipelines"
)

func testid(id string) string { return `data-testid="` + id + `"` }

// tour walks through every page as the tutorial does, below a prefix.
func tour(t *testing.T, base string) {
	k := newTutorial(t, base)
	admin := k.browser("admin")
	admin.has("/", http.StatusOK, testid("dashboard"), "Random Quotes", "Everything is quiet.")
	dev := k.push("1.0.1")

	admin.has("/", http.StatusOK, testid("cell"), testid("deploy"), "Deploy 1.0.1 to Test", "1.0.1")
	project := admin.has("/projects/Projects-1", http.StatusOK, testid("releases"), testid("release-1.0.1"), testid("steps"), testid("variables"),
		testid("lifecycle"), testid("triggers"), "1.0.1 is in Dev.", "8082", "asks Project Stakeholders", "not in Dev", "Package RandomQuotes. Port #{NGINX Port}.")
	if strings.Contains(project.body, "<script>alert") {
		t.Errorf("the description is not escaped")
	}
	admin.has("/projects/random%20quotes", http.StatusOK, testid("releases")) // by name, too
	admin.has("/projects/Projects-1/releases/1.0.1", http.StatusOK, testid("progression"), testid("phase-Prod"), testid("deploy-primary"), testid("sha256"),
		"phase Test needs 1 success, has 0", testid("deployments"))
	admin.has("/deployments/"+dev.ID, http.StatusOK, testid("graph"), testid("log"), testid("line"), testid("facts"), testid("news-over"), "1.0.1 is in Dev; it took")

	admin.has("/projects/Projects-1/releases/1.0.1/deploy/Prod", http.StatusConflict, testid("findings"), "phase Test needs 1 success, has 0")
	deploy := "/projects/Projects-1/releases/1.0.1/deploy/Environments-2"
	ask := admin.has(deploy, http.StatusOK, testid("deploy-form"), testid("planned-steps"), testid("values"), "Deploy 1.0.1 to Test on 1 host", "8082")
	if got := admin.post(deploy, url.Values{"plan": {"another"}}); got.status != http.StatusConflict || !strings.Contains(got.body, "has changed since you looked") {
		t.Errorf("a plan that nobody read: %d, %s", got.status, got.text())
	}
	ordered := admin.post(deploy, url.Values{"plan": {ask.value(t, "plan")}})
	id := regexp.MustCompile(`/deployments/(Deployments-\d+)$`).FindStringSubmatch(ordered.header.Get("Location"))
	if ordered.status != http.StatusSeeOther || id == nil || !strings.HasPrefix(ordered.header.Get("Location"), base+"/") {
		t.Fatalf("deploy: %d to %q, want a redirect to the deployment below %q", ordered.status, ordered.header.Get("Location"), base)
	}
	k.until(id[1], pipelines.Waiting)

	admin.has("/deployments/"+id[1], http.StatusOK, testid("signoff"), testid("why-not"), testid("cancel"), testid("news"), "waits for one of Project Stakeholders")
	stella := k.browser("stella")
	stella.has("/", http.StatusOK, testid("approvals-count"))
	stella.has("/approvals", http.StatusOK, testid("approval"), "1 decision waits for you.", "/deployments/"+id[1], "deployed by ")
	stella.has("/deployments/"+id[1], http.StatusOK, testid("signoff-form"), "waits for you or another of Project Stakeholders")
	signOff := "/approvals/" + id[1] + ".1"
	if got := admin.post(signOff, url.Values{"answer": {"approve"}}); got.status != http.StatusForbidden {
		t.Errorf("an admin who is no stakeholder answers: %d, want 403", got.status)
	}
	if got := stella.post(signOff, url.Values{"note": {"hm"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, testid("problems")) || !strings.Contains(got.body, ">hm</textarea>") {
		t.Errorf("an answer without a button: %d, %s", got.status, got.text())
	}
	if got := stella.post(signOff, url.Values{"answer": {"approve"}, "note": {"looks <b>good</b>"}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d, %s", got.status, got.text())
	}
	k.until(id[1], pipelines.Succeeded)
	done := stella.has("/deployments/"+id[1], http.StatusOK, "approved by Stella (on the page): looks &lt;b&gt;good&lt;/b&gt;", "1.0.1 is in Test; it took", testid("news-over"))
	if strings.Contains(done.body, testid("signoff")) || strings.Contains(done.body, testid("deploy-again")) {
		t.Error("a deployment that has ended still asks, or offers what this person may not do")
	}
	admin.has("/deployments/"+id[1], http.StatusOK, testid("deploy-again"), base+"/projects/Projects-1/releases/1.0.1/deploy/Environments-2")
	if got := stella.post(signOff, url.Values{"answer": {"reject"}}); got.status != http.StatusConflict || !strings.Contains(got.body, testid("problems")) {
		t.Errorf("a second answer: %d, want a conflict that is explained: %s", got.status, got.text())
	}

	admin.has("/packages", http.StatusOK, testid("packages"), "RandomQuotes", "1 version")
	admin.has("/packages/RandomQuotes", http.StatusOK, testid("package-versions"), testid("version-1.0.1"), testid("sha256"), "/deployments/"+id[1])
	admin.has("/packages/Nothing", http.StatusNotFound)
	admin.has("/targets", http.StatusOK, testid("target-web-1"), "pretend:x")
	admin.has("/people", http.StatusOK, testid("users"), "administrator", "Stella")
	admin.has("/approvals", http.StatusOK, testid("empty"))
	mails := admin.has("/mail", http.StatusOK, testid("mails"), "Random quotes deployment status")
	mail := regexp.MustCompile(base+`(/mail/[0-9a-f]{32})"`).FindAllStringSubmatch(mails.body, -1)
	if len(mail) != 2 {
		t.Fatalf("%d mails in the list, want 2: %s", len(mail), mails.text())
	}
	html := ""
	for _, m := range mail {
		got := admin.has(m[1], http.StatusOK, testid("mail-text"))
		if strings.Contains(got.body, testid("mail-html")) {
			html = m[1] + "/body.html"
		}
	}
	if got := admin.has(html, http.StatusOK, "<html"); !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(got.header.Get("Content-Security-Policy"), "script-src") {
		t.Errorf("the HTML part of a mail is sent with the policy %q", got.header.Get("Content-Security-Policy"))
	}
	everyLinkIsBelow(t, admin, base)
}

func TestTour(t *testing.T) {
	t.Parallel()
	tour(t, "")
}

func TestTourBelowAPrefix(t *testing.T) {
	t.Parallel()
	tour(t, "/deploy/slip")
}

var linked = regexp.MustCompile(`(?:href|src|action|hx-get|hx-post)="([^"]*)"`)

// elsewhere are the only addresses outside of here: the applications'.
var elsewhere = map[string]bool{"https://dev.example.org": true, "https://test.example.org": true, "https://prod.example.org": true}

// everyLinkIsBelow follows all links from the dashboard on: each is below the
// prefix, and leads somewhere.
func everyLinkIsBelow(t *testing.T, b *browser, base string) {
	t.Helper()
	seen := map[string]bool{}
	waiting := []string{"/"}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		if seen[path] || strings.HasPrefix(path, "/static/") {
			continue
		}
		seen[path] = true
		got := b.get(path)
		if got.status == http.StatusSeeOther { // the first page of a section
			waiting = append(waiting, strings.TrimPrefix(got.header.Get("Location"), base))
			continue
		}
		if got.status != http.StatusOK && got.status != http.StatusNoContent && got.status != http.StatusConflict {
			t.Errorf("GET %s: %d: %s", path, got.status, got.text())
		}
		if strings.HasSuffix(path, "/body.html") {
			continue // somebody else's text, with links that decide nothing but need no visit
		}
		for _, m := range linked.FindAllStringSubmatch(got.body, -1) {
			target, tag := strings.ReplaceAll(m[1], "&amp;", "&"), m[0]
			if strings.HasPrefix(target, "#") || elsewhere[target] {
				continue
			}
			if !strings.HasPrefix(target, base+"/") {
				t.Errorf("on %s: link %q is not below %q", path, target, base)
				continue
			}
			if !strings.HasPrefix(tag, "action") {
				target, _, _ = strings.Cut(strings.TrimPrefix(target, base), "#")
				waiting = append(waiting, target)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d pages are linked from the dashboard: %v", len(seen), seen)
	}
}
