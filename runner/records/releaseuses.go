package records

import (
	"context"
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Use is a release that has chosen a version of a package.
type Use struct {
	ProjectID string `json:"projectId"`
	Number    string `json:"number"`
	// Apart says that the row was written ahead of its release, which may not have
	// come to be.
	Apart bool `json:"apart,omitempty"`

	sequence int
}

// ReleaseID is the release's.
func (u Use) ReleaseID() string { return releaseID(u.sequence) }

func releaseID(n int) string { return fmt.Sprintf("Releases-%d", n) }

// Uses are the releases that have chosen a version of a package, newest first, at
// most limit, and whether there are more; feedID is "" for the built-in feed,
// before is the id of a release to go on behind, or "". The releases of all
// projects are among them.
func (r *Records) Uses(ctx context.Context, feedID, packageID, version, before string, limit int) (out []Use, more bool, err error) {
	if err := r.indexUses(ctx); err != nil {
		return nil, false, err
	}
	prefix := pipelines.NameKey(version) + "/"
	span := table.Range{Partition: usesOf(feedID, packageID), From: prefix, Before: prefix + "~", Descending: true, Limit: limit + 1}
	if before != "" {
		span.Before = prefix + sequence(numberOf(before))
	}
	for item, err := range table.All(ctx, r.table, span) {
		if TooLarge(err) { // what cannot be a key is nowhere
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if len(out) == limit {
			return out, true, nil
		}
		use := Use{sequence: numberOf(item.Key.Sort)}
		if decode(item, &use) != nil {
			continue // the release stands in its project's list
		}
		if use.Apart {
			came, err := r.came(ctx, use, feedID, packageID, version)
			if err != nil {
				return nil, false, err
			}
			if !came {
				continue
			}
		}
		out = append(out, use)
	}
	return out, false, nil
}

// came says whether the release of a row that was written ahead of it has come to
// be, and has chosen that version.
func (r *Records) came(ctx context.Context, u Use, feedID, packageID, version string) (bool, error) {
	head, _, there, err := get[ReleaseHead](ctx, r, key("releases", u.ReleaseID()))
	if _, damaged := Corrupt(err); damaged {
		return false, nil
	}
	if err != nil || !there || head.ProjectID != u.ProjectID {
		return false, err
	}
	for _, s := range head.Packages {
		if s.FeedID == feedID && pipelines.SameName(s.Package, packageID) && pipelines.SameName(s.Version, version) {
			return true, nil
		}
	}
	return false, nil
}

// mostUses is how many rows go in the write of a release itself. Those of one with
// more packages go ahead of it.
const mostUses = 60

// uses are the rows of a release: one for each version that it has chosen.
func uses(head ReleaseHead) []Change {
	var out []Change
	known := map[table.Key]bool{}
	for _, s := range head.Packages {
		k := key(usesOf(s.FeedID, s.Package), pipelines.NameKey(s.Version), sequence(head.Sequence))
		if known[k] || k.Check() != nil {
			continue
		}
		known[k] = true
		out = append(out, table.Put(k, encode(Use{ProjectID: head.ProjectID, Number: head.Number, Apart: len(out) >= mostUses})))
	}
	return out
}

// usesWith are the rows that go in the write of a release, with the mark that says
// so; the others are written now.
func (r *Records) usesWith(ctx context.Context, head ReleaseHead) ([]Change, error) {
	rows := uses(head)
	for len(rows) > mostUses {
		ahead := rows[mostUses:min(len(rows), mostUses+table.MaxChanges)]
		if err := r.table.Write(ctx, ahead...); err != nil {
			return nil, err
		}
		rows = append(rows[:mostUses:mostUses], rows[mostUses+len(ahead):]...)
	}
	mark, revision, err := r.usesMark(ctx)
	if err != nil || mark.Through != head.Sequence-1 {
		return rows, err // somebody who asks for the index fills the gap
	}
	return append(rows, markUses(usesMark{Through: head.Sequence}, revision)), nil
}

// usesMark is how far the index has come: all releases up to Through are in it.
// Data of programs that had no index, and releases that such a program has made
// since, are behind the mark until somebody asks. Then they are read, and To and
// After say how far that has come: whoever is interrupted, others go on for.
type usesMark struct {
	Through int    `json:"through"`
	To      int    `json:"to,omitempty"`
	After   string `json:"after,omitempty"`
}

func usesMarkKey() table.Key { return key("uses", "mark") }

func (r *Records) usesMark(ctx context.Context) (usesMark, int64, error) {
	mark, revision, _, err := orNone[usesMark](ctx, r, usesMarkKey())
	return mark, revision, err
}

func markUses(mark usesMark, revision int64) Change {
	if revision == 0 {
		return table.Create(usesMarkKey(), encode(mark))
	}
	return table.Replace(usesMarkKey(), encode(mark), revision)
}

// indexUses brings the index up to the newest release. As a rule it is there, and
// that is two reads.
func (r *Records) indexUses(ctx context.Context) error {
	for {
		mark, revision, err := r.usesMark(ctx)
		if err != nil {
			return err
		}
		newest, _, _, err := get[int](ctx, r, key("counters", "Releases"))
		if err != nil || mark.Through >= newest {
			return err
		}
		if mark.After == "" {
			mark.To = newest
		}
		rows, next, err := r.usesMissing(ctx, mark)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(rows, table.MaxChanges) {
			if err := r.table.Write(ctx, part...); err != nil {
				return err
			}
		}
		if mark.After = next; next == "" {
			mark = usesMark{Through: mark.To}
		}
		if err := r.table.Write(ctx, markUses(mark, revision)); err != nil && !Conflict(err) {
			return err // in a conflict somebody else has come further
		}
	}
}

// fewMissing are read one by one: the list of all is longer.
const fewMissing = 100

// usesMissing are the rows of some releases behind the mark, and where to go on.
func (r *Records) usesMissing(ctx context.Context, mark usesMark) (rows []Change, next string, err error) {
	if mark.After == "" && mark.To-mark.Through <= fewMissing {
		for n := mark.Through + 1; n <= mark.To; n++ {
			head, _, there, err := get[ReleaseHead](ctx, r, key("releases", releaseID(n)))
			if _, damaged := Corrupt(err); err != nil && !damaged {
				return nil, "", err
			}
			if there && err == nil {
				rows = append(rows, uses(head)...)
			}
		}
		return rows, "", nil
	}
	page, err := r.table.Query(ctx, table.Range{Partition: "releases", After: mark.After, Limit: 500})
	if err != nil {
		return nil, "", err
	}
	for _, item := range page.Items {
		var head ReleaseHead
		if decode(item, &head) == nil && head.Sequence > mark.Through {
			rows = append(rows, uses(head)...)
		}
	}
	return rows, page.Next, nil
}

func usesOf(feedID, packageID string) string {
	return "uses/" + feedID + "/" + pipelines.NameKey(packageID)
}
