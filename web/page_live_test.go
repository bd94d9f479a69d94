package web

import (
	"context"
	"net/http"
	"net/url"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"slipway/pipelines"
)

// tab is an open page in a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func openTab(t *testing.T) tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if _, err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return tab{t, ctx}
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, a := range actions {
		if _, err := chromedp.Run(b.ctx, a); err != nil {
			b.t.Fatal(err)
		}
	}
}

// until waits for a condition, through whatever pages come meanwhile.
func (b tab) until(condition string) {
	b.t.Helper()
	for b.ctx.Err() == nil {
		// An error is a page that is just being left.
		if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(time.Second))); err == nil {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s", condition)
}

func byTestID(id string) string { return `[data-testid="` + id + `"]` }

// there says that the page shows something with a test id.
func there(id string) string { return `document.querySelector('` + byTestID(id) + `') !== null` }

func shows(text string) string { return `document.body.innerText.includes(` + "`" + text + "`" + `)` }

// In a real browser: our own forms pass the protection against other sites',
// an open page follows by itself, and the mail's link decides with its code.
func TestAPersonInABrowser(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	k.push("1.0.1")
	b := openTab(t)
	home := k.server.URL + k.base
	b.do(chromedp.Navigate(home+"/"),
		chromedp.SendKeys(byTestID("field-name"), "admin"), chromedp.SendKeys(byTestID("field-password"), password), chromedp.Click(byTestID("submit")))
	b.until(there("dashboard"))
	b.do(chromedp.Click(byTestID("deploy")))
	b.until(there("deploy-form"))
	b.do(chromedp.Click(byTestID("submit")))
	b.until(there("signoff"))
	b.until(`window.stays = true`)

	all, err := k.records.Active(t.Context())
	must(t, err)
	id := all[0]
	k.say(id, 1, 2)
	b.until(shows("extra <2>"))
	if got := k.browser("stella").post("/approvals/"+id+".1", url.Values{"answer": {"approve"}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d, %s", got.status, got.text())
	}
	b.until(shows("1.0.1 is in Test") + ` && window.stays && !(` + there("signoff") + `) && ` + there("news-over"))
	k.until(id, pipelines.Succeeded)

	prod := k.deployTo("Prod", "1.0.1")
	token, code := k.asked("Prod")
	b.do(chromedp.Navigate(home+"/answer/"+token+"?wants=reject"),
		chromedp.SendKeys(byTestID("field-code"), code), chromedp.SendKeys(byTestID("field-note"), "not today"), chromedp.Click(byTestID("reject")))
	b.until(there("answer-rejected"))
	k.until(prod.ID, pipelines.Failed)
}
