package main

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"slipway/web/pages"
)

// growing is a deployment whose log gets a line with every question for news.
type growing struct {
	finished, lost atomic.Bool
	lines          atomic.Int64 // on the page after the last answer
}

func (d *growing) model() pages.Deployment {
	v := waitingDeployment()
	v.Base = ""
	v.Log.Lines = nil
	for n := range 80 {
		v.Log.Lines = append(v.Log.Lines, grownLine(n+1))
	}
	v.LivePath = pages.DeploymentLivePath(v.ID) + "?after=80"
	return v
}

func grownLine(n int) pages.LogLine {
	return line(n, "14:06:00", "web-1", "Deploy", pages.Out, fmt.Sprint("line ", n))
}

func (d *growing) page(w http.ResponseWriter, r *http.Request) {
	templ.Handler(pages.DeploymentPage(d.model())).ServeHTTP(w, r)
}

func (d *growing) live(w http.ResponseWriter, r *http.Request) {
	if d.lost.Load() {
		http.Error(w, "gone", http.StatusBadGateway)
		return
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v := d.model()
	answer := pages.DeploymentLive{
		Frame: v.Frame, ID: v.ID, Parts: &v.Parts, Lines: []pages.LogLine{grownLine(after + 1)}, LogLinks: pages.LogLinks{Total: fmt.Sprint(after+1, " lines")},
		LivePath: pages.DeploymentLivePath(v.ID) + fmt.Sprintf("?after=%d", after+1), SameQuestions: true,
	}
	if d.finished.Load() {
		answer.LivePath, answer.SameQuestions = "", false
		answer.Parts = &pages.DeploymentParts{State: pages.Succeeded, Sentence: "It is done.", Graph: v.Parts.Graph}
	}
	d.lines.Store(int64(after + 1))
	templ.Handler(pages.DeploymentLivePart(answer)).ServeHTTP(w, r)
}

// openGrowing opens the page of a growing deployment and waits for the first news.
func openGrowing(t *testing.T) (*growing, tab) {
	t.Helper()
	d := &growing{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /deployments/{id}", d.page)
	mux.HandleFunc("GET /deployments/{id}/live", d.live)
	url := serve(t, mux)
	b := openTab(t)
	b.do(chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(url+"/deployments/Deployments-52"), chromedp.WaitReady("#L80"))
	return d, b
}

// atTail says whether the last line is in view at the foot of the log.
const atTail = `document.querySelector('#log-lines > li:last-child').getBoundingClientRect().bottom <= document.querySelector('.log').getBoundingClientRect().bottom`

func TestLogFollowsOneWhoIsAtTheTail(t *testing.T) {
	t.Parallel()
	_, b := openGrowing(t)
	if !b.is(atTail) {
		t.Error("a fresh page does not show the tail of the log")
	}
	b.do(chromedp.WaitReady("#L83"))
	if !b.is(atTail) {
		t.Error("new lines are out of view for one who is at the tail")
	}
}

func TestNewsMoveNobodyAndKeepWhatIsWritten(t *testing.T) {
	t.Parallel()
	d, b := openGrowing(t)
	b.do(chromedp.WaitReady("#L81"))
	const top = `document.querySelector('#L20').getBoundingClientRect().top`
	b.do(chromedp.SendKeys("#note-Deployments-52-1", "half a sentence"))
	b.drawn() // typing scrolls to the field, with the next frame only
	before := evaluate[float64](b, `document.querySelector('#L20').scrollIntoView({block: 'center'}), `+top)
	b.do(chromedp.WaitReady(lineID(d.lines.Load() + 3)))
	if after := evaluate[float64](b, top); math.Abs(after-before) > 1 { // the browser rounds to whole pixels
		t.Errorf("a line being read moved from %.1f to %.1f when news came in", before, after)
	}
	if got := evaluate[string](b, `document.activeElement.id + ": " + document.querySelector('#note-Deployments-52-1').value`); got != "note-Deployments-52-1: half a sentence" {
		t.Errorf("after news the focused field and the note are %q, want what was typed, still focused", got)
	}
}

func TestFinishedDeploymentIsAskedNoMore(t *testing.T) {
	t.Parallel()
	d, b := openGrowing(t)
	b.do(chromedp.WaitReady("#L82"))
	d.finished.Store(true)
	b.do(chromedp.WaitReady(`[data-testid="news-over"]`), chromedp.WaitNotPresent(`[data-testid="signoff"]`))
	if got := evaluate[string](b, `document.querySelector('[data-testid="sentence"]').textContent`); got != "It is done." {
		t.Errorf("the sentence of a finished deployment is %q, want the new one", got)
	}
	if b.is(`!!document.querySelector('[hx-trigger]')`) {
		t.Error("a finished deployment is still asked for news")
	}
	var want []string
	for n := range d.lines.Load() {
		want = append(want, strconv.FormatInt(n+1, 10))
	}
	got := evaluate[string](b, `[...document.querySelectorAll('#log-lines .n')].map(a => a.textContent).join(' ')`)
	if got != strings.Join(want, " ") {
		t.Errorf("the line numbers on the page are %s, want each once, in order, up to %d", got, d.lines.Load())
	}
}

func TestLostConnectionIsSaid(t *testing.T) {
	t.Parallel()
	d, b := openGrowing(t)
	const said = `getComputedStyle(document.querySelector('[data-testid="connection-lost"]')).visibility === 'visible'`
	b.do(chromedp.WaitReady("#L81"))
	if b.is(said) {
		t.Error("the connection is called lost while answers come in")
	}
	d.lost.Store(true)
	b.until(said)
	d.lost.Store(false)
	b.until("!(" + said + ")")
}
