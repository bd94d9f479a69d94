package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// mostAtFirst is what the first view of a page may take over the wire: the page,
// the style sheet, htmx and the icon.
const mostAtFirst = 60 << 10

var assetAddress = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// Every page that is linked from the dashboard after a deployment, as a browser
// with an empty cache gets it.
func TestFirstViewIsLight(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	k.deployTo("Test", "1.0.1")
	b := k.browser("admin")
	cookies := cookiesOf(b)
	weigh := func(path string) fetched {
		return fetch(t, "GET", k.server.URL+path, "Accept-Encoding", "gzip", "Cookie", cookies)
	}
	assets := map[string]int{}
	heaviest, where, count := 0, "", 0
	for _, path := range append(linkedPages(b), "/signin", "/nothing/here") {
		page := weigh(path)
		text := page.plain(t)
		if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") || !strings.Contains(text, "<html") {
			continue
		}
		sum := len(page.body)
		for _, m := range assetAddress.FindAllStringSubmatch(text, -1) {
			if _, known := assets[m[1]]; !known {
				assets[m[1]] = len(weigh(m[1]).body)
			}
			sum += assets[m[1]]
		}
		count++
		if sum > mostAtFirst {
			t.Errorf("the first view of %s takes %d bytes, want at most %d", path, sum, mostAtFirst)
		}
		if sum > heaviest {
			heaviest, where = sum, path
		}
	}
	if count < 15 || len(assets) < 3 {
		t.Fatalf("only %d pages and %d assets were weighed: %v", count, len(assets), assets)
	}
	t.Logf("%d pages; the heaviest is %s with %d bytes; assets: %v", count, where, heaviest, assets)
}

func cookiesOf(b *browser) string {
	r, err := http.NewRequestWithContext(b.k.t.Context(), http.MethodGet, b.k.server.URL, nil)
	must(b.k.t, err)
	for _, c := range b.client.Jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	return r.Header.Get("Cookie")
}

// linkedPages are the addresses that links lead to, from the dashboard on.
func linkedPages(b *browser) []string {
	seen := map[string]bool{}
	waiting := []string{"/"}
	var out []string
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		if seen[path] || strings.HasPrefix(path, "/static/") {
			continue
		}
		seen[path] = true
		out = append(out, path)
		for _, m := range linked.FindAllStringSubmatch(b.get(path).body, -1) {
			target, _, _ := strings.Cut(strings.ReplaceAll(m[1], "&amp;", "&"), "#")
			if strings.HasPrefix(target, "/") && strings.HasPrefix(m[0], "href") {
				waiting = append(waiting, target)
			}
		}
	}
	return out
}
