package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"slipway/pipelines"
)

// replaceSelector puts a selector into a script as a string of it.
func replaceSelector(script, selector string) string {
	return strings.ReplaceAll(script, "%SELECTOR%", "`"+selector+"`")
}

// watchShifts notes, on each page from now on, how far things jump that nobody
// touched: Chromium's own measure, as Cumulative Layout Shift sums it.
func (b tab) watchShifts() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.shifts = []
		new PerformanceObserver(list => {
			for (const e of list.getEntries()) if (!e.hadRecentInput) shifts.push(e.value.toFixed(4) + ': ' + e.sources.map(s => (s.node && (s.node.id || s.node.className || s.node.nodeName)) + ' ' +
				s.previousRect.y + '+' + s.previousRect.height + ' to ' + s.currentRect.y + '+' + s.currentRect.height).join(', '))
		}).observe({type: 'layout-shift', buffered: true})`})
	must(b.t, err)
}

// paced is a project whose deployment takes long enough to be watched.
const paced = `
targets: [{ name: web-9, pretend: host, environments: [Dev], roles: [slow] }]
projects:
  - name: Slow
    lifecycle: Dev, Test, and Prod
    steps:
      - { name: First, roles: [slow], script: { body: "echo one\nsleep 1\necho two\nsleep 1\necho three" } }
      - { name: Second, roles: [slow], script: { body: "echo four\nsleep 1\necho five\nsleep 1\necho six" } }
`

// besideTheLog is what a page says around the log, but for times, which pass.
const besideTheLog = `[...document.querySelectorAll('#facts dt')].map(dt => dt.textContent).concat(document.querySelector('#log-links').textContent).join('|').replace(/\s+/g, ' ')`

// While a deployment runs, nothing on its page or on the dashboard jumps.
func TestNothingJumps(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	file := filepath.Join(s.dir, "paced.yaml")
	must(t, os.WriteFile(file, []byte(paced), 0o600))
	s.slipway("", "apply", file, "--owner", "paced", "--yes")
	s.slipway("", "release", "create", "Slow", "--number", "1.0.0")
	for _, size := range [][2]int64{{1280, 900}, {390, 844}} {
		id := deploymentID.FindString(s.slipway("", "deploy", "Slow", "1.0.0", "Dev"))
		watching, grid := s.tab(t), s.tab(t)
		for _, b := range []tab{watching, grid} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			b.watchShifts()
			b.signIn("internaldeployer")
		}
		watching.open("/deployments/" + id)
		s.becomes(id, pipelines.Succeeded)
		watching.until(there("news-over"))
		grid.until(`document.querySelector('[data-testid="cell"]') && !document.querySelector('[data-testid="cell"][data-state=running]')`)
		for _, b := range []tab{watching, grid} {
			evaluate[bool](b, `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 50)))`, awaited)
			if got := evaluate[string](b, `shifts.join("\n")`); got != "" {
				t.Errorf("%d px wide, things jump on %s:\n%s", size[0], evaluate[string](b, "location.pathname"), got)
			}
		}
		followed := evaluate[string](watching, besideTheLog)
		watching.do(chromedp.Reload())
		if fresh := evaluate[string](watching, besideTheLog); followed != fresh {
			t.Errorf("%d px wide, who has watched %s is told %q, and who comes now %q", size[0], id, followed, fresh)
		}
	}
}
