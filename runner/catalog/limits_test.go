package catalog

import (
	"testing"

	"slipway/runner/table"
)

// The bounds leave room for a counter of each of the seven kinds, and for ids.
func TestBoundsFitTheTable(t *testing.T) {
	t.Parallel()
	if mostChanges+7 > table.MaxChanges {
		t.Errorf("mostChanges is %d; the table takes %d with 7 counters", mostChanges, table.MaxChanges)
	}
	if mostBytes+table.MaxItem > table.MaxWrite {
		t.Errorf("mostBytes is %d; the table takes %d", mostBytes, table.MaxWrite)
	}
	if mostOfNoun+1<<10 > table.MaxItem {
		t.Errorf("mostOfNoun is %d; the table takes %d with an id and a pinned key", mostOfNoun, table.MaxItem)
	}
}
