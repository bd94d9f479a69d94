package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/views"
)

// entries are all of the log, oldest first.
func (k *pageKit) entries() []pipelines.Event {
	k.t.Helper()
	log, err := k.records.AuditLog(k.t.Context(), time.Time{}, 0)
	must(k.t, err)
	slices.Reverse(log)
	return log
}

// TestEveryActLeavesOneEntry with who, what, when, from where, and where it was.
func TestEveryActLeavesOneEntry(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.0")
	admin, stella, guest, nobody := k.browser("admin"), k.browser("stella"), k.browser("guest"), k.browser("")
	waiting := k.deployTo("Test", "1.0.0")
	token, code := k.asked("Test")
	api := func(b *browser, method, path, body string) func() answered {
		return func() answered { return b.do(method, path, "application/json", strings.NewReader(body)) }
	}
	form := func(b *browser, path string, values url.Values) func() answered {
		return func() answered { return b.post(path, values) }
	}
	for _, c := range []struct {
		what            string
		do              func() answered
		status          int
		category, who   string
		project, place  string // ids
		message, detail string
	}{
		{"signs in", form(nobody, "/signin", url.Values{"name": {"guest"}, "password": {password}}), 303, "LoginSucceeded", "guest", "", "", "", ""},
		{"signs in wrongly", form(k.browser(""), "/signin", url.Values{"name": {"guest"}, "password": {"no"}}), 401, "LoginFailed", "guest", "", "", "", ""},
		{"signs out", form(nobody, "/signout", nil), 303, "LoggedOut", "guest", "", "", "", ""},
		{"makes a release", api(admin, "POST", "/v1/releases", `{"project":"Random Quotes","number":"2.0.0","packages":{"RandomQuotes":"1.0.0"}}`), 200, "ReleaseCreated", "admin", "Projects-1", "", "2.0.0", "RandomQuotes 1.0.0"},
		{"answers with a wrong code", form(k.browser(""), "/answer/"+token, url.Values{"answer": {"approve"}, "code": {"ZZZZZZ"}}), 403, "WrongCode", "stella", "Projects-1", "Environments-2", "wrong code", ""},
		{"answers with a wrong code, signed in", form(guest, "/answer/"+token, url.Values{"answer": {"approve"}, "code": {"ZZZZZZ"}}), 403, "WrongCode", "stella", "Projects-1", "Environments-2", "wrong code", ""},
		{"may not answer", api(guest, "POST", "/v1/deployments/"+waiting.ID+"/answer", `{"proceed":true}`), 403, "Refused", "guest", "", "", "InterruptionSubmit", "permission"},
		{"may not deploy", api(stella, "POST", "/v1/deployments", `{"project":"Random Quotes","release":"1.0.0","environment":"Prod"}`), 403, "Refused", "stella", "", "", "DeploymentCreate", "permission"},
		{"may not see the log", func() answered { return stella.get("/audit") }, 403, "Refused", "stella", "", "", "GET /audit", "EventView"},
		{"may not export the log", func() answered { return stella.get("/audit/export") }, 403, "Refused", "stella", "", "", "EventView", ""},
		{"sets a password", api(admin, "PUT", "/v1/users/guest/password", `{"password":"another long password"}`), 200, "Modified", "admin", "", "", "password", ""},
		{"decides", form(k.browser(""), "/answer/"+token, url.Values{"answer": {"reject"}, "code": {code}, "note": {"not yet"}}), 303, "InterruptionSubmitted", "stella", "Projects-1", "Environments-2", "not yet", ""},
	} {
		before := len(k.entries())
		got := c.do()
		log := k.entries()[before:]
		log = slices.DeleteFunc(log, func(e pipelines.Event) bool { return e.Via == "runner" }) // the deployment goes on
		if got.status/100 != c.status/100 || len(log) != 1 {
			t.Errorf("%s: status %d and %d entries, want %d and 1: %+v %s", c.what, got.status, len(log), c.status, log, got.text())
			continue
		}
		e := log[0]
		all := e.Message
		for name, detail := range e.Details {
			all += "\n" + name + " " + detail
		}
		if e.Category != c.category || e.Username != c.who || e.From != "127.0.0.1" || e.Via == "" || e.At.IsZero() || e.Subject == "" ||
			e.Project != c.project || e.Environment != c.place || !strings.Contains(all, c.message) || !strings.Contains(all, c.detail) || e.Number == 0 {
			t.Errorf("%s leaves %+v", c.what, e)
		}
	}
	// What went on by itself: asked for, begun, ended, each once.
	k.until(waiting.ID, pipelines.Failed)
	count := map[string]int{}
	for _, e := range k.entries() {
		if e.Subject == waiting.ID {
			count[e.Category]++
		}
	}
	for _, category := range []string{"DeploymentQueued", "DeploymentStarted", "DeploymentFailed"} {
		if count[category] != 1 {
			t.Errorf("%s is told %d times, want once", category, count[category])
		}
	}
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	d := k.push("1.0.0")
	evil := pipelines.Event{ID: "evil", At: time.Now(), Category: "Modified", Subject: "Projects-9", Username: `<script>alert("x")</script>`, Message: "=cmd()", Details: map[string]string{"lines": "- <b>a</b>\n+ c\n"}}
	must(t, k.records.Tell(t.Context(), []pipelines.Event{evil}))
	admin := k.browser("admin")
	page := admin.get("/audit")
	if page.status != http.StatusOK || strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<b>a</b>") || !strings.Contains(page.body, `href="/slipway/deployments/`+d.ID+`"`) {
		t.Errorf("the page is %d: %s", page.status, page.text())
	}
	for query, want := range map[string][2]string{
		"kind=deployment":                      {"Deployment succeeded", "Package pushed"},
		"kind=PackagePushed":                   {"Package pushed", "Deployment succeeded"},
		"project=Random+Quotes":                {"Deployment queued", "=cmd()"},
		"environment=Dev":                      {"Deployment queued", "Package pushed"},
		"person=ADMIN":                         {"Package pushed", "=cmd()"},
		"text=deployment+QUEUED":               {"Deployment queued", "Package pushed"},
		"subject=" + d.ID:                      {"Deployment queued", "Package pushed"},
		"until=2001-01-01":                     {"No entry fits", "Package pushed"},
		"since=2001-01-01":                     {"Package pushed", "No entry fits"},
		"since=yesterday":                      {"a day like 2026-03-01", "Package pushed"},
		"project=Other":                        {"No entry fits", "Package pushed"},
		"after=" + url.QueryEscape("\x00"):     {"begin at its top", "Package pushed"},
		"text=" + strings.Repeat("long", 1000): {"at most 500 bytes", "Package pushed"},
	} {
		rows := admin.get("/audit?" + query).body
		if _, list, there := strings.Cut(rows, `data-testid="audit-filter"`); there { // the filter offers all words
			if _, behind, ok := strings.Cut(list, "</form>"); ok {
				top, _, _ := strings.Cut(rows, `data-testid="audit-filter"`)
				rows = top + behind
			}
		}
		if !strings.Contains(rows, want[0]) || strings.Contains(rows, want[1]) {
			t.Errorf("?%.60s does not say %q, or says %q", query, want[0], want[1])
		}
	}
}

