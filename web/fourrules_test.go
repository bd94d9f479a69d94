package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/requests"
)

// TestFourRules holds the tutorial's four rules at once, over the real handler:
// anyone named may deploy to Dev and Test, only others to Prod; Test and Prod
// need a sign-off; after these a mail is sent, whatever came of it; and the
// lifecycle holds for all.
func TestFourRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environment string
		fails       bool
		who         string
		button      bool // to deploy, on the dashboard
		early       int  // a hand-made POST before the lifecycle opens the environment; 0: it is always open
		post        int  // a hand-made POST once it is open
		asked       bool // to sign off
		mails       int  // about the outcome, to the team
	}{
		{"Dev", false, "internaldeployer", true, 0, 303, false, 0},
		{"Dev", false, "productiondeployer", false, 0, 403, false, 0},
		{"Dev", false, "stella", false, 0, 403, false, 0},
		{"Dev", false, "guest", false, 0, 403, false, 0},
		{"Dev", true, "internaldeployer", true, 0, 303, false, 0},
		{"Dev", true, "productiondeployer", false, 0, 403, false, 0},
		{"Dev", true, "stella", false, 0, 403, false, 0},
		{"Dev", true, "guest", false, 0, 403, false, 0},
		{"Test", false, "internaldeployer", true, 0, 303, false, 1},
		{"Test", false, "productiondeployer", false, 0, 403, false, 1},
		{"Test", false, "stella", false, 0, 403, true, 1},
		{"Test", false, "guest", false, 0, 403, false, 1},
		{"Test", true, "internaldeployer", true, 0, 303, false, 1},
		{"Test", true, "productiondeployer", false, 0, 403, false, 1},
		{"Test", true, "stella", false, 0, 403, true, 1},
		{"Test", true, "guest", false, 0, 403, false, 1},
		{"Prod", false, "internaldeployer", false, 403, 403, false, 1},
		{"Prod", false, "productiondeployer", true, 409, 303, false, 1},
		{"Prod", false, "stella", false, 403, 403, true, 1},
		{"Prod", false, "guest", false, 403, 403, false, 1},
		{"Prod", true, "internaldeployer", false, 403, 403, false, 1},
		{"Prod", true, "productiondeployer", true, 409, 303, false, 1},
		{"Prod", true, "stella", false, 403, 403, true, 1},
		{"Prod", true, "guest", false, 403, 403, false, 1},
	} {
		name := c.environment + " succeeds"
		if c.fails {
			name = c.environment + " fails"
		}
		t.Run(name+", "+c.who, func(t *testing.T) {
			t.Parallel()
			k := newFourRules(t)
			b := k.browser(c.who)
			path := "/projects/Projects-1/releases/2.0.0/deploy/" + c.environment
			if c.early != 0 {
				got := b.deployForm(path)
				if got.status != c.early || c.early == http.StatusConflict && !strings.Contains(got.body, "Test") {
					t.Errorf("before Test has succeeded: %d %s, want %d with the rule", got.status, got.text(), c.early)
				}
				k.settle(k.order("internaldeployer", "Test"), "approve")
			}
			if got := strings.Contains(b.get("/").body, `href="/projects/Projects-1/releases/2.0.0/deploy/`+idOf[c.environment]+`"`); got != c.button {
				t.Errorf("a button to deploy to %s: %v, want %v", c.environment, got, c.button)
			}
			before := k.outcomes()
			got := b.deployForm(path)
			if got.status != c.post {
				t.Fatalf("a hand-made POST: %d %s, want %d", got.status, got.text(), c.post)
			}
			if got.status == http.StatusForbidden && c.who != "guest" && !strings.Contains(got.body, "DeploymentCreate") {
				t.Errorf("the refusal does not name the right: %s", got.text())
			}
			id := strings.TrimPrefix(got.header.Get("Location"), "/deployments/")
			if got.status != http.StatusSeeOther {
				id = k.order(map[bool]string{true: "productiondeployer", false: "internaldeployer"}[c.environment == "Prod"], c.environment)
			}
			if c.environment == "Dev" {
				k.endDev(id, c.fails)
			} else {
				k.until(id, pipelines.Waiting)
				if asks := strings.Contains(b.get("/approvals").body, id); asks != c.asked {
					t.Errorf("asked to sign off: %v, want %v", asks, c.asked)
				}
				k.settle(id, map[bool]string{true: "reject", false: "approve"}[c.fails])
			}
			if mails := k.mailed(before + c.mails); mails != before+c.mails {
				t.Errorf("%d mails about the outcome, want %d", mails-before, c.mails)
			}
		})
	}
}

