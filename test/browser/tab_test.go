package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// oneChromium is the browser of all tests here. Each tab has cookies of its own.
type oneChromium struct {
	once   sync.Once
	ctx    context.Context
	err    error
	cancel []func()
	folder string
}

var chromium oneChromium

var errNoChromium = errors.New("no Chromium on this machine: `make install` brings it")

func (c *oneChromium) start() {
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		c.err = errNoChromium
		return
	}
	if c.folder, c.err = os.MkdirTemp("", "slipway-browser-"); c.err != nil {
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(c.folder))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	c.cancel = append(c.cancel, cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	c.cancel = append(c.cancel, cancel)
	_, c.err = chromedp.Run(ctx, chromedp.Navigate("about:blank"))
	c.ctx = ctx
}

func (c *oneChromium) stop() {
	for i := len(c.cancel) - 1; i >= 0; i-- {
		c.cancel[i]()
	}
	if c.folder != "" {
		_ = os.RemoveAll(c.folder)
	}
}

// tab is one person's open page.
type tab struct {
	t   *testing.T
	url string
	ctx context.Context
}

// tab opens one, for a person who has not signed in yet.
func (s *server) tab(t *testing.T) tab {
	t.Helper()
	chromium.once.Do(chromium.start)
	if errors.Is(chromium.err, errNoChromium) {
		if os.Getenv("CI") == "true" {
			t.Fatal(chromium.err)
		}
		t.Skip(chromium.err)
	}
	must(t, chromium.err)
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if _, err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	return tab{t, s.url, ctx}
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, a := range actions {
		if _, err := chromedp.Run(b.ctx, a); err != nil {
			b.t.Fatalf("%v, on the page: %s", err, b.shown())
		}
	}
}

// open goes to an address of the server.
func (b tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + path))
}

// awaited makes evaluate wait for a promise.
var awaited = chromedp.EvalAwaitPromise

// evaluate asks the page.
func evaluate[T any](b tab, expression string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

// shown is what stands on the page, for messages.
func (b tab) shown() string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.pathname + ": " + document.body.innerText.slice(0, 2000)`))
	if err != nil {
		return err.Error()
	}
	return text
}

// until waits for a condition, through whatever pages come meanwhile. It asks
// from outside, so that it works where scripts are off.
func (b tab) until(condition string) {
	b.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		// An error is a page that is just being left.
		if yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](condition)); err == nil && yes {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s on %s", condition, b.shown())
}

func (b tab) is(condition string) bool {
	b.t.Helper()
	return evaluate[bool](b, condition)
}

// press follows a link or presses a button and waits for the page behind it.
func (b tab) press(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.NodeVisible))
}

// signIn is done on the page for it.
func (b tab) signIn(username string) {
	b.t.Helper()
	b.open("/signin")
	b.do(chromedp.SendKeys(byTestID("field-name"), username), chromedp.SendKeys(byTestID("field-password"), password))
	b.press(byTestID("signin-form") + " button[type=submit]")
	b.until(`!location.pathname.startsWith("/signin")`)
}

// withoutScripts turns the page's own scripts off, from the next page on.
func (b tab) withoutScripts() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(b.t, err)
}

// prefers sets what the person's system says about colours.
func (b tab) prefers(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	must(b.t, err)
}

func byTestID(id string) string { return `[data-testid="` + id + `"]` }

// there says that the page shows something with a test id.
func there(id string) string { return `document.querySelector('` + byTestID(id) + `') !== null` }

func shows(text string) string { return fmt.Sprintf(`document.body.innerText.includes(%q)`, text) }

var deploymentID = regexp.MustCompile(`Deployments-\d+`)

// deployment is the one whose page is open.
func (b tab) deployment() string {
	b.t.Helper()
	b.until(`location.pathname.startsWith("/deployments/")`)
	return deploymentID.FindString(evaluate[string](b, "location.pathname"))
}
