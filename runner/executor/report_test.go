package executor

import (
	"os"
	"strings"
	"testing"
	"time"

	"slipway/runner/executor/ledger"
)

func TestPiecesComeSeldomerInALongAttempt(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Accept(scriptOrder(t, "one", "true"))
	if err != nil {
		t.Fatal(err)
	}
	r := &reporter{call: &call{now: time.Now}, attempt: a}
	if got := r.pace(); got != often {
		t.Errorf("at first: %s", got)
	}
	old := time.Now().Add(-soon - time.Minute)
	if err := os.Chtimes(a.Path("order.json"), old, old); err != nil {
		t.Fatal(err)
	}
	if got := r.pace(); got != seldom {
		t.Errorf("later: %s", got)
	}
}

// TestErrandsThatCannotBeRead are refused with the code that says so.
func TestErrandsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for _, text := range []string{"", "not base64!", "bm90IGEgYm94"} {
		for _, verb := range [][]string{{"errand"}, {"reply", "sealed"}} {
			_, words, code := h.call(strings.NewReader(text), verb...)
			if code != ExitRefused || words == "" {
				t.Errorf("%v with %q = exit %d %q", verb, text, code, words)
			}
		}
	}
	if _, _, code := h.call(strings.NewReader("eyJhcmdzIjpbInJ1biIsIngiXX0="), "reply", "open"); code != 2 { // {"args":["run","x"]}
		t.Errorf("a reply to `run` = exit %d, want 2", code)
	}
}
