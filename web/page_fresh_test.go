package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/requests"
)

// What has changed stands on the dashboard and in the project's grid within three
// seconds of the change, for whoever asks.
func TestTheGridsAreRightWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	admin, stella := k.browser("admin"), k.browser("stella")
	ordered, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: "Test"})
	must(t, err)
	k.until(ordered.ID, pipelines.Waiting)
	soon := func(what string) {
		t.Helper()
		changed := time.Now()
		for _, b := range []*browser{admin, stella} {
			for _, path := range []string{"/", "/live", "/projects/Projects-1", "/projects/Projects-1/releases/1.0.1"} {
				for {
					got := b.get(path)
					if got.status == http.StatusOK && strings.Contains(got.body, what) {
						break
					}
					if time.Since(changed) > 3*time.Second {
						t.Fatalf("GET %s: %d without %q for 3 s: %s", path, got.status, what, got.text())
					}
					time.Sleep(20 * time.Millisecond)
				}
			}
		}
	}
	polls := regexp.MustCompile(`hx-trigger="every (\d+)s"`).FindStringSubmatch(admin.get("/").body)
	if seconds, err := strconv.Atoi(strings.Join(polls[min(1, len(polls)):], "")); err != nil || seconds > 2 {
		t.Errorf("an open dashboard asks every %v s, want 2 s, so that it is right within 3", polls)
	}
	soon("Waiting for a person")
	stella.post("/approvals/"+ordered.ID+".1", map[string][]string{"answer": {"reject"}, "note": {"not yet"}})
	k.until(ordered.ID, pipelines.Failed)
	soon("Failed")
	again := k.deployTo("Test", "1.0.1")
	stella.post("/approvals/"+again.ID+".1", map[string][]string{"answer": {"approve"}})
	k.until(again.ID, pipelines.Succeeded)
	soon("/deployments/" + again.ID)
}
