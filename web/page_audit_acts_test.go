package web

import (
	"archive/zip"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
)

// act is something that somebody does, and the one entry that it leaves; several,
// with + between, where one request is several acts.
type act struct {
	what     string
	do       func() answered
	category string
	who      string
	message  string // part of it, or of its details
}

// leaves does acts one after the other and looks at what each leaves: one entry
// with who, what, when and from where, and none of the secrets.
func (k *pageKit) leaves(acts []act, secrets ...string) {
	k.t.Helper()
	for _, a := range acts {
		before := len(k.entries())
		got := a.do()
		log := k.entries()[before:]
		log = slices.DeleteFunc(log, func(e pipelines.Event) bool { return e.Via == "runner" }) // deployments go on
		categories, all := "", ""
		for _, e := range log {
			categories += "+" + e.Category
			all += e.Message
			for name, detail := range e.Details {
				all += "\n" + name + " " + detail
			}
			byItself := e.UserID == "Users-System" // a trigger's, which says who set it off
			if !byItself && (e.Username != a.who || e.From != "127.0.0.1") || byItself && !strings.HasSuffix(e.Via, "by "+a.who) || e.Via == "" || e.At.IsZero() || e.Subject == "" || e.Number == 0 {
				k.t.Errorf("%s leaves %+v", a.what, e)
			}
		}
		if got.status >= 400 || strings.TrimPrefix(categories, "+") != a.category || !strings.Contains(all, a.message) {
			k.t.Errorf("%s: status %d and %s, want %s with %q: %+v %.300s", a.what, got.status, categories, a.category, a.message, log, got.text())
		}
		for _, secret := range secrets {
			if strings.Contains(all, secret) {
				k.t.Errorf("%s leaves a secret in %s", a.what, all)
			}
		}
	}
}

var (
	keyShown = regexp.MustCompile(`"key":\s*"([^"]+)"`)
	idShown  = regexp.MustCompile(`"id":\s*"([^"]+)"`)
)

