package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

// What somebody typed about a target or a project that is gone meanwhile is given
// back to them, and to nobody who could not have changed it.
func TestFormsOfWhatIsGoneAreGivenBack(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("keeper", false)
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Keepers of Dev", Members: []string{"keeper"}, Roles: []pipelines.RoleGrant{
		{Role: "Environment manager", Environments: []string{"Dev"}},
	}}))
	admin, keeper, guest := k.browser("admin"), k.browser("keeper"), k.browser("guest")
	for _, c := range []struct {
		who    *browser
		path   string
		form   url.Values
		status int
	}{
		{admin, "/targets/Targets-99/edit", url.Values{"name": {"web-9"}, "roles": {"quay\ncrane"}, "environments": {"Dev", "Prod"}}, http.StatusConflict},
		{keeper, "/targets/Targets-99/edit", url.Values{"name": {"web-9"}, "roles": {"quay\ncrane"}, "environments": {"Dev"}}, http.StatusConflict},
		{keeper, "/targets/Targets-99/edit", url.Values{"name": {"web-9"}, "roles": {"quay\ncrane"}, "environments": {"Prod"}}, http.StatusNotFound},
		{keeper, "/targets/Targets-99/edit", url.Values{"name": {"web-9"}, "roles": {"quay\ncrane"}}, http.StatusNotFound},
		{guest, "/targets/Targets-99/edit", url.Values{"roles": {"quay\ncrane"}, "environments": {"Dev"}}, http.StatusForbidden},
		{admin, "/projects/Projects-99/edit", url.Values{"name": {"Gone"}, "description": {"quay\ncrane"}}, http.StatusConflict},
		{keeper, "/projects/Projects-99/edit", url.Values{"name": {"Gone"}, "description": {"quay\ncrane"}}, http.StatusForbidden},
	} {
		for _, do := range []string{"preview", "save"} {
			c.form.Set("do", do)
			c.form.Set("revision", "1")
			got := c.who.post(c.path, c.form)
			back := strings.Contains(got.body, "somebody has removed it") && strings.Contains(got.body, "quay\ncrane")
			if got.status != c.status || back != (c.status == http.StatusConflict) || c.status != http.StatusConflict && strings.Contains(got.body, "primary") {
				t.Errorf("%s to %s with %v: %d, what was typed is there: %v\n%s", do, c.path, c.form, got.status, back, got.text())
			}
		}
	}
}

func TestATargetIsCheckedByPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	targets, err := k.records.Targets(t.Context())
	must(t, err)
	path := "/targets/" + targets[0].ID
	admin.has(path, http.StatusOK, testid("check"), "Never looked at")
	check := func() {
		t.Helper()
		if got := admin.post(path+"/check", nil); got.status != http.StatusSeeOther || got.header.Get("Location") != path+"?now=checked" {
			t.Fatalf("a check: %d to %q, want back to %s", got.status, got.header.Get("Location"), path)
		}
	}
	k.facts = func() (hosts.Facts, error) {
		return hosts.Facts{OS: "linux", System: "Debian 13", Shell: "/bin/sh", FreeBytes: 7 << 30}, nil
	}
	check()
	admin.has(path+"?now=checked", http.StatusOK, testid("done"), "Answered", "Debian 13", "Last looked at by")
	k.facts = func() (hosts.Facts, error) {
		return hosts.Facts{}, &hosts.UntrustedError{Host: "web-1", Presented: "ssh-ed25519 B", Pinned: []string{"ssh-ed25519 A"}}
	}
	check()
	admin.has(path, http.StatusOK, "Could not be used", "another key")
}

