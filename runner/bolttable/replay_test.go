package bolttable

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

var testID = logID{1, 2, 3}

// logOf is a file of the log with a record for each sequence from first to last.
func logOf(first, last uint64) []byte {
	var file []byte
	for s := first; s <= last; s++ {
		body := appendSet(make([]byte, frameHead), fmt.Appendf(nil, "p\x00%d", s), record{1, 0, bytes.Repeat([]byte{byte(s)}, int(s%50))})
		file = append(file, seal(body, testID, s)...)
	}
	return file
}

// holds says which records an overlay has, as "first-last".
func holds(o *overlay) string {
	var found []uint64
	for s := uint64(1); s < 1000; s++ {
		if _, known := o.get(fmt.Appendf(nil, "p\x00%d", s), maxSequence); known {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return "none"
	}
	if n := uint64(len(found)); found[n-1] != found[0]+n-1 {
		return fmt.Sprint(found)
	}
	return fmt.Sprintf("%d-%d", found[0], found[len(found)-1])
}

func damaged(file []byte, at int) []byte {
	file = bytes.Clone(file)
	file[at] ^= 4
	return file
}

func TestReplay(t *testing.T) {
	t.Parallel()
	size := func(first, last uint64) int { return len(logOf(first, last)) }
	foreign := logOf(5, 9)
	for at := 0; at < len(foreign); at++ {
		foreign[at] ^= 0x55
	}
	for _, c := range []struct {
		name      string
		contained uint64
		one, two  []byte
		want      string
		last      uint64
	}{
		{"nothing", 7, nil, nil, "none", 7},
		{"the first file", 0, logOf(1, 3), nil, "1-3", 3},
		{"zeros behind", 0, append(logOf(1, 3), make([]byte, 4096)...), make([]byte, 512), "1-3", 3},
		{"some are in the bolt file", 2, logOf(1, 5), nil, "3-5", 5},
		{"all are in the bolt file", 5, logOf(1, 5), nil, "none", 5},
		{"the second goes on", 0, logOf(1, 3), logOf(4, 6), "1-6", 6},
		{"the first goes on", 3, logOf(7, 9), logOf(4, 6), "4-9", 9},
		{"the older is in the bolt file", 3, logOf(1, 3), logOf(4, 6), "4-6", 6},
		{"older ones behind the maxSequence", 20, append(logOf(21, 22), logOf(5, 9)...), logOf(10, 20), "21-22", 22},
		{"another log's behind", 0, append(logOf(1, 2), foreign...), nil, "1-2", 2},
		{"cut in the last", 0, logOf(1, 3)[:size(1, 3)-9], nil, "1-2", 2},
		{"the last is torn", 0, damaged(logOf(1, 3), size(1, 2)+30), nil, "1-2", 2},
		{"the head of the last is torn", 0, damaged(logOf(1, 3), size(1, 2)+1), nil, "1-2", 2},
		{"the only one is torn", 0, damaged(logOf(1, 1), 9), nil, "none", 0},
		{"the first of a used file is torn", 9, append(damaged(logOf(10, 10), 9), logOf(2, 4)...), logOf(5, 9), "none", 9},
	} {
		o, err := replay(testID, c.contained, logContent{"log1", c.one}, logContent{"log2", c.two})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := holds(o); got != c.want || o.last != c.last {
			t.Errorf("%s: got %s up to %d, want %s up to %d", c.name, got, o.last, c.want, c.last)
		}
	}
}

// A record that was kept and is damaged is not passed over; who obeys the message can go on with what is before it.
func TestReplayNamesDamage(t *testing.T) {
	t.Parallel()
	size := len(logOf(1, 2))
	for _, c := range []struct {
		name     string
		one, two []byte
		want     []string
	}{
		{"a body in the middle", damaged(logOf(1, 5), size+frameHead), nil, []string{"log1 is damaged at byte " + fmt.Sprint(size), fmt.Sprintf("truncate -s %d log1", size)}},
		{"a head in the middle", damaged(logOf(1, 5), size), nil, []string{"log1 is damaged at byte " + fmt.Sprint(size)}},
		{"the first", damaged(logOf(1, 5), 0), nil, []string{"log1 is damaged at byte 0", "truncate -s 0 log1"}},
		{"one is missing", append(logOf(1, 2), logOf(4, 5)...), nil, []string{"log1 is damaged at byte " + fmt.Sprint(size)}},
		{"the last, and the other file goes on", damaged(logOf(1, 3), size+frameHead), logOf(4, 5), []string{"log2 goes on with record 4, and record 3 is nowhere", "truncate -s 0 log2"}},
		{"the beginning is missing", logOf(2, 3), nil, []string{"log1 goes on with record 2, and record 1 is nowhere", "truncate -s 0 log1"}},
	} {
		_, err := replay(testID, 0, logContent{"log1", c.one}, logContent{"log2", c.two})
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", c.name, err, want)
			}
		}
	}
	o, err := replay(testID, 0, logContent{"log1", damaged(logOf(1, 5), size)[:size]})
	if err != nil || holds(o) != "1-2" {
		t.Errorf("cut off as the message says: got %v, want records 1 and 2", err)
	}
}