// TestTheExportIsTheFilteredList, and the whole one can be verified.
func TestTheExportIsTheFilteredList(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.0")
	k.push("1.0.1")
	must(t, k.records.Tell(t.Context(), []pipelines.Event{{ID: "evil", At: time.Now(), Category: "Modified", Subject: "x", Username: "=1+1", Message: "-2\"\r\n, @x"}}))
	admin := k.browser("admin")
	verify := func(text string) (*auditlog.Verifier, int) {
		v := auditlog.NewVerifier()
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for _, l := range lines {
			v.Line([]byte(l))
		}
		return v, len(lines) - 1
	}
	before := len(k.entries())
	v, n := verify(admin.get("/audit/export?format=json").body)
	if r := v.End(); !r.OK() || n != before+1 || r.Loose != 1 { // with the anchor before it, which alone no other holds
		t.Errorf("the export has %d entries, want %d: %d held by the last line only, %v", n, before+1, r.Loose, r.Findings)
	}
	v, n = verify(admin.get("/v1/audit/export?kind=package").body)
	if r := v.End(); !r.OK() || n != 2 || r.Filter != "kind=package" {
		t.Errorf("the filtered export has %d entries (%s), want 2: %v", n, r.Filter, r.Findings)
	}
	told := 0
	for _, e := range k.entries()[before:] {
		if e.Category == auditlog.Exported {
			told++
		}
	}
	if told != 2 {
		t.Errorf("that it was exported is told %d times, want 2", told)
	}
	rows, err := csv.NewReader(strings.NewReader(admin.get("/audit/export?format=csv&kind=Modified&subject=x").body)).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Equal(rows[0], auditlog.Columns()) || rows[1][2] != "'=1+1" || rows[1][6] != "'-2\"\n, @x" {
		t.Errorf("the table is %q, %v", rows, err)
	}
	if got := admin.get("/audit/export?format=xml"); got.status != http.StatusBadRequest {
		t.Errorf("another format: %d", got.status)
	}
}

// TestAnAuditorOfOneProjectSeesItsEntriesOnly in pages, counts and exports.
func TestAnAuditorOfOneProjectSeesItsEntriesOnly(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.0")
	must(t, k.records.Tell(t.Context(), []pipelines.Event{
		{ID: "other", At: time.Now(), Category: "Modified", Subject: "Projects-77", Project: "Projects-77", Username: "root", Message: "changed project Hidden"},
		{ID: "none", At: time.Now(), Category: "LoginFailed", Subject: "Users-1", Username: "root", Message: "account Hidden"},
	}))
	seen := pipelines.Principal{UserID: "Users-9", Username: "auditor", Grants: []pipelines.Grant{{Permission: pipelines.EventView, Projects: []string{"Random Quotes"}}}}
	s := &views.Views{Records: k.records}
	page, err := s.Audit(t.Context(), seen, views.AuditQuery{})
	must(t, err)
	if len(page.Entries) == 0 {
		t.Error("nothing of the own project is there")
	}
	for _, e := range page.Entries {
		if auditlog.ProjectOf(e.Event) != "Projects-1" {
			t.Errorf("there is %+v", e.Event)
		}
	}
	if _, err := s.Audit(t.Context(), pipelines.Principal{UserID: "Users-8", Username: "guest"}, views.AuditQuery{}); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("without the permission: %v", err)
	}
}