func TestATargetIsNotCheckedWhereNoHostIsContacted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *Settings) { s.CheckTarget = nil })
	if got := h.as(h.key, "GET", "/targets/Machines-1", ""); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "slipway target check") {
		t.Errorf("the page: %d, want it with the command that checks", got.Code)
	}
	r := httptest.NewRequest(http.MethodPost, "/targets/Machines-1/check", http.NoBody)
	r.Header.Set("X-Slipway-ApiKey", h.key)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if got := h.send(r); got.Code != http.StatusServiceUnavailable {
		t.Errorf("a check: %d, want 503", got.Code)
	}
}

// Who sees a project in Dev only is shown the values for Dev, and told that there
// are others.
func TestValuesForOtherEnvironmentsAreHidden(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("devviewer", false)
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Viewers of Dev", Members: []string{"devviewer"}, Roles: []pipelines.RoleGrant{
		{Role: "Project viewer", Environments: []string{"Dev"}},
	}}))
	stored, err := k.records.Project(t.Context(), "Projects-1")
	must(t, err)
	project := stored.Noun
	only := func(environments ...string) pipelines.Scope { return pipelines.Scope{Environments: environments} }
	project.Variables = append(project.Variables,
		pipelines.Variable{Name: "Harbour", Value: "dry dock", Scope: only("Dev")}, pipelines.Variable{Name: "Harbour", Value: "open sea", Scope: only("Prod")},
		pipelines.Variable{Name: "Lighthouse", Value: "lamp room", Scope: only("Test", "Prod")}, pipelines.Variable{Name: "Harbour", Value: "both of them", Scope: only("Dev", "Prod")})
	must(t, k.records.Write(t.Context(), records.ReplaceNoun(records.Projects, project.ID, project, stored.Revision)))
	dev, admin := k.browser("devviewer"), k.browser("admin")
	for _, path := range []string{"/projects/Projects-1", "/projects/Projects-1/variables", "/v1/projects/Projects-1/variables", "/projects/Projects-1/variables?environment=Dev", "/projects/Projects-1/variables/Harbour/reach"} {
		got := dev.get(path)
		for _, secret := range []string{"open sea", "Lighthouse", "lamp room"} {
			if strings.Contains(got.body, secret) {
				t.Errorf("%s shows %q to who sees Dev only", path, secret)
			}
			if all := admin.get(path); path != "/projects/Projects-1/variables/Harbour/reach" && !strings.Contains(all.body, secret) {
				t.Errorf("%s does not show %q to who sees all", path, secret)
			}
		}
		if got.status != http.StatusOK || !strings.Contains(got.body, "dry dock") && !strings.Contains(path, "environment=") {
			t.Errorf("%s by who sees Dev only: %d %s", path, got.status, got.text())
		}
	}
	dev.has("/projects/Projects-1/variables", http.StatusOK, testid("hidden-values"), "values are for environments you may not see")
	dev.has("/projects/Projects-1", http.StatusOK, testid("hidden-values"))
	dev.has("/projects/Projects-1/variables?environment=Prod", http.StatusNotFound)
	dev.has("/projects/Projects-1/variables/Lighthouse/reach", http.StatusNotFound)
}

// Who has not the right is refused before anything else is said of a feed.
func TestAFeedsPasswordNeedsTheRightFirst(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("looker", false)
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Lookers", Members: []string{"looker"}, Roles: []pipelines.RoleGrant{{Role: "Project viewer"}}}))
	k.add(records.Feeds, "Open", func(id string, _ int) any {
		return pipelines.Feed{ID: id, Name: "Open", Type: pipelines.FeedNuGet, URL: "http://127.0.0.1:1/"}
	})
	got := k.browser("looker").post("/feeds/Feeds-1/password", url.Values{"password": {""}})
	if got.status != http.StatusForbidden || strings.Contains(got.body, "names no secret") {
		t.Errorf("by who has no right: %d %s, want 403", got.status, got.text())
	}
	if got := k.browser("admin").post("/feeds/Feeds-1/password", url.Values{"password": {"x"}}); got.status != http.StatusConflict {
		t.Errorf("by an admin: %d %s, want that there is no secret", got.status, got.text())
	}
}
