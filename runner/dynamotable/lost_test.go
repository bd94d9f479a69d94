package dynamotable

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"slipway/pipelines"
	"slipway/runner/table"
)

// losses are the ways in which the answer to a write that took effect gets lost.
var losses = map[string]func(r *http.Request, pass func() (*http.Response, error)) (*http.Response, error){
	"reset": func(_ *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		if err := swallow(pass); err != nil {
			return nil, err
		}
		return nil, errors.New("connection reset by peer")
	},
	"fault": func(r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		if err := swallow(pass); err != nil {
			return nil, err
		}
		return refuse(r, 500, "InternalServerError", "sorry", "")
	},
	"cut": func(_ *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		answer, err := pass()
		if err != nil {
			return nil, err
		}
		return cut(answer), nil
	},
}

// TestLostAnswer loses the answer of each kind of write, which then meets itself.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, m := meddled(t, quick)
			must(t, tb.Write(t.Context(), table.Put(key("old"), []byte("1")), table.Put(key("gone"), nil), table.Put(key("gone too"), nil)))
			for _, c := range []struct {
				what    string
				changes []table.Change
			}{
				{"Create", []table.Change{table.Create(key("new"), []byte("1"))}},
				{"Replace", []table.Change{table.Replace(key("old"), []byte("2"), 1)}},
				{"Put over", []table.Change{table.Put(key("old"), []byte("3"))}},
				{"Put", []table.Change{table.Put(key("put"), []byte("1"))}},
				{"Remove", []table.Change{table.Remove(key("gone"))}},
				{"several", []table.Change{table.Create(key("pair/1"), []byte("1")), table.Put(key("pair/2"), []byte("1")), table.Replace(key("new"), []byte("2"), 1), table.RemoveAt(key("gone too"), 1)}},
			} {
				m.from(loseFirst(lose, nil))
				if err := tb.Write(t.Context(), c.changes...); err != nil {
					t.Errorf("%s: got %v, want none", c.what, err)
				}
			}
			m.from(nil)
			wantItem(t, tb, key("new"), "2", 2)
			wantItem(t, tb, key("old"), "3", 3)
			wantItem(t, tb, key("put"), "1", 1)
			wantItem(t, tb, key("pair/1"), "1", 1)
			wantItem(t, tb, key("pair/2"), "1", 1)
			for _, gone := range []string{"gone", "gone too"} {
				if _, err := tb.Get(t.Context(), key(gone)); !errors.Is(err, table.ErrNotFound) {
					t.Errorf("Get(%s): got %v, want ErrNotFound", gone, err)
				}
			}
		})
	}
}

// TestNobodyKnows loses the answer of a write whose traces then vanish: it must not be called a conflict, which would
// mean that nothing was written.
func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	lose := losses["reset"]
	for name, c := range map[string]struct {
		first    []table.Change
		write    table.Change
		meantime func(other *Table) error
	}{
		"created and replaced": {nil, table.Create(key("a"), []byte("ours")), func(other *Table) error {
			return other.Write(context.Background(), table.Replace(key("a"), []byte("theirs"), 1))
		}},
		"replaced and removed": {[]table.Change{table.Put(key("a"), nil)}, table.Replace(key("a"), []byte("ours"), 1), func(other *Table) error {
			return other.Write(context.Background(), table.Remove(key("a")))
		}},
		"removed": {[]table.Change{table.Put(key("a"), nil)}, table.RemoveAt(key("a"), 1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, m := meddled(t, quick)
			must(t, tb.Write(t.Context(), append(c.first, table.Put(key("beside"), nil))...))
			other := &Table{client: tb.client, name: tb.name, origin: "web", now: tb.now}
			m.from(loseFirst(lose, func() error {
				if c.meantime == nil {
					return nil
				}
				return c.meantime(other)
			}))
			err := tb.Write(t.Context(), c.write)
			if errors.Is(err, table.ErrConflict) || pipelines.CodeOf(err) != pipelines.Unavailable {
				t.Errorf("Write: got %v, want one that is unavailable and no conflict", err)
			}
		})
	}
}

// TestOthersAreNotTakenForUs loses a request before it took effect; then somebody else writes the very same value.
func TestOthersAreNotTakenForUs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first []table.Change
		write table.Change
	}{
		"Create":  {nil, table.Create(key("a"), []byte("5"))},
		"Replace": {[]table.Change{table.Put(key("a"), []byte("4"))}, table.Replace(key("a"), []byte("5"), 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, m := meddled(t, quick)
			must(t, tb.Write(t.Context(), append(c.first, table.Put(key("beside"), nil))...))
			never := func(*http.Request, func() (*http.Response, error)) (*http.Response, error) {
				return nil, errors.New("connection reset by peer")
			}
			m.from(loseFirst(never, func() error { return tb.Write(context.Background(), c.write) }))
			if err := tb.Write(t.Context(), c.write); !errors.Is(err, table.ErrConflict) {
				t.Errorf("Write: got %v, want ErrConflict", err)
			}
		})
	}
}

// loseFirst loses the first answer, and then lets something happen before the second try.
func loseFirst(lose func(*http.Request, func() (*http.Response, error)) (*http.Response, error), then func() error) func(int, *http.Request, func() (*http.Response, error)) (*http.Response, error) {
	return func(try int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		if try > 1 {
			return pass()
		}
		answer, err := lose(r, pass)
		if then != nil {
			if err := then(); err != nil {
				return nil, err
			}
		}
		return answer, err
	}
}