// TestEveryChangeOfConfigurationLeavesOneEntry, by API and by page.
func TestEveryChangeOfConfigurationLeavesOneEntry(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	api := func(method, path, body string) func() answered {
		return func() answered { return admin.do(method, path, "application/json", strings.NewReader(body)) }
	}
	form := func(path string, values url.Values) func() answered {
		return func() answered { return admin.post(path, values) }
	}
	keeper, err := keyfilesecrets.Create(filepath.Join(t.TempDir(), "key"), rand.Reader)
	must(t, err)
	k.catalog.Sealer = keeper
	var key, keyID string
	k.leaves([]act{
		{"applies an environment", api("POST", "/v1/apply", `{"folder":"f","environments":[{"name":"Extra"}]}`), "Created", "admin", "Extra"},
		{"adds a target", api("POST", "/v1/targets", `{"name":"web-2","roles":["web"],"environments":["Dev"],"pretend":"x"}`), "Created", "admin", "web-2"},
		{"removes a target", api("DELETE", "/v1/targets/web-2", ""), "Deleted", "admin", "web-2"},
		{"adds a team", api("POST", "/v1/teams", `{"name":"Crew"}`), "Created", "admin", "Crew"},
		{"gives a team a role", api("POST", "/v1/teams/Crew/roles", `{"role":"Project viewer"}`), "Modified", "admin", "+ "},
		{"adds a member", api("POST", "/v1/teams/Crew/members", `{"username":"guest"}`), "Modified", "admin", "guest"},
		{"removes a member", api("DELETE", "/v1/teams/Crew/members/guest", ""), "Modified", "admin", "guest"},
		{"removes a team", api("DELETE", "/v1/teams/Crew", ""), "Deleted", "admin", "Crew"},
		{"adds a team by page", form("/people/teams/new", url.Values{"do": {"save"}, "name": {"Watch"}, "members": {"guest"}}), "Created", "admin", "Watch"},
		{"adds a role by page", form("/people/roles/new", url.Values{"do": {"save"}, "name": {"Onlooker"}, "permissions": {"ProjectView"}}), "Created", "admin", "Onlooker"},
		{"adds a user", api("POST", "/v1/users", `{"username":"nina","mail":"nina@example.org"}`), "Created", "admin", "nina"},
		{"adds one with a password", api("POST", "/v1/users", `{"username":"nino","password":"a long secret word"}`), "Created", "admin", "nino"},
		{"sets a secret", api("PUT", "/v1/secrets/database", `{"value":"a long secret word"}`), "Modified", "admin", "database"},
		{"closes an account", api("POST", "/v1/users/nina/disable", ""), "Modified", "admin", "nina"},
		{"opens an account", api("POST", "/v1/users/nina/enable", ""), "Modified", "admin", "nina"},
		{"saves variables", api("PUT", "/v1/projects/Random%20Quotes/variables", `{"revision":1,"variables":[{"name":"Greeting","value":"hello there"}]}`), "Modified", "admin", "+ "},
		{"adds a feed", api("POST", "/v1/feeds", `{"name":"Outside","type":"nuget","url":"https://feed.example.org/nuget"}`), "Created", "admin", "Outside"},
		{"makes a webhook", api("PUT", "/v1/feeds/Outside/webhook", `{}`), "Modified", "admin", "webhook"},
		{"takes back the webhook", api("DELETE", "/v1/feeds/Outside/webhook", ""), "Modified", "admin", "webhook"},
		{"removes a feed", api("DELETE", "/v1/feeds/Outside", ""), "Deleted", "admin", "Outside"},
		{"makes an API key", func() answered {
			got := api("POST", "/v1/apikeys", `{"purpose":"the build"}`)()
			if m := keyShown.FindStringSubmatch(got.body); m != nil {
				key, keyID = m[1], idShown.FindStringSubmatch(got.body)[1]
			}
			return got
		}, "Created", "admin", "the build"},
		{"uses it", func() answered { return k.withKey(key, "GET", "/v1/me", "") }, "APIKeyUsed", "admin", "the build"},
		{"adds a team by key", func() answered { return k.withKey(key, "POST", "/v1/teams", `{"name":"By key"}`) }, "Created", "admin", "By key"},
		{"removes the key", func() answered { return api("DELETE", "/v1/apikeys/"+keyID, "")() }, "Deleted", "admin", "the build"},
		{"wants second factors", api("PUT", "/v1/sign-in/second-factor", `{"required":"administrators"}`), "Modified", "admin", "second factor"},
	}, "a long secret word")
	for _, e := range k.entries() {
		if key == "" || strings.Contains(e.Message, key) {
			t.Errorf("the key stands in %+v", e)
		}
		if strings.Contains(e.Message, "By key") && e.Credential != keyID {
			t.Errorf("what was done by key does not say which: %+v", e)
		}
	}
}

// withKey asks with an API key.
func (k *pageKit) withKey(key, method, path, body string) answered {
	k.t.Helper()
	r, err := http.NewRequestWithContext(k.t.Context(), method, k.server.URL+k.base+path, strings.NewReader(body))
	must(k.t, err)
	r.Header.Set("X-Octopus-ApiKey", key)
	r.Header.Set("Content-Type", "application/json")
	return k.browser("").sent(r)
}

