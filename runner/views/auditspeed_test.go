package views_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/records"
	"slipway/runner/views"
)

// longLog is a log of many entries on the store of a server with a data folder:
// deployments mostly, by five people, and a rarity of each kind.
func longLog(t testing.TB, entries int) *views.Views {
	t.Helper()
	dir := t.TempDir()
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = table.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	r := records.New(table, store)
	for n := 0; n < entries; n += 40 {
		var told []pipelines.Event
		for i := n; i < min(n+40, entries); i++ {
			told = append(told, longLogEntry(i, begin.Add(time.Duration(i)*time.Second)))
		}
		if err := r.Tell(t.Context(), told); err != nil {
			t.Fatal(err)
		}
	}
	return &views.Views{Records: r}
}

func longLogEntry(i int, at time.Time) pipelines.Event {
	project := fmt.Sprintf("Projects-%d", i/40%50+1)
	e := pipelines.Event{
		ID: fmt.Sprintf("%026d", i), At: at, Category: []string{"DeploymentQueued", "DeploymentStarted", "DeploymentSucceeded"}[i%3],
		Subject: fmt.Sprintf("Deployments-%d", i/3), Project: project, Environment: fmt.Sprintf("Environments-%d", i%4+1),
		UserID: fmt.Sprintf("Users-%d", i%5+1), Username: fmt.Sprintf("person%d", i%5+1), Via: "browser", From: "203.0.113.7",
		Message: fmt.Sprintf("asked for a deployment of Shop %d.0.%d to Environment %d", i%7, i, i%4), Related: []string{fmt.Sprintf("Releases-%d", i/9)},
		Details: map[string]string{"packages": "Shop.Web 1.0.1, Shop.Service 1.0.2", "release": fmt.Sprintf("%d.0.%d", i%7, i)},
	}
	if i%10_000 == 77 {
		e.Username, e.UserID, e.Category, e.Subject, e.Project, e.Environment = "rarely", "Users-99", "LoginFailed", "Users-99", "Projects-99", ""
	}
	return e
}

var auditQuestions = []struct {
	name  string
	q     auditlog.Filter
	found int // of 100,000
}{
	{"all", auditlog.Filter{}, 50},
	{"person", auditlog.Filter{Person: "Rarely"}, 10},
	{"kind", auditlog.Filter{Kind: "sign-in"}, 10},
	{"nobody", auditlog.Filter{Person: "nobody"}, 0},
	{"environment", auditlog.Filter{Environment: "Environments-99"}, 0},
	{"nevermet", auditlog.Filter{Person: "person1", Kind: "sign-in"}, 0},
	{"project", auditlog.Filter{Project: "Projects-99"}, 10},
	{"subject", auditlog.Filter{Subject: "Deployments-7"}, 3},
	{"text", auditlog.Filter{Text: "nobody ever wrote this"}, 0},
	{"commontext", auditlog.Filter{Text: "Deployment nobody"}, 0},
	{"umlaut", auditlog.Filter{Text: "Rückbau"}, 0},
	{"days", auditlog.Filter{Until: time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)}, 50},
}

// BenchmarkAuditPage is a page of a log of 100,000 entries.
func BenchmarkAuditPage(b *testing.B) {
	v := longLog(b, 100_000)
	v.Env.Now = time.Now
	auditor := pipelines.Principal{UserID: "Users-1", Username: "auditor", Grants: []pipelines.Grant{{Permission: pipelines.EventView}}}
	for { // the first looks make the rows by which the others pass by
		began := time.Now()
		if _, err := v.Audit(b.Context(), auditor, views.AuditQuery{Filter: auditlog.Filter{Person: "nobody"}}); err != nil {
			b.Fatal(err)
		}
		b.Logf("a first look took %s", time.Since(began))
		if time.Since(began) < 50*time.Millisecond {
			break
		}
	}
	for _, question := range auditQuestions {
		b.Run(question.name, func(b *testing.B) {
			var took []time.Duration
			pages := 0
			for b.Loop() {
				found := 0
				pages = 0
				for q := (views.AuditQuery{Filter: question.q}); ; {
					began := time.Now()
					page, err := v.Audit(b.Context(), auditor, q)
					took = append(took, time.Since(began))
					if err != nil {
						b.Fatal(err)
					}
					found, pages = found+len(page.Entries), pages+1
					if q.After = page.Next; !page.Short {
						break
					}
				}
				if found != question.found {
					b.Fatalf("found %d, want %d", found, question.found)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms/page")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms/page")
			b.ReportMetric(float64(pages), "pages")
		})
	}
}
