package browser

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// cursorLine is the line of the text that the cursor stands in, 0 while the box
// has no focus.
const cursorLine = `(document.activeElement.id === 'text' ? document.activeElement.value.slice(0, document.activeElement.selectionStart).split('\n').length : 0)`

// An address that ends in a line opens the text there, and marks the line.
func TestTextOpensAtItsLine(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	b := s.tab(t)
	b.signIn("admin")
	b.open("/projects/Projects-1/text#L12")
	b.until(cursorLine + " === 12")
	b.is(`location.hash = "#L5", true`)
	b.until(cursorLine + " === 5")
	b.is(`location.hash = "#L12", true`)
	b.until(cursorLine + " === 12")
	if !b.is(`document.activeElement.selectionStart === document.activeElement.selectionEnd && document.querySelector('#L12').matches(':target')`) {
		t.Error("#L12 selects text, or marks no line")
	}
}

const sleeper = `
targets: [{ name: web-9, pretend: host, environments: [Dev], roles: [slow] }]
projects:
  - name: Slow
    lifecycle: Dev, Test, and Prod
    steps: [{ name: Sleep, roles: [slow], script: { body: "sleep 1h" } }]
`

// Cancel opens over the page: nothing under it moves, and neither does the button.
// It can be pressed by a thumb, and Escape closes it.
func TestCancelOpensOverThePage(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	file := filepath.Join(s.dir, "sleeper.yaml")
	must(t, os.WriteFile(file, []byte(sleeper), 0o600))
	s.slipway("", "apply", file, "--owner", "sleeper", "--yes")
	s.slipway("", "release", "create", "Slow", "--number", "1.0.0")
	id := deploymentID.FindString(s.slipway("", "deploy", "Slow", "1.0.0", "Dev"))
	b := s.tab(t)
	b.signIn("admin")
	const summary = `#cancel summary`
	const places = `['h1', '#cancel summary', '#status', '#graph', '.log-section', 'aside'].map(s => { const r = document.querySelector(s).getBoundingClientRect(); return [r.left, r.top, r.width] }).flat()`
	for _, width := range []int64{1280, 390} {
		b.do(chromedp.EmulateViewport(width, 844))
		b.open("/deployments/" + id)
		before := evaluate[[]float64](b, places)
		b.do(chromedp.Click(summary, chromedp.NodeVisible))
		b.until(`document.querySelector('#cancel .once').open`)
		for i, after := range evaluate[[]float64](b, places) {
			if math.Abs(after-before[i]) > .5 {
				t.Errorf("%d px wide, opening Cancel moves the page: number %d of its places is %.1f, and was %.1f", width, i, after, before[i])
			}
		}
		if !b.is(`(r => r.left >= 0 && r.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth)(document.querySelector('#cancel form').getBoundingClientRect())`) {
			t.Errorf("%d px wide, what Cancel asks is not all on the page", width)
		}
		if !b.is(`(e => { const r = e.getBoundingClientRect(); return [r.top - 5, r.bottom + 5].every(y => e.contains(document.elementFromPoint(r.left + r.width / 2, y))) || r.height >= 40 })(document.querySelector('` + summary + `'))`) {
			t.Errorf("%d px wide, Cancel takes a press on less than 38 px", width)
		}
		b.do(chromedp.KeyEvent(kb.Escape))
		b.until(`!document.querySelector('#cancel .once').open && document.activeElement.matches('` + summary + `')`)
	}
	b.press(summary)
	b.press(byTestID("cancel-submit"))
	b.until(`/Cancel/.test(document.querySelector('#status').innerText)`)
}
