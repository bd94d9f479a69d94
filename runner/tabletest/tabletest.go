// Package tabletest holds every table to the contract of package table.
// It looks at nothing but what the contract promises, so it fits any store.
// Each case has partitions of its own, hence a slow store may be one and the same for all cases.
package tabletest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"slipway/runner/table"
)

// Option adds to a Run what not every store can offer.
type Option func(*suite)

// Reopen tells how to close the table and open it anew on the same data.
func Reopen(reopen func(*testing.T, table.Table) table.Table) Option {
	return func(s *suite) { s.reopen = reopen }
}

// Clock tells how to let the clock of all tables pass an expiry. Without it only expiries in the past are tried.
func Clock(now func() time.Time, pass func(time.Duration)) Option {
	return func(s *suite) { s.now, s.pass = now, pass }
}

type suite struct {
	open   func(*testing.T) table.Table
	reopen func(*testing.T, table.Table) table.Table
	now    func() time.Time
	pass   func(time.Duration)
}

// Run holds the tables that open returns to the contract. They may be one and the same.
func Run(t *testing.T, open func(*testing.T) table.Table, options ...Option) {
	s := &suite{open: open}
	for _, o := range options {
		o(s)
	}
	for name, check := range map[string]func(*testing.T, *suite){
		"ReadsWhatWasWritten":      readsWhatWasWritten,
		"CountsRevisions":          countsRevisions,
		"OwnsNoSlices":             ownsNoSlices,
		"DemandsHoldOrRefuse":      demandsHoldOrRefuse,
		"ConflictNamesAllKeys":     conflictNamesAllKeys,
		"WritesAllOrNothing":       writesAllOrNothing,
		"HoldsTheLimits":           holdsTheLimits,
		"RefusesWhatIsIllegal":     refusesWhatIsIllegal,
		"RefusesIllegalQueries":    refusesIllegalQueries,
		"SortsByBytes":             sortsByBytes,
		"FindsPrefixes":            findsPrefixes,
		"FindsSpans":               findsSpans,
		"KeepsPartitionsApart":     keepsPartitionsApart,
		"PagesBothWays":            pagesBothWays,
		"CursorsOutsideTheRange":   cursorsOutsideTheRange,
		"PagesPastLargeItems":      pagesPastLargeItems,
		"AgreesWithSlowModel":      agreesWithSlowModel,
		"OneOfManyCreates":         oneOfManyCreates,
		"CountsWithoutLoss":        countsWithoutLoss,
		"ReadersSeeItemsGoForward": readersSeeItemsGoForward,
		"EndedContextWritesNoHalf": endedContext,
		"Expires":                  expires,
		"OutlivesReopening":        outlivesReopening,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, s)
		})
	}
}

// partition is one that no other case uses: suites may run many times on one store.
func partition(t *testing.T) string {
	return t.Name() + " " + time.Now().Format(time.RFC3339Nano)
}

func key(partition, sort string) table.Key { return table.Key{Partition: partition, Sort: sort} }

func mustWrite(t *testing.T, tb table.Table, changes ...table.Change) {
	t.Helper()
	if err := tb.Write(t.Context(), changes...); err != nil {
		t.Fatalf("Write(%s): %v", names(changes), err)
	}
}

func names(changes []table.Change) string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Key.Sort)
	}
	text := strings.Join(all, ", ")
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}

func mustConflict(t *testing.T, tb table.Table, want []table.Key, changes ...table.Change) {
	t.Helper()
	err := tb.Write(t.Context(), changes...)
	var conflict *table.ConflictError
	if !errors.Is(err, table.ErrConflict) || !errors.As(err, &conflict) {
		t.Fatalf("Write(%s): got %v, want a *ConflictError", names(changes), err)
	}
	if len(conflict.Keys) != len(want) {
		t.Fatalf("Write(%s): the conflict names %v, want %v", names(changes), conflict.Keys, want)
	}
	for i := range want {
		if conflict.Keys[i] != want[i] {
			t.Fatalf("Write(%s): the conflict names %v, want %v", names(changes), conflict.Keys, want)
		}
	}
}

// wantItem compares what is there with a value and a revision.
func wantItem(t *testing.T, tb table.Table, k table.Key, value string, revision int64) {
	t.Helper()
	item, err := tb.Get(t.Context(), k)
	if err != nil {
		t.Fatalf("Get(%s): %v", k, err)
	}
	if item.Key != k || string(item.Value) != value || item.Revision != revision {
		t.Fatalf("Get(%s): got %.60q at %d under %s, want %.60q at %d", k, item.Value, item.Revision, item.Key, value, revision)
	}
}

func wantAbsent(t *testing.T, tb table.Table, k table.Key) {
	t.Helper()
	if item, err := tb.Get(t.Context(), k); !errors.Is(err, table.ErrNotFound) {
		t.Fatalf("Get(%s): got %.60q and %v, want ErrNotFound", k, item.Value, err)
	}
}

// sorts returns the sort keys of all pages of a range.
func sorts(t *testing.T, ctx context.Context, tb table.Table, r table.Range) []string {
	t.Helper()
	found := []string{}
	for item, err := range table.All(ctx, tb, r) {
		if err != nil {
			t.Fatalf("Query(%+v): %v", r, err)
		}
		found = append(found, item.Key.Sort)
	}
	return found
}
