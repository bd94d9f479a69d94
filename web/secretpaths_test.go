package web

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines/auditlog"
)

// TestAddressesThatAreSecretsAreNotWrittenDown: in no log and in no audit entry,
// whichever route takes a token.
func TestAddressesThatAreSecretsAreNotWrittenDown(t *testing.T) {
	t.Parallel()
	found := 0
	for _, r := range emptyHouse(t, nil).site.routes() {
		_, path, _ := strings.Cut(r.Pattern, " ")
		if !strings.Contains(path, "{token}") {
			continue
		}
		found++
		if got := shown(strings.NewReplacer("{token}", "s3cret", "{feed}", "Feeds-1").Replace(path)); strings.Contains(got, "s3cret") {
			t.Errorf("%s is written down as %s", r.Pattern, got)
		}
	}
	if found < 6 {
		t.Errorf("only %d routes take a token", found)
	}
}

// TestALongAddressIsRefusedInTheLogToo: nobody makes a refusal too large to be
// written down.
func TestALongAddressIsRefusedInTheLogToo(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	if got := k.browser("guest").get("/people/users/" + strings.Repeat("ä", 100_000)); got.status != 403 {
		t.Fatalf("status %d", got.status)
	}
	newest, err := k.records.AuditLog(t.Context(), time.Time{}, 1)
	must(t, err)
	if e := newest[0]; e.Category != auditlog.Refused || len(e.Message) > 1000 || !strings.Contains(e.Details["asked"], "GET /people/users/ä") {
		t.Errorf("the newest entry is %s of %d bytes: %.100q", e.Category, len(e.Message), e.Details["asked"])
	}
}
