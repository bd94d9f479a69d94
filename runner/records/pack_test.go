package records

import (
	"bytes"
	"strings"
	"testing"

	"slipway/runner/table"
)

// pages is a table that writes pages of 4 KB.
type pages struct{ table.Table }

func (pages) PageSize() int { return 4096 }

func TestPacked(t *testing.T) {
	t.Parallel()
	billed, paged := New(struct{ table.Table }{}, nil), New(pages{}, nil)
	for _, c := range []struct {
		size          int
		billed, paged bool // deflated
	}{{100, false, false}, {2000, true, false}, {4096, true, false}, {5000, true, true}} {
		value := []byte("{" + strings.Repeat("x", c.size-1))
		for _, on := range []struct {
			r    *Records
			want bool
		}{{billed, c.billed}, {paged, c.paged}} {
			stored := on.r.packed(value)
			if got := stored[0] == packMark; got != on.want {
				t.Errorf("%d bytes on %T: deflated is %v, want %v", c.size, on.r.table, got, on.want)
			}
			if back, err := unpacked(stored); err != nil || !bytes.Equal(back, value) {
				t.Errorf("%d bytes on %T do not come back: %d bytes, %v", c.size, on.r.table, len(back), err)
			}
		}
	}
}

func TestUnpackedRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for range 3 { // what unpacks is used again
		if _, err := unpacked([]byte{packMark, 0xff, 0xff, 0xff}); err == nil {
			t.Error("nonsense was unpacked")
		}
		if back, err := unpacked(packed(bytes.Repeat([]byte("a"), 5000))); err != nil || len(back) != 5000 {
			t.Errorf("%d bytes and %v after nonsense", len(back), err)
		}
	}
}
