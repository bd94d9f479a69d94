package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/tasklog"
)

var (
	lineText = regexp.MustCompile(`(?s)data-testid="line".*?<span class="m">(?:<[^>]*>[^<]*</[^>]*>)?([^<]*)</span>`)
	lineID   = regexp.MustCompile(`<li id="(L\d+)"`)
	liveAsk  = regexp.MustCompile(`hx-get="([^"]*)"`)
)

func linesOf(a answered) []string {
	var out []string
	for i, m := range lineText.FindAllStringSubmatch(a.body, -1) {
		out = append(out, lineID.FindAllStringSubmatch(a.body, -1)[i][1]+" "+m[1])
	}
	return out
}

// nextLive is what an open page asks next, or "".
func nextLive(a answered) string {
	m := liveAsk.FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// say writes lines of output for the first task, as its host would.
func (k *pageKit) say(deployment string, from, to int) {
	k.t.Helper()
	w, err := k.output.Writer(deployment, tasklog.TaskID(0), "extra", int64(from-1))
	must(k.t, err)
	for i := from; i <= to; i++ {
		must(k.t, w.Append(k.t.Context(), task.Line{Seq: int64(i), At: time.Now(), Stream: task.Stdout, Text: fmt.Sprintf("extra <%d>", i)}))
	}
	must(k.t, w.Flush(k.t.Context()))
}

func TestLiveDeliversOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	b := k.browser("stella")
	page := b.get("/deployments/" + d.ID)
	known := len(linesOf(page))
	if known == 0 || nextLive(page) == "" {
		t.Fatalf("%d lines, next question %q: %s", known, nextLive(page), page.text())
	}
	still := b.get(nextLive(page))
	if len(linesOf(still)) != 0 || strings.Contains(still.body, "hx-swap-oob") || nextLive(still) == "" {
		t.Errorf("nothing moved, the answer is %s", still.body)
	}
	k.say(d.ID, 1, 3)
	fresh := b.get(nextLive(still))
	want := []string{fmt.Sprintf("L%d extra &lt;1&gt;", known+1), fmt.Sprintf("L%d extra &lt;2&gt;", known+2), fmt.Sprintf("L%d extra &lt;3&gt;", known+3)}
	if got := linesOf(fresh); fmt.Sprint(got) != fmt.Sprint(want) || strings.Contains(fresh.body, testid("graph")) {
		t.Errorf("three new lines: got %q, want %q and no graph", got, want)
	}
	if got := linesOf(b.get(nextLive(fresh))); len(got) != 0 {
		t.Errorf("asked again: %q, want nothing", got)
	}
	if got := b.post("/approvals/"+d.ID+".1", url.Values{"answer": {"approve"}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d", got.status)
	}
	k.until(d.ID, pipelines.Succeeded)
	last := b.get(nextLive(fresh))
	if !strings.Contains(last.body, `hx-swap-oob="innerHTML:#decision"`) {
		t.Error("the question that was answered stays on an open page")
	}
	if !strings.Contains(last.body, testid("graph")) || strings.Contains(last.body, testid("signoff")) || !strings.Contains(last.body, "1.0.1 is in Test") {
		t.Errorf("after the end the answer is %s", last.text())
	}
	if nextLive(last) != "" {
		t.Errorf("after the end the page asks on: %q", nextLive(last))
	}
}

func TestLogInStretches(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	d := k.push("1.0.1")
	b := k.browser("admin")
	own := len(linesOf(b.get("/deployments/" + d.ID)))
	k.say(d.ID, 1, 450)
	page := b.has("/deployments/"+d.ID+"?step=1", http.StatusOK, testid("log-filter"))
	got := linesOf(page)
	if len(got) != logPage || !strings.HasSuffix(got[logPage-1], "extra &lt;450&gt;") {
		t.Fatalf("the tail has %d lines, ends with %q", len(got), got[len(got)-1])
	}
	var all []string
	for {
		all = append(got, all...)
		m := regexp.MustCompile(`href="([^"#]*)#log-title" data-testid="earlier"`).FindStringSubmatch(page.body)
		if m == nil {
			break
		}
		page = b.get(strings.ReplaceAll(m[1], "&amp;", "&"))
		got = linesOf(page)
		if page.status != http.StatusOK || len(got) == 0 {
			t.Fatalf("earlier lines: %d, %d lines", page.status, len(got))
		}
	}
	if len(all) != own+450 {
		t.Fatalf("%d lines in all stretches, want %d", len(all), own+450)
	}
	if !strings.HasPrefix(all[0], "L1 ") {
		t.Errorf("the first line is %q, want number 1", all[0])
	}
	// And forwards again, from where the last page stands.
	for range 3 {
		m := regexp.MustCompile(`href="([^"#]*)#log-title" data-testid="later"`).FindStringSubmatch(page.body)
		if m == nil {
			break
		}
		page = b.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	if got := linesOf(page); !strings.HasSuffix(got[len(got)-1], "extra &lt;450&gt;") {
		t.Errorf("going on to later lines ends with %q", got[len(got)-1])
	}
	if got := linesOf(b.get("/deployments/" + d.ID + "?step=2")); len(got) != 0 {
		t.Errorf("the skipped step's log has %d lines", len(got))
	}
	b.has("/deployments/"+d.ID+"?step=2", http.StatusOK, testid("log-step"), "Skipped: ")
	b.has("/deployments/"+d.ID+"?after=!!&n=-5&step=99", http.StatusBadRequest)
}

func TestCancelAndQueue(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	b := k.browser("admin")
	if got := k.browser("stella").post("/deployments/"+d.ID+"/cancel", nil); got.status != http.StatusForbidden {
		t.Errorf("cancel without the right: %d, want 403", got.status)
	}
	if got := b.post("/deployments/"+d.ID+"/cancel", nil); got.status != http.StatusSeeOther {
		t.Fatalf("cancel: %d, %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Cancelled)
	b.has("/deployments/"+d.ID, http.StatusOK, "Cancelled by Admin.")
	if got := b.post("/deployments/"+d.ID+"/cancel", nil); got.status != http.StatusSeeOther {
		t.Errorf("cancel what has ended: %d, want to see it", got.status)
	}
}
