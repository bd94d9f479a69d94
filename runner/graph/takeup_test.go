package graph

import (
	"fmt"
	"testing"
)

// TestEverybodyWhoTookItUpIsKept, however often others did after them; what they
// said only of the last.
func TestEverybodyWhoTookItUpIsKept(t *testing.T) {
	t.Parallel()
	for _, people := range []int{1, 3, mostTakeups, 2 * mostTakeups} {
		var h Head
		const times = 200
		for n := range times {
			before := h.Resumed
			h.takeUp(Takeup{UserID: fmt.Sprint("Users-", n%people), Note: fmt.Sprint(n)})
			if len(before) > 0 && before[0].Note == "" && n < mostTakeups {
				t.Fatal("an older state has changed")
			}
		}
		who, said := map[string]bool{}, 0
		for _, u := range h.Resumed {
			who[u.UserID] = true
			if u.Note != "" {
				said++
			}
		}
		if h.TakenUp() != times || len(who) != people || len(h.Resumed) > mostTakeups+people || said > mostTakeups {
			t.Errorf("%d people: taken up %d times, kept %d of %d people, %d notes", people, h.TakenUp(), len(h.Resumed), len(who), said)
		}
		if last := h.Resumed[len(h.Resumed)-1]; last.Note != fmt.Sprint(times-1) {
			t.Errorf("%d people: the last one kept is %+v", people, last)
		}
	}
}
