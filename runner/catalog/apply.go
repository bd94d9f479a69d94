package catalog

import (
	"context"
	"reflect"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// apply writes what wants makes of the configuration as it now stands; whoever
// was slower than another begins again with what that one left.
func (c *Catalog) apply(ctx context.Context, p pipelines.Principal, wants func(now textform.Nouns) (Wanted, error)) (Weighed, error) {
	var told Weighed // of the first writing; later rounds do what is left
	written := false
	for tries := 0; tries < 100; tries++ {
		turn, err := c.Records.ChangeNouns(ctx)
		if err != nil {
			return told, err
		}
		now, err := c.load(ctx)
		if err != nil {
			return told, err
		}
		wanted, err := wants(now)
		if err != nil {
			return told, err
		}
		w, err := c.weigh(ctx, p, now, wanted)
		if err != nil {
			return told, err
		}
		if !written {
			if err := strangers(wanted, w); err != nil {
				return told, err
			}
			told = newWeighed(w.changes)
			if wanted.Base != "" && wanted.Base != told.Base {
				return told, overtaken(told)
			}
		}
		if len(w.writes) == 0 {
			return told, nil
		}
		changes, entries, rest, err := c.batch(ctx, p, w)
		if pipelines.CodeOf(err) == pipelines.NotFound {
			continue // somebody has removed what would change
		}
		if err != nil {
			return told, err
		}
		if again, err := c.load(ctx); err != nil || !reflect.DeepEqual(now, again) {
			if err != nil {
				return told, err
			}
			continue // revisions were read after what they belong to
		}
		if wanted.also != nil {
			changes = append(changes, wanted.also(entries)...)
		}
		err = c.Records.Tell(ctx, entries, append(changes, turn)...)
		switch {
		case records.Conflict(err):
			continue
		case err != nil:
			return told, err
		case rest == 0:
			return told, nil
		}
		written, tries = true, 0
	}
	return told, pipelines.Refuse(pipelines.Unavailable, "the configuration changes too fast at this moment: apply again")
}

// What goes into one write and into one noun. The table takes a little more,
// which is left for counters, for the turn, and for what keeps deployments from
// starting.
const (
	mostChanges = 88
	mostBytes   = 2 << 20
	mostOfNoun  = 98 << 10
)

// batch turns as many writes into changes as go into one write of the table.
// Writes are in an order in which each refers only to those before it.
func (c *Catalog) batch(ctx context.Context, p pipelines.Principal, all weighed) (changes []records.Change, told []pipelines.Event, rest int, err error) {
	n := numbering{records: c.Records, taken: map[records.Kind]int{}}
	var also []records.Change
	if all.removals > 0 {
		hold, err := c.Records.HoldDeployments(ctx)
		if err != nil {
			return nil, nil, 0, err
		}
		also = append(also, hold)
	}
	asks, err := c.remembersAsked(ctx, all.writes)
	if err != nil {
		return nil, nil, 0, err
	}
	also = append(also, asks...)
	bytes := 0
	for i, w := range all.writes {
		more, entry, err := c.changes(ctx, p, &n, w)
		if err != nil {
			return nil, nil, 0, err
		}
		more = without(more, changes)
		entries, heavy := records.Weight(append(told, entry))
		if len(changes)+len(more)+entries > mostChanges || bytes+size(more)+heavy > mostBytes {
			rest = len(all.writes) - i
			break
		}
		changes, told = append(changes, more...), append(told, entry)
		bytes += size(more)
		n.keep()
	}
	return append(append(changes, n.counters()...), also...), told, rest, nil
}

// without leaves out what another noun's change does already: a project and its
// environment free the same claims.
func without(more, already []records.Change) []records.Change {
	return slices.DeleteFunc(more, func(m records.Change) bool {
		return slices.ContainsFunc(already, func(a records.Change) bool { return a.Key == m.Key })
	})
}

func size(changes []records.Change) int {
	sum := 0
	for _, c := range changes {
		sum += len(c.Key.Partition) + len(c.Key.Sort) + len(c.Value)
	}
	return sum
}

// changes are those of one noun, with its audit entry.
func (c *Catalog) changes(ctx context.Context, p pipelines.Principal, n *numbering, w write) ([]records.Change, pipelines.Event, error) {
	if w.id == "" {
		added, id, err := n.add(ctx, w.kind, w.change.Name, w.noun)
		return added, c.told(p, created, id, w), err
	}
	revision, err := c.revision(ctx, w.kind, w.id)
	if err != nil {
		return nil, pipelines.Event{}, err
	}
	if w.remove {
		removed, err := c.removal(ctx, w, revision)
		return removed, c.told(p, deleted, w.id, w), err
	}
	noun := w.noun(w.id, 0)
	return append([]records.Change{records.ReplaceNoun(w.kind, w.id, noun, revision)}, c.closes(noun)...), c.told(p, modified, w.id, w), nil
}

// revision of a target is read with it, since targets can be removed meanwhile.
func (c *Catalog) revision(ctx context.Context, kind records.Kind, id string) (int64, error) {
	if kind == records.Targets {
		t, err := c.Records.Target(ctx, id)
		return t.Revision, err
	}
	return c.Records.Revision(ctx, kind, id)
}

// told is the audit entry of a change: what became of which lines.
func (c *Catalog) told(p pipelines.Principal, category, id string, w write) pipelines.Event {
	verb := map[string]string{textform.Add: "added", textform.Modify: "changed", textform.Adopt: "took into its folder", textform.Remove: "removed"}[w.change.Do]
	e := c.event(p, category, id, verb+" "+w.change.Kind+" "+w.change.Name)
	switch w.kind {
	case records.Projects:
		e.Project = id
	case records.Environments:
		e.Environment = id
	}
	if w.change.Taken != "" {
		e.Message += ", taken over from " + w.change.Taken
	}
	e.Details = map[string]string{"kind": w.change.Kind, "name": w.change.Name, "lines": mostOf(w.change.Lines)}
	return e
}

// mostTold bounds the lines kept in an audit entry, which is one small item.
const mostTold = 16 << 10

func mostOf(lines []string) string {
	var out []byte
	for _, l := range lines {
		if len(out)+len(l) > mostTold {
			return string(out) + "…"
		}
		out = append(out, l...)
		out = append(out, '\n')
	}
	return string(out)
}
