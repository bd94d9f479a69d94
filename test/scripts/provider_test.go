package scripts

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"slipway/web/oidc/oidctest"
)

// issuer runs a build system's issuer beside the server: `issuer up` sets
// $ISSUER, `issuer token FILE SUBJECT AUDIENCE [expired|foreign|none]` writes a
// token of one of its builds.
func issuer(t *testing.T) func(*testscript.TestScript, bool, []string) {
	var mu sync.Mutex
	running := map[string]*oidctest.Provider{} // by the folder of the script
	return func(ts *testscript.TestScript, _ bool, args []string) {
		mu.Lock()
		defer mu.Unlock()
		if args[0] == "up" {
			p := oidctest.New(t, time.Now)
			running[ts.Getenv("WORK")] = p
			ts.Setenv("ISSUER", p.Issuer)
			return
		}
		p := running[ts.Getenv("WORK")]
		if p == nil || len(args) < 4 {
			ts.Fatalf("issuer up, then issuer token FILE SUBJECT AUDIENCE [MISCHIEF]")
		}
		p.Mischief = nil
		if len(args) > 4 {
			p.Mischief = map[string]func(header, claims map[string]any){
				"expired": func(_, claims map[string]any) { claims["exp"] = time.Now().Add(-time.Hour).Unix() },
				"foreign": func(header, _ map[string]any) { header["foreign"] = true },
				"none":    func(header, _ map[string]any) { header["alg"] = "none" },
			}[args[4]]
		}
		token := p.Token(map[string]any{"sub": args[2], "aud": args[3], "jti": time.Now().Format(time.RFC3339Nano)})
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(token+"\n"), 0o600))
	}
}

var ticketLink = regexp.MustCompile(`https?://\S+/(?:invitation|reset)/\S+`)

// chooses follows the link of the newest mail to somebody and sets a password, as
// a person with a browser would: `chooses nina@example.org 'a lantern of mine'`.
// Opening it before, as scanners do, uses nothing up.
func chooses(ts *testscript.TestScript, neg bool, args []string) {
	link := ts.Getenv("LINK")
	if found := ticketLink.FindString(newest(ts, args[0]).Text); !neg && found != "" {
		link = found
	}
	ts.Setenv("LINK", link)
	for range 3 {
		opened, err := http.Get(link)
		ts.Check(err)
		opened.Body.Close()
	}
	done, err := browserOf(ts, args[0]).PostForm(link, url.Values{"password": {args[1]}, "again": {args[1]}})
	ts.Check(err)
	done.Body.Close()
	if (done.StatusCode == http.StatusSeeOther) == neg {
		ts.Fatalf("setting a password by %s: %s", link, done.Status)
	}
}

// browsers are the ones that people have open, by script and person.
var browsers sync.Map

func browserOf(ts *testscript.TestScript, who string) *http.Client {
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	b, _ := browsers.LoadOrStore(ts.Getenv("WORK")+" "+who, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
	return b.(*http.Client)
}

// browses does one thing in somebody's browser: `browses nina GET /profile`,
// `browses nina POST /signin name=nina 'password=…'`. The page is stdout; to be
// sent to the sign-in form is to be refused.
func browses(ts *testscript.TestScript, neg bool, args []string) {
	form := url.Values{}
	for _, field := range args[3:] {
		name, value, _ := strings.Cut(field, "=")
		form.Set(name, value)
	}
	r, err := http.NewRequest(args[1], ts.Getenv("SLIPWAY_URL")+args[2], strings.NewReader(form.Encode()))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := browserOf(ts, args[0]).Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	_, err = io.Copy(ts.Stdout(), answer.Body)
	ts.Check(err)
	leads := answer.Header.Get("Location")
	if refused := answer.StatusCode >= 400 || strings.HasPrefix(leads, "/signin"); refused != neg {
		ts.Fatalf("%s: %s %s: %s to %q", args[0], args[1], args[2], answer.Status, leads)
	}
}

// forgets asks for the mail to set a new password, as the page does: `forgets nina`.
func forgets(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := http.PostForm(ts.Getenv("SLIPWAY_URL")+"/forgot", url.Values{"name": {args[0]}})
	ts.Check(err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("/forgot answers %s", answer.Status)
	}
}