// Wherever a file is cut, what was whole is there and nothing else; whichever bit is wrong, nothing wrong is believed.
func TestReplayAnyFault(t *testing.T) {
	t.Parallel()
	file := logOf(1, 9)
	for at := range file {
		o, err := replay(testID, 0, logContent{"log1", file[:at]})
		if err != nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
		if o.last > 0 && at < len(logOf(1, o.last))-frameAlign || at >= len(logOf(1, o.last+1)) {
			t.Fatalf("cut at %d: got records up to %d", at, o.last)
		}
		o, err = replay(testID, 0, logContent{"log1", damaged(file, at)})
		if err == nil && o.last < 8 {
			t.Fatalf("a wrong bit at %d: got records up to %d and no error", at, o.last)
		}
	}
}

// A value that somebody stores is no record, though it looks like one of this program: it does not have the log's id.
func TestValueIsNoRecord(t *testing.T) {
	t.Parallel()
	forged := seal(append(make([]byte, frameHead), "forged"...), logID{}, 2)
	body := appendSet(make([]byte, frameHead), []byte("p\x001"), record{1, 0, bytes.Repeat(forged, 20)})
	file := damaged(seal(body, testID, 1), 3)
	if o, err := replay(testID, 0, logContent{"log1", file}); err != nil || !o.empty() {
		t.Errorf("a torn record that holds such values: got %v, want it cut off", err)
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(logOf(1, 5), []byte(nil), uint64(0))
	f.Add(logOf(4, 5), logOf(1, 3), uint64(2))
	f.Add(damaged(logOf(1, 5), 60), logOf(6, 7), uint64(0))
	f.Fuzz(func(t *testing.T, one, two []byte, contained uint64) {
		o, err := replay(testID, contained, logContent{"log1", one}, logContent{"log2", two})
		if err != nil {
			return
		}
		if o.last < contained {
			t.Errorf("the log ends with %d, the file with %d", o.last, contained)
		}
		// What is good stays good when the next record is half written behind it.
		next := seal(append(make([]byte, frameHead), appendRemove(nil, []byte("p\x00k"))...), testID, o.last+1)
		whole, err := replay(testID, o.last, logContent{"log1", next}, logContent{"log2", next[:len(next)/2]})
		if err != nil || whole.last != o.last+1 && o.last != maxSequence {
			t.Errorf("the next record: got up to %d and %v, want up to %d", whole.last, err, o.last+1)
		}
	})
}

// FuzzChanges has bodies read that are not ours, behind a good checksum.
func FuzzChanges(f *testing.F) {
	f.Add(appendRemove(appendSet(nil, []byte("p\x00a"), record{3, 9, []byte("v")}), []byte("p\x00b")))
	f.Add([]byte{200, 1, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		var again []byte
		err := eachChange(body, func(key, value []byte) {
			again = appendBytes(again, key)
			again = appendBytes(again, value)
		})
		if err == nil && len(again) > len(body) {
			t.Errorf("%q is read as more than it is", body)
		}
	})
}
