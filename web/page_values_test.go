package web

import (
	"net/http"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

// What a deployment used stays to be seen when the project has changed.
func TestValuesPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slip")
	k.change(func(p *pipelines.Project) {
		p.Variables = append(p.Variables,
			pipelines.Variable{Name: "Mark", Value: "<old> #{Octopus.Release.Number}"},
			pipelines.Variable{Name: "mark", Value: "narrow", Scope: pipelines.Scope{Steps: []string{p.Steps[0].Name}}})
	})
	k.push("1.0.1")
	confirm := k.browser("admin").has("/projects/Projects-1/releases/1.0.1/deploy/Test", http.StatusOK, testid("texts"), "everywhere, project Random Quotes", "environment Test, project Random Quotes")
	values, _, _ := strings.Cut(confirm.body[strings.Index(confirm.body, testid("values")):], "</table>")
	if strings.Contains(values, "nginx.bindings") || !strings.Contains(values, "Mark") {
		t.Errorf("the list of variables: %s", values)
	}
	d := k.deployTo("Test", "1.0.1")
	k.change(func(p *pipelines.Project) { p.Variables = nil })
	stella := k.browser("stella")
	path := "/deployments/" + d.ID + "/values"
	stella.has("/deployments/"+d.ID, http.StatusOK, `href="/slip`+path+`"`)
	got := stella.has(path, http.StatusOK, testid("own-values"), testid("system"), testid("texts-values"), "&lt;old&gt;", "narrow", "every step",
		"Octopus.Environment.Name", "8082", "1.0.1", d.Plan, `href="/slip/deployments/`+d.ID+`"`)
	if strings.Index(got.body, "&lt;old&gt;") > strings.Index(got.body, `data-testid="system"`) {
		t.Error("a variable of the project is among those of Slipway")
	}
	if guest := k.browser("guest").get(path); guest.status != http.StatusForbidden && guest.status != http.StatusNotFound {
		t.Errorf("a guest gets %d", guest.status)
	}
	stella.has("/deployments/Deployments-99/values", http.StatusNotFound)
}

// The value of a secret is nowhere, its reference is.
func TestAPIValues(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.ok(h.as(h.key, "PUT", "/v1/secrets/pass", "a very long secret"), 200, nil)
	h.ok(h.as(h.key, "PUT", "/v1/projects/Random%20Quotes/variables",
		`{"revision": 1, "takeOver": true, "variables": [{"name": "Pass", "secret": "pass"}, {"name": "Port", "value": "80"}]}`), 200, nil)
	d := h.deployment()
	w := h.as(h.key, "GET", "/v1/deployments/"+d.ID+"/values", "")
	var used rest.ValuesUsed
	h.ok(w, 200, &used)
	want := []rest.ValueUsed{{Name: "Greeting", Value: "hello"}, {Name: "Pass", Secret: "pass@1"}, {Name: "Port", Value: "80"}}
	if len(used.Variables) != len(want) || used.Plan != d.Plan || used.Channel != "Default" || used.Given == nil || len(used.System) == 0 || len(used.Texts) == 0 {
		t.Fatalf("values: got %+v", used)
	}
	for i, x := range used.Variables {
		if x != want[i] {
			t.Errorf("value %d: got %+v, want %+v", i, x, want[i])
		}
	}
	page := h.look("admin", "/deployments/"+d.ID+"/values")
	if page.Code != 200 || !strings.Contains(page.Body.String(), "secret pass@1") {
		t.Errorf("page: %d %s", page.Code, page.Body)
	}
	for _, body := range []string{w.Body.String(), page.Body.String()} {
		if strings.Contains(body, "a very long secret") {
			t.Error("a secret's value is shown")
		}
	}
}
