package records_test

import (
	"testing"

	"slipway/runner/table"
)

func TestHighestRelease(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, c := range []struct{ add, want string }{
		{"", ""}, {"stable", "stable"}, {"1.0.9", "1.0.9"}, {"1.0.10", "1.0.10"}, {"1.0.2", "1.0.10"}, {"2.0.0-beta", "2.0.0-beta"}, {"1.9", "2.0.0-beta"}, {"2.0.0", "2.0.0"},
	} {
		if c.add != "" {
			_, err := k.AddRelease(t.Context(), release(c.add), none)
			k.must(err)
		}
		if got, err := k.HighestRelease(t.Context(), "Projects-1"); err != nil || got != c.want {
			t.Errorf("HighestRelease after %q = %q, %v; want %q", c.add, got, err, c.want)
		}
	}
	// Older programs did not keep it.
	for _, kept := range []string{`{"number":"1.0.9","through":2}`, `{"number":"","through":0}`, "damaged"} {
		k.write(table.Put(table.Key{Partition: "project/Projects-1", Sort: "highest"}, []byte(kept)))
		if got, err := k.HighestRelease(t.Context(), "Projects-1"); err != nil || got != "2.0.0" {
			t.Errorf("HighestRelease with %s kept = %q, %v", kept, got, err)
		}
	}
	if got, err := k.HighestRelease(t.Context(), "Projects-2"); err != nil || got != "" {
		t.Errorf("HighestRelease of another project = %q, %v", got, err)
	}
}
