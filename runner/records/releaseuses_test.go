package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

func choosing(number string, packages ...pipelines.Selected) pipelines.Release {
	r := release(number)
	r.Packages = packages
	return r
}

func quotes(version string) pipelines.Selected {
	return pipelines.Selected{Package: "Quotes", Version: version}
}

// usesOf walks through all pages of the releases with a version.
func (k *kit) usesOf(feed, id, version string, limit int) string {
	k.t.Helper()
	var out []string
	for before, more := "", true; more; {
		var page []records.Use
		var err error
		page, more, err = k.Uses(k.t.Context(), feed, id, version, before, limit)
		k.must(err)
		if len(page) > limit || more && len(page) == 0 {
			k.t.Fatalf("a page of %d, more: %v; want at most %d", len(page), more, limit)
		}
		for _, u := range page {
			before = u.ReleaseID()
			out = append(out, u.Number)
		}
	}
	return strings.Join(out, " ")
}

func TestUsesOfAPackage(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	if got := k.usesOf("", "Quotes", "1", 3); got != "" {
		t.Errorf("before there is any release: %s", got)
	}
	for _, r := range []pipelines.Release{
		choosing("1.0.0", quotes("1.0-Beta"), quotes("1.0-beta")), choosing("1.0.1", quotes("1.0-beta.2")), choosing("1.0.2", quotes("1.0-beta"), pipelines.Selected{Package: "Quotes", Version: "1.0-beta", Feed: "other", FeedID: "Feeds-1"}),
		choosing("1.0.3"), choosing("1.0.4", quotes("1.0-beta")), choosing("1.0.5", pipelines.Selected{Package: strings.Repeat("q", 2000), Version: "1"}),
	} {
		_, err := k.AddRelease(t.Context(), r, none)
		k.must(err)
	}
	for _, c := range []struct{ feed, id, version, want string }{
		{"", "QUOTES", "1.0-BETA", "1.0.4 1.0.2 1.0.0"}, {"", "Quotes", "1.0-beta.2", "1.0.1"}, {"", "Quotes", "1.0", ""}, {"", "Quote", "1.0-beta", ""},
		{"Feeds-1", "quotes", "1.0-beta", "1.0.2"}, {"Feeds-2", "quotes", "1.0-beta", ""}, {"", strings.Repeat("q", 2000), "1", ""},
	} {
		for limit := 1; limit < 5; limit++ {
			if got := k.usesOf(c.feed, c.id, c.version, limit); got != c.want {
				t.Errorf("Uses(%q, %.10s, %s) by pages of %d = %q, want %q", c.feed, c.id, c.version, limit, got, c.want)
			}
		}
	}
}

// forgetUses makes the rows as a program leaves them that has no index.
func (k *kit) forgetUses() {
	k.t.Helper()
	for _, partition := range []string{"uses", "uses//quotes"} {
		for item, err := range table.All(k.t.Context(), k.table, table.Range{Partition: partition}) {
			k.must(err)
			k.write(table.Remove(item.Key))
		}
	}
}

// Releases of programs without the index are in it once somebody asks, be they
// from before it or from between.
func TestUsesOfOlderReleases(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	add := func(number string) {
		t.Helper()
		_, err := k.AddRelease(t.Context(), choosing(number, quotes("1.0")), none)
		k.must(err)
	}
	add("1.0.0")
	add("1.0.1")
	k.forgetUses()
	add("1.0.2") // by a program with the index, before anybody has asked
	if got := k.usesOf("", "Quotes", "1.0", 10); got != "1.0.2 1.0.1 1.0.0" {
		t.Errorf("Uses after the data was taken over = %s", got)
	}
	add("1.0.3")
	k.write(table.Remove(table.Key{Partition: "uses//quotes", Sort: "1.0/0000000004"})) // as if the older program had come back for it
	k.write(table.Put(table.Key{Partition: "uses", Sort: "mark"}, []byte(`{"through":3}`)))
	add("1.0.4")
	if got := k.usesOf("", "Quotes", "1.0", 10); got != "1.0.4 1.0.3 1.0.2 1.0.1 1.0.0" {
		t.Errorf("Uses after an older program was back = %s", got)
	}
}

// A whole house is taken over in pieces: whoever is interrupted leaves what was
// done, and the next one goes on there.
func TestUsesOfManyOlderReleases(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const many = 1300
	var rows []records.Change
	for n := 1; n <= many; n++ {
		head := records.ReleaseHead{Release: choosing(fmt.Sprintf("1.0.%d", n), quotes("1.0")), Sequence: n}
		head.ID = fmt.Sprintf("Releases-%d", n)
		b, err := json.Marshal(head)
		k.must(err)
		rows = append(rows, table.Put(table.Key{Partition: "releases", Sort: head.ID}, b))
		if len(rows) == 100 {
			k.write(rows...)
			rows = nil
		}
	}
	k.write(table.Put(table.Key{Partition: "releases", Sort: "Releases-17"}, []byte("damaged")), table.Put(table.Key{Partition: "counters", Sort: "Releases"}, fmt.Append(nil, many)))
	interrupted := &failing{Table: k.table, after: 9}
	if _, _, err := records.New(interrupted, k.blobs).Uses(t.Context(), "", "Quotes", "1.0", "", 10); err == nil {
		t.Fatal("nothing was interrupted")
	}
	counted := &failing{Table: k.table, after: 1000}
	k.Records = records.New(counted, k.blobs)
	if got := strings.Count(k.usesOf("", "Quotes", "1.0", 100), " ") + 1; got != many-1 {
		t.Errorf("%d uses, want %d", got, many-1)
	}
	if counted.writes > 12 {
		t.Errorf("%d more writes; want the rest of the 17 only", counted.writes)
	}
	counted.writes = 0
	k.usesOf("", "Quotes", "1.0", 100)
	if counted.writes != 0 {
		t.Errorf("%d writes when all is there", counted.writes)
	}
}

// failing is a table that fails after so many writes.
type failing struct {
	table.Table
	writes, after int
}

func (f *failing) Write(ctx context.Context, changes ...table.Change) error {
	if f.writes++; f.writes > f.after {
		return errors.New("the power is gone")
	}
	return f.Table.Write(ctx, changes...)
}

// A release with more packages than a write takes is found by each of them, and one
// that did not come to be by none.
func TestUsesOfAReleaseWithManyPackages(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var all []pipelines.Selected
	for n := range 250 {
		all = append(all, pipelines.Selected{Package: fmt.Sprintf("Part%d", n), Version: "1.0"})
	}
	interrupted := &failing{Table: k.table, after: 2}
	if _, err := records.New(interrupted, k.blobs).AddRelease(t.Context(), choosing("0.9", all...), none); err == nil {
		t.Fatal("nothing was interrupted")
	}
	_, err := k.AddRelease(t.Context(), choosing("1.0", all[0]), none) // takes its place
	k.must(err)
	if got := k.usesOf("", "Part249", "1.0", 10) + k.usesOf("", "Part100", "1.0", 10); got != "" {
		t.Errorf("a release that did not come to be is found as %s", got)
	}
	_, err = k.AddRelease(t.Context(), choosing("1.1", all...), none)
	k.must(err)
	for _, n := range []int{1, 59, 60, 61, 160, 249} {
		if got := k.usesOf("", fmt.Sprint("part", n), "1.0", 10); got != "1.1" {
			t.Errorf("Uses of part %d = %q, want 1.1", n, got)
		}
	}
	if got := k.usesOf("", "part0", "1.0", 10); got != "1.1 1.0" {
		t.Errorf("Uses of part 0 = %q, want both", got)
	}
}
