package simulation

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
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
	// world and fault are played at each point of the world in place of seeds.
	world func(Mode) *World
	fault Fault
}{
	{"writes are acknowledged before they are durable", "", broken{early: true}, nil, nil, Fault{}},
	{"puts without their conditions", "", broken{write: func(all []table.Change) []table.Change {
		out := slices.Clone(all)
		for i := range out {
			if out[i].If = (table.Condition{}); out[i].Do == table.Keep {
				out[i] = table.Put(table.Key{Partition: "nothing", Sort: string(rune('a' + i))}, []byte("1"))
			}
		}
		return out
	}}, nil, nil, Fault{}},
	{"the place is not taken", "", broken{write: without(is(table.Set, "place/", "slot"))}, []string{onePlace, oneExecutes}, nil, Fault{}},
	{"the place is not given back", "", broken{write: without(is(table.Delete, "place/", "slot"))}, []string{noneLost, nothingLeft, comesToRest}, nil, Fault{}},
	{"the row of the queue stays", "", broken{write: without(is(table.Delete, "place/", "waiting/"))}, []string{noneLost, nothingLeft, comesToRest}, nil, Fault{}},
	{"the row of the living is not written", Stays, broken{write: without(is(table.Set, "active", ""))}, []string{noneLost}, nil, Fault{}},
	{"a process that begins looks for nothing", Stays, broken{noScan: true}, []string{noneLost, nothingLeft}, nil, Fault{}},
	{"wake-ups lead to nothing", Stays, broken{noWake: true}, []string{noneLost}, nil, Fault{}},
	{"timers are dropped", "", broken{noTimer: func(string) bool { return true }}, []string{noneLost, comesToRest}, nil, Fault{}},
	{"watches are dropped", Brief, broken{noTimer: func(id string) bool {
		return strings.HasPrefix(id, "watch-") || strings.HasPrefix(id, "later-") || strings.HasPrefix(id, "again-")
	}}, []string{noneLost}, nil, Fault{}},
	{"the stream loses turns", Brief, broken{noNews: func(n streamwake.News) bool { return n.Deployment != "" }}, []string{noneLost}, nil, Fault{}},
	{"the stream loses freed places", Brief, broken{noNews: func(n streamwake.News) bool { return n.ProjectID != "" }}, []string{noneLost}, nil, Fault{}},
	{"mails are taken and not sent", "", broken{noMail: true}, []string{mailed}, nil, Fault{}},
	{"hosts forget what they have begun", "", broken{forgets: true}, []string{oncePerAttempt}, nil, Fault{}},
	{"the ledger is not asked", Stays, broken{unasked: true, forgets: true}, []string{oncePerAttempt}, nil, Fault{}},
	{"hosts take several orders at once", "", broken{crowds: true}, []string{oneOnTarget}, nil, Fault{}},
	{"the wish to stop is not sent", "", broken{unstoppable: true}, []string{sameEnd, quietAfter, truth, stopsSoon}, nil, Fault{}},
	{"a link is not used up", "", broken{write: without(func(c table.Change) bool {
		return c.Key.Partition == "links" && strings.Contains(string(c.Value), "usedAt")
	})}, []string{linkOnce}, nil, Fault{}},
	{"a queue is read from its end", "", broken{reversed: true}, []string{inOrder}, nil, Fault{}},
	{"some writes are acknowledged and never made", "", broken{pretends: true}, nil, nil, Fault{}},
	{"when hosts were touched is not kept", "", broken{write: func(all []table.Change) []table.Change {
		out := slices.Clone(all)
		for i, c := range out {
			if strings.HasPrefix(c.Key.Sort, "current/") {
				out[i].Value = touched.ReplaceAll(c.Value, nil)
			}
		}
		return out
	}}, []string{liveIsLast}, Overtaken, Fault{Kind: stall, Wait: time.Second}},
	{"a message whose answer was lost counts as not taken", Brief, broken{sure: true}, []string{truth}, longTutorial, Fault{Kind: down, Wait: 20 * time.Minute}},
	{"a report counts for the attempt after it", Brief, broken{mixedUp: true}, []string{truth, quietAfter, deadIsDead, oneOnTarget, comesToRest}, nil, Fault{}},
}

// TestMutantsAreCaught breaks the world on purpose.
func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for w, o := range plays(t, m.mode, m.world, m.fault) {
				how := m.how
				o.broken = &how
				report := Run(t.Context(), w, o)
				if report.Broken == nil {
					continue
				}
				if m.found != nil && !slices.Contains(m.found, report.Broken.Invariant) {
					t.Errorf("seed %d (%s) finds %v", o.Seed, o.Mode, report.Broken)
				}
				t.Logf("seed %d (%s): %s: %s", o.Seed, o.Mode, report.Broken.Invariant, firstLine(report.Broken.How))
				return
			}
			t.Error("nobody noticed in 1000 seeds")
		})
	}
}

// plays are a thousand seeds, or all points of one world.
func plays(t *testing.T, mode Mode, of func(Mode) *World, fault Fault) iter.Seq2[*World, Options] {
	return func(yield func(*World, Options) bool) {
		if of != nil {
			if mode == "" {
				mode = Stays
			}
			w := of(mode)
			for _, o := range sweep(t.Context(), w, mode, fault) {
				if !yield(w, o) {
					return
				}
			}
			return
		}
		for seed := range uint64(1000) {
			m := mode
			if m == "" {
				m = []Mode{Stays, Brief}[seed/2%2]
			}
			if !yield(Pick(seed, m), Options{Seed: seed, Mode: m}) {
				return
			}
		}
	}
}

// longTutorial is the tutorial with work that lasts longer than anybody waits for
// a host.
func longTutorial(mode Mode) *World {
	w := Tutorial(mode)
	w.Patience = 0
	w.Conduct = func(task.Order, int) Conduct { return Conduct{Lasts: time.Hour, Outcome: task.Succeeded} }
	return w
}
