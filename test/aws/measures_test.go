package aws

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/emulators/gateway"
	"slipway/test/emulators/lambda"
	"slipway/test/hosts"
)

// steps is how many one-target steps the counted deployment has: as many as one of the reference load.
const steps = 12

const counted = `
environments: [Dev]
projects:
  - name: Counted
    steps:
`

// process is the counted deployment's, in the text form.
func process() string {
	var text strings.Builder
	text.WriteString(counted[1:])
	for i := range steps {
		fmt.Fprintf(&text, "      - { name: Step %d, roles: [web], script: { body: echo %d } }\n", i+1, i+1)
	}
	return text.String()
}

// TestWhatADeploymentTakes counts a deployment of one-target steps over Systems Manager against what is promised.
func TestWhatADeploymentTakes(t *testing.T) {
	beside(t)
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, Variant{Host: h})
	w.apply(process())
	w.target(h, "web-1", "mi-0123456789abcdef0", "web", "Dev")
	w.slipway("", "release", "create", "Counted", "--number", "1.0.0")
	// The first deployment finds the executor missing on the host and the functions cold.
	rows := &table{stack: w.Stack}
	for _, name := range []string{"first deployment", "second deployment"} {
		rows.begin()
		id := w.deploy("Counted", "1.0.0", "Dev")
		w.quietly()
		one := rows.end(name)
		w.becomes(id, pipelines.Succeeded)
		if name == "first deployment" {
			continue
		}
		atMost(t, "single-item writes", one.single, steps+1)
		atMost(t, "bytes of the largest item written alone", one.largest, 1024)
		atMost(t, "transactions", one.transactions, 2)
		atMost(t, "S3 puts by us", one.puts, 2)
		if per := one.runnerGBms / steps; measuring() && per > 5 {
			t.Errorf("%.1f GB-ms a step, want at most 5", per)
		}
		if month := one.engine() * referenceLoad; measuring() && month > 0.45 {
			t.Errorf("the reference load costs $%.2f a month, want at most $0.45", month)
		}
		t.Logf("the runner's GB-ms a step: %.1f; started cold: %.1f of %.1f", one.runnerGBms/steps, one.runnerIdle, one.runnerGBms)
	}
	rows.print(t)
	w.idle()
}

func atMost(t *testing.T, what string, got, limit int) {
	t.Helper()
	if got > limit {
		t.Errorf("%s: %d, want at most %d", what, got, limit)
	}
}

// quietly waits until nothing happens any more, without asking: reads of the pages would be counted.
func (w *world) quietly() {
	w.t.Helper()
	before, since := w.Ledger.Len(), time.Now()
	w.until("silence after a deployment", 90*time.Second, func() bool {
		if now := w.Ledger.Len(); now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > 10*time.Second // a host that has begun reports sooner, however busy this machine is
	})
}

// idle: while nobody does anything, no request is made at all.
func (w *world) idle() {
	w.t.Helper()
	w.quietly()
	before, events := w.Ledger.Len(), len(w.Runner.Records())+len(w.Web.Records())
	time.Sleep(5 * time.Second) // what must not happen has no state to wait for
	if after := w.Ledger.Len(); after != before {
		w.t.Errorf("idle for 5 s, and there were requests:\n%s", gateway.Table(w.Ledger.Since(before)))
	}
	if after := len(w.Runner.Records()) + len(w.Web.Records()); after != events {
		w.t.Errorf("idle for 5 s, and %d events", after-events)
	}
}

// TestStartAndSize measures what is promised of the program as such.
func TestStartAndSize(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{KillAfterEach: true})
	var pages []time.Duration
	visits := 4
	if measuring() {
		visits = 15
	}
	for range visits {
		begun := time.Now()
		res, err := http.Get(w.URL + "/signin")
		must(t, err)
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("the first page = %s", res.Status)
		}
		pages = append(pages, time.Since(begun))
	}
	all := slices.Concat(w.Web.Records(), w.Runner.Records())
	var starts []time.Duration
	rss := int64(0)
	for _, r := range all {
		if r.Cold && r.Error == "" {
			starts = append(starts, r.Init)
		}
		if !heavy(r) {
			rss = max(rss, r.MaxRSS)
		}
	}
	const mb = 1 << 20
	for _, c := range []struct {
		what       string
		got, limit float64
		unit       string
	}{
		// Other work on this machine makes some starts slow; a quarter of them is undisturbed.
		{"process start to the first request for work, quartile", ms(quartile(starts)), 30, "ms"},
		{"first page from a cold start, median", ms(median(pages)), 100, "ms"},
		{"the most memory of a process, but for passwords and prepare", float64(rss) / mb, 40, "MB"},
		{"binary", float64(w.Zip.BinarySize) / 1e6, 56, "MB"}, // signing in by OpenID Connect brought 3; the expressions of `if:` look methods up by name, which keeps the linker from dropping any
		{"zip", float64(w.Zip.Size) / 1e6, 18, "MB"},
		{"the stack's answer to the custom resource", w.Prepared.Seconds(), 60, "s"},
	} {
		verdict := "ok"
		if c.got > c.limit && (measuring() || c.unit == "MB") {
			verdict = "TOO MUCH"
			t.Errorf("%s: %.1f %s, want at most %.0f", c.what, c.got, c.unit, c.limit)
		}
		t.Logf("%-60s %8.1f %s (at most %.0f) %s", c.what, c.got, c.unit, c.limit, verdict)
	}
	t.Logf("starts: fastest %s, median %s, slowest %s of %d; %s", slices.Min(starts), median(starts), slices.Max(starts), len(starts), memory(all))
}

// measuring says whether times count: on a machine that does nothing else, as for `make test-aws`.
func measuring() bool { return os.Getenv("SLIPWAY_MEASURE") != "" }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func quartile(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/4]
}

// heavy are the events that take memory on purpose: hashing a password takes 19 MB (argon2id), and the executors are put into the bucket once.
func heavy(r lambda.Record) bool {
	e := string(r.Event)
	return strings.Contains(e, `"rawPath":"/setup/`) || strings.Contains(e, `"rawPath":"/v1/login"`) || strings.Contains(e, `"RequestType"`)
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// memory is the most that each function took.
func memory(all []lambda.Record) string {
	most := map[string]int64{}
	for _, r := range all {
		most[r.Function] = max(most[r.Function], r.MaxRSS>>10)
	}
	return fmt.Sprintf("memory by function in KB: %v", most)
}
