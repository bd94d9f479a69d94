package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
)

// TestEveryAnswerStays: what was answered before a deployment was taken up again
// stays on its page, in the record of the step and between the facts.
func TestEveryAnswerStays(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	stella, admin := k.browser("stella"), k.browser("admin")
	answer := func(word, note string) {
		t.Helper()
		if got := stella.post("/approvals/"+d.ID+".1", url.Values{"answer": {word}, "note": {note}}); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", word, got.status, got.text())
		}
	}
	again := func(note string) {
		t.Helper()
		k.untilPage(admin, "/deployments/"+d.ID, testid("retry"))
		if got := admin.post("/deployments/"+d.ID+"/retry", url.Values{"note": {note}}); got.status != http.StatusSeeOther {
			t.Fatalf("try again: %d %s", got.status, got.text())
		}
		k.until(d.ID, pipelines.Waiting)
	}
	answer("reject", "colours wrong")
	again("once more")
	open := stella.get("/deployments/" + d.ID)
	if text := open.text(); !strings.Contains(text, "rejected by Stella (on the page): colours wrong") {
		t.Errorf("while it asks anew: %s", text)
	}
	answer("reject", "now the font")
	again("twice more")
	answer("approve", "fine")
	k.until(d.ID, pipelines.Succeeded)
	want := []string{
		"rejected by Stella (on the page): colours wrong", "by Admin, after it was failed: once more",
		"rejected by Stella (on the page): now the font", "twice more", "approved by Stella (on the page): fine",
	}
	page := stella.get("/deployments/" + d.ID)
	_, facts, _ := strings.Cut(page.body, testid("facts"))
	facts, _, _ = strings.Cut(facts, "</dl>")
	for at, text := 0, facts; at < len(want); at++ {
		_, rest, ok := strings.Cut(text, want[at])
		if !ok {
			t.Fatalf("the facts lack %q in its place: %s", want[at], facts)
		}
		text = rest
	}
	_, record, _ := strings.Cut(page.body, testid("record"))
	for _, said := range []string{"Approved by Stella (on the page): fine.", ": Rejected by Stella (on the page): colours wrong.", ": Rejected by Stella (on the page): now the font."} {
		if strings.Count(record, said) != 1 {
			t.Errorf("the record says %q %d times, want once: %s", said, strings.Count(record, said), record)
		}
	}
	k.reads.since()
	stella.get("/deployments/" + d.ID)
	_, first := k.reads.since()
	if first > 60 {
		t.Errorf("the page reads %d items, as if it read the journal each time", first)
	}
}