// TestEveryActOfAnAccountLeavesOneEntry: invitations, forgotten passwords,
// sessions.
func TestEveryActOfAnAccountLeavesOneEntry(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin, stella := k.browser("admin"), k.browser("stella")
	k.browser("stella") // another session
	k.add(records.Users, "nina", func(id string, _ int) any {
		return pipelines.User{ID: id, Username: "nina", Mail: "nina@example.org"}
	})
	form := func(b *browser, path string, values url.Values) func() answered {
		return func() answered { return b.post(path, values) }
	}
	const fresh = "another lantern of mine"
	chosen := url.Values{"password": {fresh}, "again": {fresh}}
	k.leaves([]act{
		{"invites", form(admin, "/people/users/nina/invite", nil), "InvitationSent", "admin", "nina"},
		{"takes an invitation", func() answered {
			return k.browser("").post(k.pathIn(k.mailTo("nina@example.org"), "invitation"), chosen)
		}, "Modified+LoginSucceeded", "nina", "password"},
		{"has forgotten the password", func() answered {
			got := k.browser("").post("/forgot", url.Values{"name": {"stella"}})
			k.mailTo("stella@example.org") // it is looked up behind the answer, which is the same for everybody
			return got
		}, "PasswordResetAsked", "stella", "password"},
		{"changes the own name", form(stella, "/profile", url.Values{"display": {"Stella Maris"}, "mail": {"stella@example.org"}}), "Modified", "stella", "Stella Maris"},
		{"ends other sessions", form(stella, "/profile/sessions/end-others", nil), "Modified", "stella", "all other sessions"},
		{"changes the own password", form(stella, "/profile/password", url.Values{"old": {password}, "new": {fresh}, "again": {fresh}}), "Modified", "stella", "password"},
		{"ends somebody's sessions", form(admin, "/people/users/stella/end-sessions", nil), "Modified", "admin", "sessions of stella"},
		{"sets somebody's password", form(admin, "/people/users/guest/password", chosen), "Modified", "admin", "guest"},
	}, fresh, password)
}

// TestEveryActOnADeploymentLeavesOneEntry.
func TestEveryActOnADeploymentLeavesOneEntry(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin, stella := k.browser("admin"), k.browser("stella")
	api := func(b *browser, method, path, body string) func() answered {
		return func() answered { return b.do(method, path, "application/json", strings.NewReader(body)) }
	}
	k.push("1.0.0")
	waiting := k.deployTo("Test", "1.0.0")
	k.asked("Test")
	approval := idShown.FindStringSubmatch(stella.get("/v1/approvals").body)
	if approval == nil {
		t.Fatal("nothing is to be approved")
	}
	k.leaves([]act{
		{"pushes a package, which makes a release and deploys it", func() answered {
			return admin.do("PUT", "/v1/packages/RandomQuotes.1.0.1.nupkg", "application/octet-stream", strings.NewReader(nupkg(t, "1.0.1")))
		}, "PackagePushed+ReleaseCreated+DeploymentQueued", "admin", "1.0.1"},
		{"pushes the same again", func() answered {
			return admin.do("PUT", "/v1/packages/RandomQuotes.1.0.1.nupkg", "application/octet-stream", strings.NewReader(nupkg(t, "1.0.1")))
		}, "", "admin", ""},
		{"changes a variable", api(admin, "PUT", "/v1/projects/Random%20Quotes/variables", `{"revision":1,"variables":[{"name":"Nginx Port","value":"8099"}]}`), "Modified", "admin", "8099"},
		{"tells of a build", api(admin, "PUT", "/v1/packages/RandomQuotes/1.0.1/build-information", `{"buildNumber":"7","branch":"main"}`), "BuildInformationPushed", "admin", "1.0.1"},
		{"takes an approval", api(stella, "POST", "/v1/approvals/"+approval[1]+"/assign", `{}`), "InterruptionTaken", "stella", ""},
		{"updates a release's variables", api(admin, "POST", "/v1/releases/"+waiting.ReleaseID+"/variables", ""), "ReleaseVariablesUpdated", "admin", ""},
		{"cancels", api(admin, "POST", "/v1/deployments/"+waiting.ID+"/cancel", `{"note":"not today"}`), "TaskCanceled", "admin", "not today"},
		{"takes it up again", func() answered {
			k.until(waiting.ID, pipelines.Cancelled)
			return api(admin, "POST", "/v1/deployments/"+waiting.ID+"/retry", `{}`)()
		}, "DeploymentResumed", "admin", ""},
	})
}

// nupkg is a version of the package.
func nupkg(t *testing.T, version string) string {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	w, err := z.Create("RandomQuotes.nuspec")
	must(t, err)
	_, err = io.WriteString(w, `<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd"><metadata><id>RandomQuotes</id><version>`+version+`</version><authors>a</authors><description>d</description></metadata></package>`)
	must(t, err)
	must(t, z.Close())
	return b.String()
}
