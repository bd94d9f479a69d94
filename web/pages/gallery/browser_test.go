package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"slipway/web/pages"
)

// tab is one open page in a headless Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// openTab starts a browser for one test; without one on the machine it skips.
func openTab(t *testing.T) tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
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
	return tab{t: t, ctx: ctx}
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	t.Skip("no Chromium on this machine")
	return ""
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, a := range actions {
		if _, err := chromedp.Run(b.ctx, a); err != nil {
			b.t.Fatal(err)
		}
	}
}

// is evaluates a condition on the page.
func (b tab) is(condition string) bool {
	b.t.Helper()
	return evaluate[bool](b, condition)
}

// until waits for a condition on the page.
func (b tab) until(condition string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(2*time.Minute))); err != nil {
		b.t.Fatalf("waiting for %s: %v", condition, err)
	}
}

// drawn waits until what was done before it is on the screen.
func (b tab) drawn() {
	b.t.Helper()
	b.is(`document.body.dataset.drawn = 'no', requestAnimationFrame(() => requestAnimationFrame(() => document.body.dataset.drawn = 'yes')), true`)
	b.until(`document.body.dataset.drawn === 'yes'`)
}

func evaluate[T any](b tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

// serve answers with the policy of the pages in force; a page that breaks it fails
// the test.
func serve(t *testing.T, mux *http.ServeMux) string {
	t.Helper()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(pages.Static())))
	mux.HandleFunc("POST /violations", func(_ http.ResponseWriter, r *http.Request) {
		report, err := io.ReadAll(r.Body)
		t.Errorf("a page breaks its policy: %s %v", report, err)
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", pages.ContentSecurityPolicy+"; report-uri /violations")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestNoPageScrollsSidewaysOnAPhone(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	for _, s := range samples() {
		mux.Handle("GET /"+s.Name+".html", templ.Handler(s.Page))
	}
	mux.HandleFunc("GET /mail/3/body.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", pages.HeldMailPolicy)
		fmt.Fprint(w, pages.HeldMailHTML(sampleMailHTML))
	})
	url := serve(t, mux)
	b := openTab(t)
	b.do(chromedp.EmulateViewport(390, 844))
	for _, s := range samples() {
		if s.Fragment {
			continue
		}
		b.do(chromedp.Navigate(url + "/" + s.Name + ".html"))
		if wide := evaluate[int](b, "document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("page %s is %d px wide, want at most a phone's 390", s.Name, wide)
		}
		if out := evaluate[string](b, outOfLine); out != "" {
			t.Errorf("page %s: rows of tables do not begin where the title does, or scroll sideways: %s", s.Name, out)
		}
	}
}

// outOfLine names the tables whose rows begin elsewhere than the title, which has the
// page's left edge, or are wider than the page.
const outOfLine = `[...document.querySelectorAll('table')].filter(t => {
	const head = t.querySelector('tbody th'), around = t.parentElement
	return head && Math.abs(head.getBoundingClientRect().left - document.querySelector('h1').getBoundingClientRect().left) > 1 ||
		around.scrollWidth > around.clientWidth
}).map(t => t.dataset.testid).join(' ')`

func lineID(n int64) string { return fmt.Sprintf("#L%d", n) }
