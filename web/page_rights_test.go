package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"slipway/runner/records"
	"slipway/web/credentials"
)

func TestNothingLeaksToWhoHasNoRight(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	guest, nobody := k.browser("guest"), k.browser("")
	secret := regexp.MustCompile(`Random Quotes|RandomQuotes|Stakeholders|stella|web-1|pretend:|8082`)
	open := map[string]int{"/": http.StatusOK, "/approvals": http.StatusOK, "/keys": http.StatusOK}
	for _, path := range []string{
		"/", "/live?rev=x", "/approvals", "/keys", "/projects/Projects-1", "/projects/Projects-1/releases/1.0.1", "/projects/Projects-1/releases/1.0.1/deploy/Test",
		"/deployments/" + d.ID, "/deployments/" + d.ID + "/live", "/packages", "/packages/RandomQuotes", "/targets", "/people", "/mail", "/mail/00",
	} {
		got := guest.get(path)
		if found := secret.FindString(got.body); found != "" {
			t.Errorf("GET %s shows %q to somebody without rights", path, found)
		}
		if want, ok := open[path]; ok && got.status != want || !ok && got.status == http.StatusOK && path != "/live?rev=x" {
			t.Errorf("GET %s by somebody without rights: %d", path, got.status)
		}
		if got := nobody.get(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/signin") {
			t.Errorf("GET %s by nobody: %d to %q, want the sign-in page", path, got.status, got.header.Get("Location"))
		}
	}
	for _, path := range []string{
		"/projects/Projects-1/releases", "/projects/Projects-1/releases/1.0.1/deploy/Test", "/approvals/" + d.ID + ".1", "/deployments/" + d.ID + "/cancel",
	} {
		got := guest.post(path, url.Values{"answer": {"approve"}})
		if found := secret.FindString(got.body); found != "" || got.status != http.StatusForbidden && got.status != http.StatusNotFound {
			t.Errorf("POST %s by somebody without rights: %d, shows %q", path, got.status, found)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	b := k.browser("guest")
	b.has("/keys", http.StatusOK, testid("key-form"), testid("empty"))
	if got := b.post("/keys", url.Values{"purpose": {" "}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "purpose-problem") {
		t.Errorf("no purpose: %d, %s", got.status, got.text())
	}
	made := b.post("/keys", url.Values{"purpose": {"build <server>"}})
	key := regexp.MustCompile(`data-testid="api-key">(API-[A-Z2-7]{32})<`).FindStringSubmatch(made.body)
	if made.status != http.StatusOK || key == nil {
		t.Fatalf("a new key: %d, %s", made.status, made.text())
	}
	list := b.has("/keys", http.StatusOK, testid("keys"), "build &lt;server&gt;", key[1][:8])
	if remove := regexp.MustCompile(`action="(/keys/[^"]+/delete)"`).FindStringSubmatch(list.body); remove == nil || !strings.Contains(list.body, testid("remove-submit")) {
		t.Errorf("the list offers no key for deletion: %s", list.text())
	}
	if strings.Contains(list.body, key[1]) {
		t.Error("the list shows the key itself")
	}
	stored, found, err := k.records.APIKey(t.Context(), credentials.KeyHash(key[1]))
	if err != nil || !found {
		t.Fatalf("the key is not known: %v", err)
	}
	if got := k.browser("stella").post("/keys/"+stored.ID+"/delete", nil); got.status != http.StatusNotFound {
		t.Errorf("somebody else's key: %d, want 404", got.status)
	}
	if got := b.post("/keys/"+stored.ID+"/delete", nil); got.status != http.StatusSeeOther {
		t.Fatalf("delete: %d", got.status)
	}
	b.has("/keys", http.StatusOK, testid("empty"))
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	b := k.browser("")
	got := b.get("/people?x=1")
	if want := "/slipway/signin?next=" + url.QueryEscape("/people?x=1"); got.header.Get("Location") != want {
		t.Fatalf("nobody asks for a page: to %q, want %q", got.header.Get("Location"), want)
	}
	form := b.has("/signin?next=%2Fpeople%3Fx%3D1", http.StatusOK, testid("signin-form"))
	wrong := b.post("/signin", url.Values{"name": {"admin"}, "password": {"a wrong password"}, "next": {form.value(t, "next")}})
	if wrong.status != http.StatusUnauthorized || wrong.value(t, "name") != "admin" || strings.Contains(wrong.body, "a wrong password") || wrong.value(t, "next") != "/people?x=1" {
		t.Errorf("a wrong password: %d: %s", wrong.status, wrong.body)
	}
	if got := b.post("/signin", url.Values{"name": {"admin"}, "password": {password}, "next": {form.value(t, "next")}}); got.header.Get("Location") != "/slipway/people?x=1" {
		t.Errorf("signed in: %d to %q", got.status, got.header.Get("Location"))
	}
	b.has("/", http.StatusOK, testid("account"))
	for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, ""} {
		if got := b.get("/signin?next=" + url.QueryEscape(next)); got.header.Get("Location") != "/slipway/" {
			t.Errorf("next %q leads to %q", next, got.header.Get("Location"))
		}
	}
	if got := b.post("/signout", nil); got.header.Get("Location") != "/slipway/signin" {
		t.Errorf("sign out: %d to %q", got.status, got.header.Get("Location"))
	}
	if got := b.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("after signing out the dashboard answers %d", got.status)
	}
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	k := newPageKit(t, "")
	must(t, k.catalog.OfferSetup(t.Context(), credentials.SessionHash("once")))
	b := k.browser("")
	b.has("/setup/once", http.StatusOK, testid("setup-form"))
	form := func(name, mail, one, again string) url.Values {
		return url.Values{"name": {name}, "display": {"Ada <3"}, "mail": {mail}, "password": {one}, "again": {again}}
	}
	for _, c := range []struct {
		token string
		form  url.Values
		field string
	}{
		{"once", form("ada", "ada@example.org", password, "something else"), "again"},
		{"once", form("ada", "no mail", password, password), "mail"},
		{"once", form("a da", "ada@example.org", password, password), "name"},
		{"once", form("ada", "ada@example.org", "short", "short"), "password"},
		{"other", form("ada", "ada@example.org", password, password), ""},
	} {
		got := b.post("/setup/"+c.token, c.form)
		if got.status < 400 || got.value(t, "display") != "Ada &lt;3" || strings.Contains(got.body, password) {
			t.Errorf("%v: %d: %s", c.form, got.status, got.text())
		}
		if c.field != "" && !strings.Contains(got.body, `id="`+c.field+`-problem"`) {
			t.Errorf("%v: the problem is not at %q: %s", c.form, c.field, got.text())
		}
	}
	if got := b.post("/setup/once", form("ada", "ada@example.org", password, password)); got.status != http.StatusSeeOther || got.header.Get("Location") != "/" {
		t.Fatalf("set up: %d: %s", got.status, got.text())
	}
	b.has("/", http.StatusOK, testid("empty"), "Ada &lt;3")
	if got := b.get("/setup/once"); got.status != http.StatusNotFound {
		t.Errorf("set-up a second time: %d, want 404", got.status)
	}
	setup, _, err := k.records.Setup(t.Context())
	if err != nil || setup != (records.Setup{Done: true}) {
		t.Errorf("setup is %+v, %v", setup, err)
	}
}
