package pretendhosts

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// A server that is killed while it writes leaves a line without an end.
func TestLedgerGoesOnBehindACutLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, web.ID, "ledger.log")
	for i, id := range []string{"a1", "a2", "a3"} {
		h := New(Settings{Now: time.Now, Dir: dir})
		if err := h.Start(t.Context(), web, order(id, "echo one\n")); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Payloads(web); err != nil || len(got) != i+1 {
			t.Errorf("after %s: payloads %q and %v", id, got, err)
		}
		file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteString(`{"row":9,"order":{"id":"never`)
		}
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	h := New(Settings{Now: time.Now, Dir: dir})
	for _, id := range []string{"a1", "a2", "a3"} {
		if known, err := h.Ask(t.Context(), web, id); err != nil || known.Phase != task.Ended {
			t.Errorf("Ask(%s): %+v, %v; want it to have ended", id, known, err)
		}
	}
}

// Of two processes that claim one place in the row, the first has it.
func TestLedgerPlaceIsTakenOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := newHost("web-1", dir), newHost("web-1", dir)
	now := time.Now()
	for _, h := range []*host{first, second} {
		if err := h.refresh(0); err != nil {
			t.Fatal(err)
		}
	}
	claim := func(id string) entry { return entry{Row: 1, Order: order(id, "sleep 1h\n"), Begun: now} }
	added, err := first.disk.ledger.add(claim("a1"))
	first.takeAll(added, 0)
	if err != nil || first.byID["a1"] == nil {
		t.Fatalf("the first has not got its place: %v", err)
	}
	added, err = second.disk.ledger.add(claim("a2"))
	second.takeAll(added, 0)
	if err != nil || second.byID["a2"] != nil || second.byID["a1"] == nil {
		t.Errorf("the second has %v and %v, want a1 alone", second.byID, err)
	}
}

// What a program before this one has written is still known.
func TestLedgerOfOlderPrograms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun := time.Now().Add(-time.Minute)
	for name, content := range map[string]any{
		"row/000001.json": map[string]any{"order": order("a1", "echo one\n"), "begun": begun},
		"row/000002.json": map[string]any{"order": order("a2", "sleep 1h\n"), "begun": begun},
	} {
		path := filepath.Join(dir, web.ID, filepath.FromSlash(name))
		text, err := json.Marshal(content)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	stop := filepath.Join(dir, web.ID, "stops", "a2")
	if err := errors.Join(os.MkdirAll(filepath.Dir(stop), 0o700), os.WriteFile(stop, []byte(begun.Add(time.Second).Format(time.RFC3339Nano)), 0o600)); err != nil {
		t.Fatal(err)
	}
	h := New(Settings{Now: time.Now, Dir: dir})
	for id, want := range map[string]task.Outcome{"a1": task.Succeeded, "a2": task.Cancelled} {
		if known, err := h.Ask(t.Context(), web, id); err != nil || known.End == nil || known.End.Outcome != want {
			t.Errorf("Ask(%s): %+v, %v; want %s", id, known, err, want)
		}
	}
	if err := h.Start(t.Context(), web, order("a3", "echo one\n")); err != nil || count(t, h, web, "a3") != 1 {
		t.Errorf("the next attempt ran %d times: %v", count(t, h, web, "a3"), err)
	}
}
