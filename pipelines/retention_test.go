package pipelines

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var retentionNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// lane reads `id days ok|failed [held]`, one entry for each comma.
func lane(text string) []Kept {
	var out []Kept
	for entry := range strings.SplitSeq(text, ",") {
		f := strings.Fields(entry)
		days, _ := strconv.Atoi(f[1])
		out = append(out, Kept{ID: f[0], At: retentionNow.AddDate(0, 0, -days), Directory: "/" + f[0], Succeeded: f[2] == "ok", Held: len(f) > 3})
	}
	return out
}

func TestRetention(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lane         string
		policy       Retention
		due, retired string
	}{
		{"a 9 ok, b 5 ok, c 1 ok", Retention{}, "", ""},
		{"a 9 ok, b 5 ok, c 1 ok", Retention{Days: 3}, "b a", "a"},
		{"a 9 ok, b 5 ok, c 1 ok", Retention{Days: 5}, "a", "a"},
		{"a 9 ok, b 8 ok, c 7 ok", Retention{Days: 3, Keep: 2}, "c b a", "a"},
		{"a 9 ok, b 5 ok, c 1 failed", Retention{Keep: 1}, "c", ""},
		{"a 9 ok, b 5 failed, c 1 ok", Retention{Keep: 1}, "b", "b"},
		{"a 9 ok, b 5 failed, c 1 failed", Retention{Days: 1}, "b a", "b"},
		{"a 9 ok held, b 5 ok, c 2 ok, d 1 ok", Retention{Days: 1}, "c b a", "b"},
		{"a 9 failed", Retention{Days: 1}, "a", ""},
	} {
		if got := strings.Join(tt.policy.Due(lane(tt.lane), retentionNow).Entries, " "); got != tt.due {
			t.Errorf("%+v.Due(%s) = %s, want %s", tt.policy, tt.lane, got, tt.due)
		}
		if got := strings.Join(tt.policy.Retire(lane(tt.lane), retentionNow).Entries, " "); got != tt.retired {
			t.Errorf("%+v.Retire(%s) = %s, want %s", tt.policy, tt.lane, got, tt.retired)
		}
	}
}

// TestWhatIsLiveIsNeverRetired looks at many lanes: whatever the policy, the
// newest and the newest success before it stay, with their directories.
func TestWhatIsLiveIsNeverRetired(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var entries []Kept
		for i := range random.IntN(8) {
			entries = append(entries, Kept{
				ID: strconv.Itoa(i), At: retentionNow.Add(-time.Duration(random.IntN(10)) * 24 * time.Hour),
				Directory: "/" + strconv.Itoa(random.IntN(6)), Succeeded: random.IntN(2) == 0, Held: random.IntN(9) == 0,
			})
		}
		policy := Retention{Days: random.IntN(5), Keep: random.IntN(4)}
		given := slices.Clone(entries)
		gone := policy.Retire(entries, retentionNow)
		if !slices.Equal(given, entries) {
			t.Fatal("the journal itself was changed")
		}
		// Of one moment, what comes later in the list is newer.
		newest := -1
		for i, k := range entries {
			if newest < 0 || !k.At.Before(entries[newest].At) {
				newest = i
			}
		}
		back := -1
		for i, k := range entries {
			older := newest >= 0 && i != newest && (k.At.Before(entries[newest].At) || k.At.Equal(entries[newest].At) && i < newest)
			if older && k.Succeeded && (back < 0 || !k.At.Before(entries[back].At)) {
				back = i
			}
		}
		for i, k := range entries {
			if i != newest && i != back && !k.Held {
				continue
			}
			if slices.Contains(gone.Entries, k.ID) || slices.Contains(gone.Directories, k.Directory) {
				t.Fatalf("%+v.Retire(%+v) = %+v takes %+v", policy, entries, gone, k)
			}
		}
	}
}
