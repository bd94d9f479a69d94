package web

import (
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
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
	notTimed = regexp.MustCompile(`^GET /(static|setup|answer|v1|nuget|kept|signin/)|\{token\}|body\.html|artifacts/|log\.txt|/export|/live$`)
	word     = regexp.MustCompile(`\{([^}]*)\}`)
)

// leadOn are pages that only lead to another one.
var leadOn = []string{"/signin", "/library", "/projects"}

// BenchmarkPages asks for every page of the route table, as a browser with a
// session does, on a store with years of work in it. p50-ms and p95-ms are one
// request's; cpu-ms is what one took of the processors, garbage collection
// included, which says more where others work on the same machine.
func BenchmarkPages(b *testing.B) {
	k := newTutorial(b, "")
	fill(k, large)
	all := everyPage(k)
	cookies := cookiesOf(k.browser("admin"))
	for _, path := range slices.Sorted(maps.Keys(all)) {
		b.Run(strings.ReplaceAll(strings.Trim(path, "/"), "/", "_")+"_", func(b *testing.B) { timed(b, k, all[path], cookies) })
	}
	b.Run("live_", func(b *testing.B) { timed(b, k, stillPath(k, cookies), cookies) })
}

// everyPage are the paths of all pages, with a deployment that waits for somebody,
// by names that are the same in every house.
func everyPage(k *pageKit) map[string]string {
	k.t.Helper()
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.asked("Test")
	mails, err := k.mail.List(k.t.Context())
	must(k.t, err)
	there := map[string]string{
		"$": "", "project": "Projects-5", "release": "1.0.7", "environment": "Environments-2", "deployment": d.ID, "package": "RandomQuotes", "variable": "Nginx%20Port",
		"mail": mails[0].Key, "version": "1.0.1", "target": "host-005", "lifecycle": "Lifecycles-1", "role": "Project%20viewer", "team": "Teams-1", "user": "Users-4", "type": "script",
	}
	paths := []string{
		"/projects/Projects-5?before=Releases-150", "/projects/Projects-5/releases/1.0.20", "/nothing/here", "/search?q=quotes", "/search?q=1.0.7", "/search?q=project+1.0", "/packages/Package001",
		"/packages/RandomQuotes/1.0.1?before=Releases-150", "/audit?text=deployed", "/audit?person=user03", "/audit?person=nobody", "/audit?project=Random+Quotes", "/audit?kind=sign-in", "/audit?text=never+written", "/audit?environment=Dev", "/audit?limit=1000",
	}
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
	out := map[string]string{}
	for _, path := range paths {
		out[strings.NewReplacer(d.ID, "ID", mails[0].Key, "KEY").Replace(path)] = path
	}
	return out
}

// stillPath is what an open dashboard asks for, once it was found that nothing
// moves.
func stillPath(k *pageKit, cookies string) string {
	k.t.Helper()
	k.ahead.Store(int64(2 * time.Hour)) // when the time of what is new is said in hours
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		path := html.UnescapeString(regexp.MustCompile(`hx-get="([^"]*/live[^"]*)"`).FindStringSubmatch(k.ask("/", cookies).Body.String())[1])
		for range 2 * settled / (100 * time.Millisecond) {
			k.ask(path, cookies)
			k.reads.since()
			got := k.ask(path, cookies)
			if calls, _ := k.reads.since(); got.Code == http.StatusNoContent && calls < fewReads {
				return path
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	k.t.Fatal("the dashboard does not come to rest")
	return ""
}

// fewReads is what asking whether anything has moved takes at most.
const fewReads = 20

// ask is a request as a browser sends it, without a network.
func (k *pageKit) ask(path, cookies string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Cookie", cookies)
	w := httptest.NewRecorder()
	k.server.Config.Handler.ServeHTTP(w, r)
	return w
}

func timed(b *testing.B, k *pageKit, path, cookies string) {
	var took []time.Duration
	size := 0
	began := processorTime()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Cookie", cookies)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		at := time.Now()
		k.server.Config.Handler.ServeHTTP(w, r)
		took = append(took, time.Since(at))
		size = w.Body.Len()
		if w.Code >= 500 || w.Code == http.StatusSeeOther && !slices.Contains(leadOn, path) {
			b.Fatalf("GET %s: %d", path, w.Code)
		}
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	p50, p95 := took[len(took)/2], took[len(took)*95/100]
	cpu := (processorTime() - began) / time.Duration(len(took))
	b.ReportMetric(ms(cpu), "cpu-ms")
	b.ReportMetric(ms(p50), "p50-ms")
	b.ReportMetric(ms(p95), "p95-ms")
	b.ReportMetric(float64(size), "B-sent")
	limit := mostAtServer
	if strings.HasPrefix(path, "/audit") {
		limit = mostForAudit
	}
	if p95 > limit {
		b.Errorf("GET %s takes %s (%s of the processors) and in 1 of 20 times %s, want at most %s", path, p50, cpu, p95, limit)
	}
}

// BenchmarkMemory is what a server with years of work in its store holds in memory:
// at rest, and after somebody has walked over all pages.
func BenchmarkMemory(b *testing.B) {
	k := newTutorial(b, "")
	fill(k, large)
	all := everyPage(k)
	cookies := cookiesOf(k.browser("admin"))
	held := func(as string) {
		runtime.GC()
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, as+"-MB")
		b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, as+"-of-system-MB")
	}
	held("rest")
	for range 3 {
		for _, path := range all {
			k.ask(path, cookies)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, "walking-of-system-MB")
	held("walked")
}

// processorTime is what this process has used since it began.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkDeploy is what it takes to ask for a deployment, with as much there.
func BenchmarkDeploy(b *testing.B) {
	k := newTutorial(b, "")
	fill(k, large)
	k.push("1.0.1")
	for b.Loop() {
		_, err := k.requests.Deploy(b.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: "Dev"})
		must(b, err)
	}
}
