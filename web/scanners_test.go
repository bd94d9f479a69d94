package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"slipway/pipelines"
	"slipway/runner/links"
)

// TestScannerFarm has a sign-off mail's links visited as mail scanners do: opened
// in every way, forms sent as they stand and filled with what stands on the page.
// Nothing is decided, and afterwards the link is as good as before.
//
// SLIPWAY_SCANNERS=10000 is the soak; by default there are fewer visits.
func TestScannerFarm(t *testing.T) {
	t.Parallel()
	visits := 400
	if text := os.Getenv("SLIPWAY_SCANNERS"); text != "" {
		n, err := strconv.Atoi(text)
		must(t, err)
		visits = n
	}
	k := newTutorial(t, "/slipway")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	before, err := k.records.Journal(t.Context(), d.ID)
	must(t, err)
	link := k.server.URL + "/slipway/answer/" + token
	began := time.Now()
	var done [6]atomic.Int64
	var all sync.WaitGroup
	places := make(chan struct{}, 8)
	for i := range visits {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			way := i % len(done)
			done[way].Add(1)
			k.scan(t, link, way)
		})
	}
	all.Wait()
	byBrowser := k.scanWithBrowser(t, link, min(visits/40, 60))
	t.Logf("%d visits in %s: HEAD %d, GET %d, GET and every link %d, POST without code %d, POST with words of the page %d, POST as JSON and multipart %d; %d more by a browser that fills and presses",
		visits, time.Since(began).Round(time.Millisecond), done[0].Load(), done[1].Load(), done[2].Load(), done[3].Load(), done[4].Load(), done[5].Load(), byBrowser)

	if got := k.until(d.ID, pipelines.Waiting); int(got.Revision) != len(before) {
		t.Errorf("the visits wrote %d turns", int(got.Revision)-len(before))
	}
	owner, _, ok, err := k.records.LinkOwner(t.Context(), links.Key(token))
	must(t, err)
	if !ok || owner.Link.Wrong != 0 || owner.Link.Dead || owner.Link.UsedAt != nil {
		t.Errorf("the link afterwards: %+v", owner.Link)
	}
	if got := k.browser("").post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}}); got.status != http.StatusSeeOther {
		t.Errorf("the person's answer afterwards: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
}

// scan is one visit.
func (k *pageKit) scan(t *testing.T, link string, way int) {
	send := func(method, address, kind, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return ""
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; SafeLinks)")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	const form = "application/x-www-form-urlencoded"
	both := []string{"approve", "reject"}
	switch way {
	case 0:
		send(http.MethodHead, link+"?wants=approve", "", "")
	case 1:
		send(http.MethodGet, link+"?wants="+both[len(link)%2], "", "")
	case 2: // whatever the page leads to
		page := send(http.MethodGet, link, "", "")
		for _, part := range strings.Split(page, `href="`)[1:] {
			to, _, _ := strings.Cut(part, `"`)
			if strings.HasPrefix(to, "/") {
				send(http.MethodGet, k.server.URL+strings.ReplaceAll(to, "&amp;", "&"), "", "")
			}
		}
	case 3:
		for _, word := range both {
			send(http.MethodPost, link, form, "answer="+word)
			send(http.MethodPost, link, form, "answer="+word+"&code=&note=")
		}
	case 4: // scanners put something into every field
		for _, words := range []string{"test", "John Doe", "user@example.com", "Random Quotes", "12345", "1.0.1", "on", "Deployment Sign Off", strings.Repeat("A", 5000)} {
			send(http.MethodPost, link, form, url.Values{"answer": {"approve"}, "code": {words}, "note": {words}, "over": {"yes"}}.Encode())
		}
	case 5:
		send(http.MethodPost, link, "application/json", `{"answer":"approve","code":"","proceed":true}`)
		send(http.MethodPost, link+"?answer=approve&code=", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"answer\"\r\n\r\napprove\r\n--x--\r\n")
		send(http.MethodPut, link, form, "answer=approve")
		send(http.MethodDelete, link, "", "")
	}
}

// scanWithBrowser opens the link in a browser that runs scripts, fills each field
// and presses each button, and says how often it did.
func (k *pageKit) scanWithBrowser(t *testing.T, link string, visits int) int {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Log("no Chromium here: no visits by a browser")
		return 0
	}
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox)...)
	defer stop()
	browser, stop := chromedp.NewContext(alloc)
	defer stop()
	browser, stop = context.WithTimeout(browser, 10*time.Minute)
	defer stop()
	for i := range visits {
		fill := []string{"", "test", "12345"}[i%3]
		press := []string{"approve", "reject"}[i/3%2]
		var err error
		for _, do := range []chromedp.Action[chromedp.Void]{
			chromedp.Navigate(fmt.Sprintf("%s?wants=%s", link, press)),
			chromedp.WaitReady(`[data-testid="answer-form"]`),
			// What a field demands is no hindrance to a program.
			chromedp.Evaluate[chromedp.Void](`for (const f of document.querySelectorAll("form")) { f.noValidate = true } for (const e of document.querySelectorAll("input[type=text], textarea")) { e.value = ` + strconv.Quote(fill) + ` } for (const e of document.querySelectorAll("input[type=checkbox]")) { e.checked = true }`),
			chromedp.Click(`[data-testid="` + press + `"]`),
			chromedp.WaitReady(`[data-testid="problems"]`),
		} {
			if err == nil {
				_, err = chromedp.Run(browser, do)
			}
		}
		if err != nil {
			where, _ := chromedp.Run(browser, chromedp.Location())
			t.Errorf("visit %d by a browser, at %s: %v", i, where, err)
			return i
		}
	}
	return visits
}
