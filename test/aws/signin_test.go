package aws

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/web/credentials"
	"slipway/web/oidc/oidctest"
)

// visitor is somebody with a browser, as the proxy before the stack passes their
// requests on: cookies that are for https only are kept and sent.
type visitor struct {
	w       *world
	cookies map[string]string
}

func (w *world) visitor() *visitor { return &visitor{w, map[string]string{}} }

// does one request and gives status, where it leads, and the page.
func (v *visitor) does(method, address string, form url.Values) (status int, leads, page string) {
	v.w.t.Helper()
	r, err := http.NewRequest(method, v.w.here(address), strings.NewReader(form.Encode()))
	must(v.w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	must(v.w.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(v.w.t, err)
	for _, c := range answer.Cookies() {
		v.cookies[c.Name] = c.Value
	}
	leads = answer.Header.Get("Location")
	if _, address, ok := strings.Cut(answer.Header.Get("Refresh"), "url="); ok {
		leads = address
	}
	return answer.StatusCode, leads, string(text)
}

// gets in by a mailed link and a password of their own.
func (v *visitor) chooses(purpose, subject, chosen string) {
	v.w.t.Helper()
	link := regexp.MustCompile(`https://\S+/` + purpose + `/\S+`).FindString(v.w.mailTo("nina@example.org", subject))
	if !strings.HasPrefix(link, "https://"+v.w.Domain+"/") {
		v.w.t.Fatalf("the mail «%s» leads to %q, want one of ours", subject, link)
	}
	if status, leads, page := v.does("POST", link, url.Values{"password": {chosen}, "again": {chosen}}); status != 303 {
		v.w.t.Fatalf("choosing a password = %d to %s: %s", status, leads, page)
	}
	if status, _, page := v.does("GET", v.w.URL+"/profile", nil); status != 200 || !strings.Contains(page, "nina") {
		v.w.t.Fatalf("the profile = %d", status)
	}
}

// TestSignIn: the function that people reach may open no secret and send no mail;
// what signing in takes of both, the runner does for it.
func TestSignIn(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{})

	// Mails: an invitation, and a link for who forgot the password.
	w.slipway("", "user", "add", "nina", "--mail", "nina@example.org")
	w.slipway("", "user", "invite", "nina")
	nina := w.visitor()
	nina.chooses("invitation", "your account", "a lantern of mine")
	if status, _, _ := w.visitor().does("POST", w.URL+"/forgot", url.Values{"name": {"nina"}}); status != 200 {
		t.Errorf("/forgot = %d", status)
	}
	other := w.visitor()
	other.chooses("reset", "a new password", "a lantern by the sea")
	if status, leads, _ := nina.does("GET", w.URL+"/profile", nil); status != 303 || !strings.HasPrefix(leads, "/signin") {
		t.Errorf("the session of before the reset: %d to %s, want the sign-in form", status, leads)
	}

	// A second factor: sealed by the one function, opened by the other.
	_, _, offer := other.does("POST", w.URL+"/profile/factor/new", url.Values{"factor-password": {"a lantern by the sea"}})
	found := regexp.MustCompile(`name="secret" value="([^"]+)"|value="([^"]+)"[^>]*name="secret"`).FindStringSubmatch(offer)
	if found == nil {
		t.Fatalf("no secret is offered: %s", offer)
	}
	text := found[1] + found[2]
	secret, ok := credentials.ParseFactor(text)
	if !ok {
		t.Fatalf("%q is no secret", text)
	}
	now := time.Now()
	if status, _, page := other.does("POST", w.URL+"/profile/factor", url.Values{"secret": {text}, "code": {credentials.TOTP(secret, now.Add(-30*time.Second))}}); status != 200 {
		t.Fatalf("setting it up = %d %s", status, page)
	}
	again := w.visitor()
	if status, leads, _ := again.does("POST", w.URL+"/signin", url.Values{"name": {"nina"}, "password": {"a lantern by the sea"}}); status != 303 || !strings.HasPrefix(leads, "/signin/second") {
		t.Fatalf("the first step = %d to %s", status, leads)
	}
	if status, _, _ := again.does("POST", w.URL+"/signin/second", url.Values{"code": {"000000"}}); status != 401 {
		t.Errorf("a wrong code = %d", status)
	}
	if status, _, page := again.does("POST", w.URL+"/signin/second", url.Values{"code": {credentials.TOTP(secret, now)}}); status != 303 {
		t.Errorf("the code = %d %s", status, page)
	}

	// A provider, whose secret only the runner can open.
	provider := oidctest.New(t, time.Now)
	provider.Redirect = "https://" + w.Domain + "/signin/oidc/acme/callback"
	provider.Person = map[string]any{"sub": "p-1", "preferred_username": "petra"}
	w.slipway(provider.ClientSecret+"\n", "signin", "provider", "acme", "--name", "Acme", "--issuer", provider.Issuer, "--client-id", provider.ClientID, "--secret-stdin", "--new-users")
	petra := w.visitor()
	_, away, page := petra.does("POST", w.URL+"/signin/oidc/acme", url.Values{"next": {"/queue"}})
	if !strings.HasPrefix(away, provider.Issuer) {
		t.Fatalf("setting out leads to %q: %s", away, page)
	}
	_, back, _ := w.visitor().does("GET", away, nil)
	if status, leads, page := petra.does("GET", back, nil); status != 303 || leads != "/queue" {
		t.Fatalf("coming back = %d to %s: %s", status, leads, page)
	}
	if status, _, page := petra.does("GET", w.URL+"/profile", nil); status != 200 || !strings.Contains(page, "petra") {
		t.Errorf("the profile = %d", status)
	}
}
