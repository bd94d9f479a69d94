package web

import (
	"strings"
	"testing"

	"slipway/web/rest"
)

// What was pushed and not taken is in the log, once, and in no chain of a project.
func TestARefusedPushLeavesOneEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refusals := func() (out []rest.AuditEntry) {
		var page rest.Audit
		w.ok(w.as(w.key, "GET", "/v1/audit?kind=PackageRefused", ""), 200, &page)
		return page.Entries
	}
	for n, push := range []struct {
		path, body, words string
		status            int
	}{
		{"/v1/packages/Thing.1.0.0.nupkg", packed(t, "Thing", "1.0.0", "something else"), "other bytes", 409},
		{"/v1/packages/Projects-1.nupkg", "no package at all", "Projects-1.nupkg", 422},
	} {
		if got := w.as(w.key, "PUT", push.path, push.body); got.Code != push.status && got.Code != 400 {
			t.Fatalf("PUT %s: %d %s", push.path, got.Code, got.Body)
		}
		all := refusals()
		if len(all) != n+1 || !strings.Contains(all[0].Message, push.words) || all[0].Username != "admin" || all[0].Project != "" || !strings.HasPrefix(all[0].Subject, "Arrivals/") {
			t.Errorf("after PUT %s the refusals are %+v", push.path, all)
		}
	}
}
