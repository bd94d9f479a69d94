package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/requests"
)

// mostAtServer is what every page may take at the server, with the audit page as
// the exception.
const (
	mostAtServer = 30 * time.Millisecond
	mostForAudit = 100 * time.Millisecond
)

var (
	notTimed = regexp.MustCompile(`^GET /(static|setup|answer|v1|nuget|kept|signin/|settings)|\{token\}|body\.html|artifacts/|log\.txt|/export|/live$`)
	word     = regexp.MustCompile(`\{([^}]*)\}`)
)

// BenchmarkPages asks for every page of the route table, as a browser with a
// session does, on a store with years of work in it. p50-ms and p95-ms are one
// request's.
func BenchmarkPages(b *testing.B) {
	k := newTutorial(b, "")
	fill(k)
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.asked("Test")
	mails, err := k.mail.List(b.Context())
	must(b, err)
	there := map[string]string{
		"$": "", "project": "Projects-50", "release": "1.0.7", "environment": "Environments-2", "deployment": d.ID, "package": "RandomQuotes", "variable": "Nginx%20Port",
		"mail": mails[0].Key, "version": "1.0.1", "target": "host-050", "lifecycle": "Lifecycles-1", "role": "Project%20viewer", "team": "Teams-1", "user": "Users-4", "type": "script",
	}
	cookies := cookiesOf(k.browser("admin"))
	paths := []string{"/projects/Projects-50?all=yes", "/projects/Projects-50/releases/1.0.99", "/nothing/here", "/search?q=quotes", "/audit?text=deployed"}
	for _, r := range Surface() {
		path, read := strings.CutPrefix(r.Pattern, "GET ")
		if !read || notTimed.MatchString(r.Pattern) {
			continue
		}
		whole := true
		path = word.ReplaceAllStringFunc(path, func(w string) string {
			value, known := there[strings.Trim(w, "{}")]
			whole = whole && known
			return value
		})
		if whole {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		b.Run(strings.ReplaceAll(strings.Trim(path, "/"), "/", "_")+"_", func(b *testing.B) { timed(b, k, path, cookies) })
	}
}

func timed(b *testing.B, k *pageKit, path, cookies string) {
	var took []time.Duration
	size := 0
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Cookie", cookies)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		began := time.Now()
		k.server.Config.Handler.ServeHTTP(w, r)
		took = append(took, time.Since(began))
		size = w.Body.Len()
		if w.Code >= 500 || w.Code == http.StatusSeeOther && path != "/signin" {
			b.Fatalf("GET %s: %d", path, w.Code)
		}
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	p50, p95 := took[len(took)/2], took[len(took)*95/100]
	b.ReportMetric(ms(p50), "p50-ms")
	b.ReportMetric(ms(p95), "p95-ms")
	b.ReportMetric(float64(size), "B-sent")
	limit := mostAtServer
	if strings.HasPrefix(path, "/audit") {
		limit = mostForAudit
	}
	if p50 > limit {
		b.Errorf("GET %s takes %s, want at most %s", path, p50, limit)
	}
}

// BenchmarkDeploy is what it takes to ask for a deployment, with as much there.
func BenchmarkDeploy(b *testing.B) {
	k := newTutorial(b, "")
	fill(k)
	k.push("1.0.1")
	for b.Loop() {
		_, err := k.requests.Deploy(b.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: "Dev"})
		must(b, err)
	}
}
