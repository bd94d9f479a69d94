package records

import (
	"fmt"
	"testing"
)

func TestRecentIsBounded(t *testing.T) {
	t.Parallel()
	var c recent[int]
	for i := range 3 * mostRecent {
		c.put(fmt.Sprint(i), 1, i)
	}
	if len(c.known) != mostRecent || len(c.order) != mostRecent || c.sum != mostRecent {
		t.Errorf("%d values, %d names, %d bytes; want %d of each", len(c.known), len(c.order), c.sum, mostRecent)
	}
	c.put("large", mostRecentBytes+1, 7)
	if v, ok := c.get("large"); !ok || v != 7 || len(c.known) != 1 {
		t.Errorf("a large one is kept as %d, %v beside %d others", v, ok, len(c.known)-1)
	}
}
