package records_test

import (
	"testing"

	"slipway/runner/table"
)

// TestWhoMayAsk: a deployment that runs or has not begun asks nobody; of one that
// cannot be read nobody knows.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	running, waiting := k.asked(2, 2), k.asked(2, 2)
	mayAsk := func(id string, want bool) {
		t.Helper()
		if got, err := k.MayAsk(t.Context(), id); got != want || err != nil {
			t.Errorf("MayAsk(%s) = %v, %v; want %v", id, got, err, want)
		}
	}
	mayAsk(running.ID, false)
	mayAsk(waiting.ID, false)
	mayAsk("Deployments-999", false)
	turns := 0
	for item, err := range table.All(t.Context(), k.table, table.Range{Partition: "deployment/" + running.ID, Prefix: "turn/"}) {
		k.must(err)
		k.write(table.Put(item.Key, []byte("{broken")))
		turns++
	}
	mayAsk(running.ID, turns > 0)
	if turns == 0 {
		t.Error("the deployment that runs has no turn")
	}
}
