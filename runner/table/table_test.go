package table

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestConflictErrorNamesKeys(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("save the turn: %w", &ConflictError{Keys: []Key{{"d/1", "turn/7"}, {"slots", "web/Test"}}})
	if want := "save the turn: not as demanded: d/1 / turn/7, slots / web/Test"; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
	if !errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		t.Error("a ConflictError is not ErrConflict alone")
	}
}

func TestExpirySecond(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   time.Time
		want int64
	}{
		{time.Time{}, 0}, {time.Unix(5, 0), 5}, {time.Unix(5, 1), 6}, {time.Unix(4, 999_999_999), 5}, {time.Unix(-5, 1), -4},
	} {
		if got := ExpirySecond(c.at); got != c.want {
			t.Errorf("ExpirySecond(%v) = %d, want %d", c.at, got, c.want)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change Change
		holds  map[int64]bool // by revision, 0 for no item
	}{
		{Put(Key{}, nil), map[int64]bool{0: true, 1: true, 2: true}},
		{Create(Key{}, nil), map[int64]bool{0: true, 1: false}},
		{DemandAbsent(Key{}), map[int64]bool{0: true, 1: false}},
		{Replace(Key{}, nil, 2), map[int64]bool{0: false, 1: false, 2: true}},
		{RemoveAt(Key{}, 1), map[int64]bool{0: false, 1: true, 2: false}},
		{Demand(Key{}, 0), map[int64]bool{0: false, 1: false}},
	} {
		for revision, want := range c.holds {
			if got := c.change.If.Holds(revision); got != want {
				t.Errorf("%+v.Holds(%d) = %t, want %t", c.change.If, revision, got, want)
			}
		}
	}
}

// pages answers each Query with the next of its pages, and then with an error.
type pages struct {
	Table
	left  []Page
	asked []string
}

func (p *pages) Query(_ context.Context, r Range) (Page, error) {
	p.asked = append(p.asked, r.After)
	if len(p.left) == 0 {
		return Page{}, errors.New("throttled")
	}
	next := p.left[0]
	p.left = p.left[1:]
	return next, nil
}

func TestAll(t *testing.T) {
	t.Parallel()
	item := func(sort string) Item { return Item{Key: Key{"p", sort}} }
	p := &pages{left: []Page{{[]Item{item("a"), item("b")}, "b"}, {[]Item{item("c")}, "c"}}}
	var seen []string
	for i, err := range All(t.Context(), p, Range{Partition: "p"}) {
		seen = append(seen, fmt.Sprint(i.Key.Sort, err))
	}
	if got, want := fmt.Sprint(seen, p.asked), "[a<nil> b<nil> c<nil> throttled] [ b c]"; got != want {
		t.Errorf("All: got %s, want %s", got, want)
	}
	p = &pages{left: []Page{{[]Item{item("a"), item("b")}, "b"}}}
	for range All(t.Context(), p, Range{Partition: "p"}) {
		break
	}
	if len(p.asked) != 1 {
		t.Errorf("All asked %d times after it was left, want once", len(p.asked))
	}
}