// idOf are the ids of the tutorial's environments, which links go by.
var idOf = map[string]string{"Dev": "Environments-1", "Test": "Environments-2", "Prod": "Environments-3"}

// newFourRules is the tutorial with its two deployers and a release that is
// nowhere yet.
func newFourRules(t *testing.T) *pageKit {
	k := newTutorial(t, "")
	k.push("1.0.1")
	k.person("internaldeployer", false)
	k.person("productiondeployer", false)
	for _, team := range []pipelines.Team{
		{Name: "Internal Deployers", Members: []string{"internaldeployer"}, Roles: []pipelines.RoleGrant{{Role: "Deployment creator", Environments: []string{"Dev", "Test"}}, {Role: "Project viewer"}}},
		{Name: "Production Deployers", Members: []string{"productiondeployer"}, Roles: []pipelines.RoleGrant{{Role: "Deployment creator", Environments: []string{"Prod"}}, {Role: "Project viewer"}}},
	} {
		must(t, k.catalog.AddTeam(t.Context(), k.admin, team))
	}
	_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: "2.0.0"})
	must(t, err)
	return k
}

// order deploys by the form of the page, and gives the deployment's id.
func (k *pageKit) order(who, environment string) string {
	k.t.Helper()
	got := k.browser(who).deployForm("/projects/Projects-1/releases/2.0.0/deploy/" + environment)
	if got.status != http.StatusSeeOther {
		k.t.Fatalf("%s deploys to %s: %d %s", who, environment, got.status, got.text())
	}
	return strings.TrimPrefix(got.header.Get("Location"), "/deployments/")
}

// deployForm posts what the form at an address would, as far as it is shown.
func (b *browser) deployForm(path string) answered {
	b.k.t.Helper()
	form := url.Values{}
	if shown := b.get(path); shown.status == http.StatusOK {
		form.Set("plan", shown.value(b.k.t, "plan"))
	}
	return b.post(path, form)
}

// settle answers the sign-off, and waits for the end.
func (k *pageKit) settle(id, answer string) {
	k.t.Helper()
	k.until(id, pipelines.Waiting)
	if got := k.browser("stella").post("/approvals/"+id+".1", url.Values{"answer": {answer}}); got.status != http.StatusSeeOther {
		k.t.Fatalf("%s %s: %d %s", answer, id, got.status, got.text())
	}
	k.until(id, map[string]pipelines.Status{"approve": pipelines.Succeeded, "reject": pipelines.Failed}[answer])
}

// endDev waits for the end of a deployment that asks nobody. One that is to come
// to nothing is cancelled.
func (k *pageKit) endDev(id string, fails bool) {
	k.t.Helper()
	if !fails {
		k.until(id, pipelines.Succeeded)
		return
	}
	_ = k.requests.Cancel(k.t.Context(), k.admin, id, "not today") // it may have ended before
	deadline := time.Now().Add(2 * time.Minute)
	for {
		l, err := k.records.Load(k.t.Context(), id)
		must(k.t, err)
		if l.State.Head.Closed {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("%s does not end: %s", id, l.State.Head.Status)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// outcomes counts the mails that tell the team of an outcome.
func (k *pageKit) outcomes() int {
	k.t.Helper()
	all, err := k.mail.List(k.t.Context())
	must(k.t, err)
	n := 0
	for _, m := range all {
		if strings.Contains(m.Subject, "Random quotes deployment status") {
			n++
		}
	}
	return n
}

// mailed waits for a number of such mails, and gives how many there are.
func (k *pageKit) mailed(want int) int {
	deadline := time.Now().Add(2 * time.Minute)
	for k.outcomes() < want && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	return k.outcomes()
}
