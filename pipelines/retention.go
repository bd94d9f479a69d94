package pipelines

import (
	"slices"
	"strings"
	"time"
)

// Retention says how long installations stay on a host. The zero value keeps
// everything; of the two, Days counts where both are given.
type Retention struct {
	Days int `json:"days,omitempty"` // older ones go
	Keep int `json:"keep,omitempty"` // so many successful ones stay besides the present one
}

func (r *Retention) check() []Problem {
	switch {
	case r == nil:
		return nil
	case r.Days < 0 || r.Keep < 0 || r.Days == 0 && r.Keep == 0:
		return []Problem{{Path: "", Message: "retention says how many installations stay besides the present one (`keep: 3`), or for how many days (`days: 30`)"}}
	case r.Days > 0 && r.Keep > 0:
		return []Problem{{Path: "", Message: "retention is by `keep` or by `days`, not both"}}
	}
	return nil
}

// Kept is one entry of the journal of a lane: of one step, on one target, in
// one environment of one project.
type Kept struct {
	ID        string
	At        time.Time
	Directory string // "": the attempt did not get so far
	Succeeded bool
	Held      bool // somebody waits for it, like a deployment that has not ended
}

// Due is what may go: entries by id, and the directories that no entry that
// stays uses.
type Due struct {
	Entries     []string
	Directories []string
}

// Due is what Octopus's rule lets go, newest first, whatever is live: by days,
// each entry that is older; by number, each entry but the newest Keep+1
// successful ones, and none while there are no more than that. Failed ones
// count for nothing.
func (r Retention) Due(lane []Kept, now time.Time) Due {
	entries := newestFirst(lane)
	var stays, goes []Kept
	switch {
	case r.Days > 0:
		stays, goes = apart(entries, func(k Kept) bool { return now.Sub(k.At) <= time.Duration(r.Days)*24*time.Hour })
	case r.Keep > 0:
		succeeded := 0
		stays, goes = apart(entries, func(k Kept) bool {
			if k.Succeeded {
				succeeded++
			}
			return k.Succeeded && succeeded <= r.Keep+1
		})
		if succeeded <= r.Keep {
			stays, goes = entries, nil
		}
	}
	return due(stays, goes)
}

// Retire is Due without what must never go: the newest installation, which may
// be live whatever became of it, the newest successful one before it, which is
// the way back, and all that somebody waits for.
func (r Retention) Retire(lane []Kept, now time.Time) Due {
	allowed := r.Due(lane, now)
	entries := newestFirst(lane)
	needed := map[string]bool{}
	first := slices.IndexFunc(entries, func(k Kept) bool { return k.Directory != "" })
	if first >= 0 {
		needed[entries[first].ID] = true
		before := slices.IndexFunc(entries[first+1:], func(k Kept) bool { return k.Succeeded && k.Directory != "" })
		if before >= 0 {
			needed[entries[first+1+before].ID] = true
		}
	}
	stays, goes := apart(entries, func(k Kept) bool {
		return k.Held || needed[k.ID] || !slices.Contains(allowed.Entries, k.ID)
	})
	return due(stays, goes)
}

// newestFirst sorts a copy; of one moment, what comes later in the list is newer.
func newestFirst(lane []Kept) []Kept {
	entries := slices.Clone(lane)
	slices.Reverse(entries)
	slices.SortStableFunc(entries, func(a, b Kept) int { return b.At.Compare(a.At) })
	return entries
}

func apart(entries []Kept, isFirst func(Kept) bool) (first, second []Kept) {
	for _, k := range entries {
		if isFirst(k) {
			first = append(first, k)
		} else {
			second = append(second, k)
		}
	}
	return first, second
}

// due leaves a directory out that an entry that stays uses too.
func due(stays, goes []Kept) Due {
	var out Due
	for _, k := range goes {
		out.Entries = append(out.Entries, k.ID)
		used := slices.ContainsFunc(stays, func(s Kept) bool { return sameDirectory(s.Directory, k.Directory) })
		listed := slices.ContainsFunc(out.Directories, func(d string) bool { return sameDirectory(d, k.Directory) })
		if k.Directory != "" && !used && !listed {
			out.Directories = append(out.Directories, k.Directory)
		}
	}
	return out
}

// sameDirectory errs towards keeping: on some systems case tells nothing apart.
func sameDirectory(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, `/\`), strings.TrimRight(b, `/\`))
}
