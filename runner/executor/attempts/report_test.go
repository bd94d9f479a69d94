package attempts

import (
	"os"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

func TestPiecesComeSeldomerInALongAttempt(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Accept(task.Order{ID: "one", Target: "web-1"})
	if err != nil {
		t.Fatal(err)
	}
	r := &reporter{Host: &Host{Now: time.Now}, attempt: a}
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
