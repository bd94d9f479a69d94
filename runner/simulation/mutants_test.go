package simulation

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/runner/streamwake"
	"slipway/runner/table"
)

// without leaves out changes.
func without(drop func(table.Change) bool) func([]table.Change) []table.Change {
	return func(all []table.Change) []table.Change {
		out := slices.DeleteFunc(slices.Clone(all), drop)
		if len(out) == 0 {
			return []table.Change{table.Put(table.Key{Partition: "nothing", Sort: "nothing"}, []byte("1"))}
		}
		return out
	}
}

func is(do table.Action, partition, sort string) func(table.Change) bool {
	return func(c table.Change) bool {
		return c.Do == do && strings.HasPrefix(c.Key.Partition, partition) && strings.HasPrefix(c.Key.Sort, sort)
	}
}

var touched = regexp.MustCompile(`"touched":"[^"]*",?`)

// mutants are worlds that are wrong in one way each, with the invariants of which
// one must notice.
var mutants = []struct {
	name  string
	mode  Mode // "": both
	how   broken
	found []string
}{
	{"writes are acknowledged before they are durable", "", broken{early: true}, nil},
	{"puts without their conditions", "", broken{write: func(all []table.Change) []table.Change {
		out := slices.Clone(all)
		for i := range out {
			if out[i].If = (table.Condition{}); out[i].Do == table.Keep {
				out[i] = table.Put(table.Key{Partition: "nothing", Sort: string(rune('a' + i))}, []byte("1"))
			}
		}
		return out
	}}, nil},
	{"the place is not taken", "", broken{write: without(is(table.Set, "place/", "slot"))}, []string{onePlace, oneExecutes}},
	{"the place is not given back", "", broken{write: without(is(table.Delete, "place/", "slot"))}, []string{noneLost, nothingLeft, comesToRest}},
	{"the row of the queue stays", "", broken{write: without(is(table.Delete, "place/", "waiting/"))}, []string{noneLost, nothingLeft, comesToRest}},
	{"the row of the living is not written", Stays, broken{write: without(is(table.Set, "active", ""))}, []string{noneLost}},
	{"a process that begins looks for nothing", Stays, broken{noScan: true}, []string{noneLost, nothingLeft}},
	{"wake-ups lead to nothing", Stays, broken{noWake: true}, []string{noneLost}},
	{"timers are dropped", "", broken{noTimer: func(string) bool { return true }}, []string{noneLost, comesToRest}},
	{"watches are dropped", Brief, broken{noTimer: func(id string) bool {
		return strings.HasPrefix(id, "watch-") || strings.HasPrefix(id, "later-") || strings.HasPrefix(id, "again-")
	}}, []string{noneLost}},
	{"the stream loses turns", Brief, broken{noNews: func(n streamwake.News) bool { return n.Deployment != "" }}, []string{noneLost}},
	{"the stream loses freed places", Brief, broken{noNews: func(n streamwake.News) bool { return n.ProjectID != "" }}, []string{noneLost}},
	{"mails are taken and not sent", "", broken{noMail: true}, []string{mailed}},
	{"hosts forget what they have begun", "", broken{forgets: true}, []string{oncePerAttempt}},
	{"the ledger is not asked", Stays, broken{unasked: true, forgets: true}, []string{oncePerAttempt}},
	{"hosts take several orders at once", "", broken{crowds: true}, []string{oneOnTarget}},
	{"the wish to stop is not sent", "", broken{unstoppable: true}, []string{sameEnd, quietAfter, truth, stopsSoon}},
	{"a link is not used up", "", broken{write: without(func(c table.Change) bool {
		return strings.Contains(c.Key.Sort, "asked/") && strings.Contains(string(c.Value), "usedAt")
	})}, []string{linkOnce}},
	{"a queue is read from its end", "", broken{reversed: true}, []string{inOrder}},
	{"some writes are acknowledged and never made", "", broken{pretends: true}, nil},
	{"when hosts were touched is not kept", "", broken{write: func(all []table.Change) []table.Change {
		out := slices.Clone(all)
		for i, c := range out {
			if strings.HasPrefix(c.Key.Sort, "current/") {
				out[i].Value = touched.ReplaceAll(c.Value, nil)
			}
		}
		return out
	}}, []string{liveIsLast}},
	{"a message whose answer was lost counts as not taken", Brief, broken{sure: true}, []string{truth, quietAfter, deadIsDead, writtenFirst, oneOnTarget}},
	{"a report counts for the attempt after it", Brief, broken{mixedUp: true}, []string{truth, quietAfter, deadIsDead, oneOnTarget, comesToRest}},
}

// TestMutantsAreCaught breaks the world on purpose.
func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(1000) {
				mode := m.mode
				if mode == "" {
					mode = []Mode{Stays, Brief}[seed/2%2]
				}
				how := m.how
				report := Run(t.Context(), Pick(seed, mode), Options{Seed: seed, Mode: mode, broken: &how})
				if report.Broken == nil {
					continue
				}
				if m.found != nil && !slices.Contains(m.found, report.Broken.Invariant) {
					t.Errorf("seed %d (%s) finds %v", seed, mode, report.Broken)
				}
				t.Logf("seed %d (%s): %s: %s", seed, mode, report.Broken.Invariant, firstLine(report.Broken.How))
				return
			}
			t.Error("nobody noticed in 1000 seeds")
		})
	}
}
