package web

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
)

// soon is how long after a change an open dashboard shows it, at most.
const soon = 3 * time.Second

// An open dashboard asks so often, and each answer is so fresh, that what changed is
// seen soon. Counted are the ways, not a clock, which says nothing where others work on
// the same machine: how often the page asks, that even a page that has come to rest
// tells of a change in the answer to its very next question, and that nothing is relied
// on for longer than is left.
func TestTheDashboardIsRightSoon(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	cookies := cookiesOf(k.browser("admin"))
	page := k.ask("/", cookies).Body.String()
	every := regexp.MustCompile(`hx-trigger="every (\d+)s"`).FindStringSubmatch(page)
	if every == nil {
		t.Fatal("the dashboard does not ask by itself")
	}
	n, err := strconv.Atoi(every[1])
	must(t, err)
	if asks := time.Duration(n) * time.Second; asks+mostAtServer > soon {
		t.Errorf("the dashboard asks every %s, want what changed to be seen within %s", asks, soon)
	}
	if settled > soon-time.Duration(n)*time.Second {
		t.Errorf("a mark is not relied on for %s; with the next question that is more than %s", settled, soon)
	}

	path := stillPath(k, cookies)
	changed := func(what string, want ...string) {
		t.Helper()
		got := k.ask(path, cookies)
		for _, text := range want {
			if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), text) {
				t.Errorf("%s: the next answer is %d and lacks %q", what, got.Code, text)
			}
		}
		if next := regexp.MustCompile(`hx-get="([^"]*/live[^"]*)"`).FindStringSubmatch(got.Body.String()); next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	d := k.deployTo("Test", "1.0.1")
	changed("a deployment that waits for somebody", "/deployments/"+d.ID, "Waiting")
	k.browser("stella").post("/approvals/"+d.ID+".1", map[string][]string{"answer": {"approve"}})
	k.until(d.ID, pipelines.Succeeded)
	changed("one that has ended", "/deployments/"+d.ID, "Succeeded")
}
