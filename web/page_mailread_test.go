package web

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines/auditlog"
	"slipway/runner/heldmail"
	"slipway/runner/mail"
)

// TestReadingAKeptMailIsTold once for each reading: by page, where the browser
// fetches the mail itself behind it, and by the API. A list tells nothing, since it
// shows nothing that counts.
func TestReadingAKeptMailIsTold(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	must(t, k.mail.Send(t.Context(), mail.Message{ID: "m", From: "s@example.org", To: []string{"i@example.org"}, Subject: "Sign off", Text: "code", HTML: "<p>code", Date: time.Now()}))
	key := heldmail.Key("m")
	admin := k.browser("admin")
	told := func() (out []string) {
		for _, e := range k.entries() {
			if e.Category == "MailRead" {
				out = append(out, e.Username+" "+e.Message)
				if e.Subject != auditlog.MailSubject(key) || e.From == "" {
					t.Errorf("the entry is %+v", e)
				}
			}
		}
		return out
	}
	for _, c := range []struct {
		path string
		want int
	}{
		{"/mail", 0}, {"/v1/mail", 0}, {"/mail/" + heldmail.Key("none"), 0}, {"/v1/mail/" + heldmail.Key("none"), 0},
		{"/mail/" + key, 1}, {"/mail/" + key + "/body.html", 1}, {"/v1/mail/" + key, 2}, {"/mail/" + key, 3}, {"/mail/" + key + "/body.html", 3},
	} {
		admin.get(c.path)
		if got := told(); len(got) != c.want || c.want > 0 && got[0] != "admin read the kept mail to i@example.org: Sign off" {
			t.Errorf("after %s: %v, want %d entries", c.path, got, c.want)
		}
	}
	// The mail alone, by somebody who never opened its page.
	must(t, k.mail.Send(t.Context(), mail.Message{ID: "n", From: "s@example.org", To: []string{"i@example.org"}, Subject: "Alone", Text: "code", HTML: "<p>code", Date: time.Now()}))
	key = heldmail.Key("n")
	before := len(k.entries())
	admin.get("/mail/" + key + "/body.html")
	admin.get("/mail/" + key + "/body.html")
	if log := k.entries(); len(log) != before+1 || !strings.Contains(log[before].Message, "Alone") {
		t.Errorf("the mail alone left %d entries, want 1", len(log)-before)
	}
	if page := admin.get("/audit?kind=MailRead").body; !strings.Contains(page, `href="/mail/`+key+`"`) || !strings.Contains(page, "Kept mail read") {
		t.Error("the audit page does not lead to the mail")
	}
}
