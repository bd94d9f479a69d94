package signin

import (
	"fmt"
	"testing"
	"time"
)

func TestAMarkIsWorthNothingOnceThereIsAnother(t *testing.T) {
	t.Parallel()
	var b browsers
	b.renew("eve", "", "planted")
	b.renew("ada", "planted", "new")
	for _, c := range []struct {
		name, mark string
		want       bool
	}{{"ada", "planted", false}, {"eve", "planted", false}, {"ada", "new", true}, {"EVE", "new", true}, {"bob", "new", false}, {"ada", "", false}} {
		if got := b.knows(c.name, c.mark); got != c.want {
			t.Errorf("%s by the mark %q: known %t, want %t", c.name, c.mark, got, c.want)
		}
	}
	for i := range mostCounted + 50 {
		b.renew("eve", "", fmt.Sprint("mark", i))
	}
	if len(b.marks) > mostCounted {
		t.Errorf("%d browsers are kept", len(b.marks))
	}
	mark := "new"
	for i := range 3 * mostNames {
		next := fmt.Sprint("next", i)
		b.renew(fmt.Sprint("user", i), mark, next)
		mark = next
	}
	if n := len(b.marks[mark]); n > mostNames {
		t.Errorf("%d names are kept of one browser", n)
	}
}

// Who tries ten thousand other names does not get rid of what brakes one of them.
func TestManyNamesFreeNobody(t *testing.T) {
	t.Parallel()
	var b brake
	now := time.Unix(1_700_000_000, 0)
	for range freeTries {
		b.count("ada", "192.0.2.1", now)
	}
	for i := range 2 * mostCounted {
		b.count(fmt.Sprint("user", i), "192.0.2.1", now)
	}
	if b.check("ada", "192.0.2.1", "too many", now) == nil {
		t.Error("ada's count was forgotten")
	}
	if len(b.counts) > mostCounted {
		t.Errorf("%d counts are kept", len(b.counts))
	}
}
