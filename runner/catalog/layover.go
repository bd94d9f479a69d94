package catalog

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// write is one noun to be stored, or to be removed.
type write struct {
	kind   records.Kind
	id     string // "" for a new one
	noun   func(id string, number int) any
	remove bool
	change textform.Change
}

// laid is one kind of nouns with what is wanted laid over what there is.
type laid[T any] struct {
	all      []T // as they will be
	writes   []write
	removals []write
	changes  []textform.Change
	found    []pipelines.Problem
	owned    int // nouns wanted that were the owner's already
}

// layOver puts what is wanted over what there is.
func layOver[T any](k kind[T], now, wanted []T, w Wanted, types textform.StepTypes) laid[T] {
	out := laid[T]{}
	at := map[string]int{}
	for i, n := range now {
		at[pipelines.NameKey(k.name(n))] = i
	}
	changed := map[string]textform.Change{}
	for _, c := range textform.CompareOf(k.word, now, wanted, k.name, types) {
		changed[pipelines.NameKey(c.Name)] = c
	}
	out.all = append(out.all, now...)
	held := map[string]bool{}
	for i, n := range wanted {
		key := pipelines.NameKey(k.name(n))
		if held[key] {
			continue // said twice, which check tells
		}
		held[key] = true
		change := changed[key]
		j, exists := at[key]
		if !exists {
			*k.owner(&n) = w.Owner
			out.all = append(out.all, n)
			out.add(write{kind: k.of, change: change, noun: func(id string, number int) any { return k.named(n, id, number) }})
			continue
		}
		old := now[j]
		owner := *k.owner(&old)
		if owner == w.Owner {
			out.owned++
		}
		n = k.kept(n, old)
		*k.owner(&n) = owner
		switch {
		case w.mayHave(owner) || w.TakeOver || change.Do == "" && owner == pipelines.OwnedByPages:
			*k.owner(&n) = w.Owner
		case change.Do == "":
			continue
		default:
			out.found = append(out.found, pipelines.Problem{Path: path(k.word, i), Message: elsewhere(k.word, k.name(old), owner)})
		}
		out.all[j] = n
		if change.Do == "" && owner != w.Owner {
			change = textform.Change{Do: textform.Adopt, Kind: k.word, Name: k.name(n)}
		}
		if owner != w.Owner && owner != "" && (change.Do != textform.Adopt || owner != pipelines.OwnedByPages) {
			change.Taken = owner
		}
		if change.Do != "" {
			out.add(write{kind: k.of, id: k.id(old), change: change, noun: func(string, int) any { return n }})
		}
	}
	out.forget(k, types, func(n T) bool {
		left := w.Whole && *k.owner(&n) == w.Owner && !held[pipelines.NameKey(k.name(n))]
		return left || w.gone != nil && w.gone(k.of, k.id(n))
	})
	return out
}

// mayHave says whether the noun may be changed, and is the wanting one's from
// then on: it is already, or it is nobody's.
func (w Wanted) mayHave(owner string) bool { return owner == "" || owner == w.Owner }

func (l *laid[T]) add(w write) {
	l.writes = append(l.writes, w)
	l.changes = append(l.changes, w.change)
}

// forget takes away what goes: what the folder owns and does not hold any more,
// or what somebody removes by itself.
func (l *laid[T]) forget(k kind[T], types textform.StepTypes, goes func(T) bool) {
	kept := l.all[:0:0]
	for _, n := range l.all {
		if !goes(n) {
			kept = append(kept, n)
			continue
		}
		if k.gone != nil {
			after := k.gone(n)
			if change, differs := textform.CompareOne(k.word, n, after, k.name, types); differs {
				l.add(write{kind: k.of, id: k.id(n), change: change, noun: func(string, int) any { return after }})
			}
			kept = append(kept, after)
			continue
		}
		change := textform.Removal(k.word, k.name(n), n, types)
		l.removals = append(l.removals, write{kind: k.of, id: k.id(n), remove: true, change: change})
		l.changes = append(l.changes, change)
	}
	l.all = kept
}

// elsewhere says why a noun may not be changed from here.
func elsewhere(kind, name, owner string) string {
	if folder, ok := pipelines.OwningFolder(owner); ok {
		return fmt.Sprintf("%s %q is written in the folder %q: change it there, or say --take-over to make it yours", kind, name, folder)
	}
	return fmt.Sprintf("%s %q was made, or taken over, on the pages: `slipway export` prints it as it is; --take-over makes the text its owner", kind, name)
}
