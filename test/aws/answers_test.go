package aws

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/awscalls"
	"slipway/runner/dynamotable"
	"slipway/runner/records"
	"slipway/runner/s3blobs"
)

// TestAnExportLargerThanAnAnswer: Lambda passes 6 MB on; what is more lies in the
// bucket for a day, and the answer leads there for minutes.
func TestAnExportLargerThanAnAnswer(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{})
	const entries = 300
	own, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_ENDPOINT_URL_DYNAMODB": w.DB.Endpoint()}[name]
		return v, ok
	})
	must(t, err)
	store := records.New(dynamotable.New(own.For("DYNAMODB"), dynamotable.Settings{Table: w.Table, Origin: "web", Now: time.Now}), s3blobs.New(w.S3.Config(), s3blobs.Settings{Bucket: w.BucketName, Prefix: "store/"}))
	for range entries / 20 {
		var told []pipelines.Event
		for range 20 {
			noise := make([]byte, 20<<10) // gzip makes it no smaller than half
			rand.Read(noise)
			id := hex.EncodeToString(noise[:8])
			told = append(told, pipelines.Event{ID: id, At: time.Now(), Category: "Modified", Subject: "Subject-" + id[:1], Username: "ada", Message: "changed much", Details: map[string]string{"lines": hex.EncodeToString(noise)}})
		}
		must(t, store.Tell(t.Context(), told))
	}
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	export := w.slipway("", "audit", "export")
	must(t, os.WriteFile(file, []byte(export), 0o600))
	if len(export) < 8<<20 || strings.Count(export, `"message":"changed much"`) != entries {
		t.Errorf("the export has %d bytes and %d of %d entries", len(export), strings.Count(export, `"message":"changed much"`), entries)
	}
	wants(t, "audit verify", w.slipway("", "audit", "verify", file), "entries")
	csv := w.slipway("", "audit", "export", "--format", "csv")
	if !strings.HasPrefix(csv, "at,category,") || strings.Count(csv, "changed much") != entries {
		t.Errorf("the table has %d bytes: %.100q", len(csv), csv)
	}

	// A browser is led there, and the file has its name.
	admin := w.visitor()
	admin.does("POST", w.URL+"/signin", url.Values{"name": {"admin"}, "password": {password}})
	status, leads, _ := admin.does("GET", w.URL+"/audit/export?format=csv", nil)
	if status != 303 || !regexp.MustCompile(`/store/answers/[^/]+/audit-\d{4}-\d\d-\d\dT\d{6}Z\.csv\?.*X-Amz-Expires=300&`).MatchString(leads) {
		t.Fatalf("the export in a browser = %d to %s", status, leads)
	}
	if status, _, table := w.visitor().does("GET", leads, nil); status != 200 || !strings.HasPrefix(table, "at,category,") {
		t.Errorf("the file = %d %.100q", status, table)
	}
}

// TestATestMail: the function with the settings page may send no mail, so the
// runner does; what SES says is shown.
func TestATestMail(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{})
	said := w.slipway("", "mail", "server", "test", "ada@example.org")
	wants(t, "the test mail", said, "> send a mail from "+mailFrom+" to ada@example.org", "< MessageId ", "the mail to ada@example.org was taken")
	wants(t, "the mail", w.mailTo("ada@example.org", "Test mail from Slipway"), "Ada Admin sent it")

	admin := w.visitor()
	admin.does("POST", w.URL+"/signin", url.Values{"name": {"admin"}, "password": {password}})
	_, _, page := admin.does("GET", w.URL+"/settings", nil)
	wants(t, "the settings", page, `data-testid="send-test"`)
	status, _, page := admin.does("POST", w.URL+"/settings/mail/test", url.Values{"to": {"bea@example.org"}})
	if status != 200 {
		t.Errorf("the test = %d", status)
	}
	wants(t, "the settings", page, "The server has taken the mail to bea@example.org", "MessageId")
	wants(t, "the log", w.slipway("", "audit", "list", "--kind", "MailTested"), "sent a test mail to bea@example.org")
	if n := len(w.Mails.Mails()); n < 2 {
		t.Errorf("%d mails went out", n)
	}
}
