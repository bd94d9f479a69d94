package auditlog_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// tampering is one way to tamper with an export.
type tampering struct {
	kind  string // edit, drop, insert, swap
	where string // first, middle, newest of a chain of several; only: of a chain of one
	own   bool   // the hash of the entry itself is made anew
	last  int
}

// What is done to the rest of the file, so that it fits.
const (
	asItWas     = iota
	digestAnew  // the last line's digest and count
	withoutItem // and the log's entry is taken out of it
	itemAnew    // or made anew
	allAnew     // and each entry linked anew, each anchor written anew
)

func tamperings() (out []tampering) {
	for _, where := range []string{"first", "middle", "newest", "only"} {
		for last := asItWas; last <= itemAnew; last++ {
			out = append(out, tampering{"edit", where, false, last})
		}
		for last := asItWas; last <= allAnew; last++ {
			for _, kind := range []string{"edit", "drop", "insert", "swap"} {
				out = append(out, tampering{kind, where, true, last})
			}
		}
	}
	return out
}

// words are what the file alone says of it; "" is what only a key or what was kept
// elsewhere finds.
func (c tampering) words(filtered bool) string {
	end := c.where == "newest" || c.where == "only"
	switch {
	case c.last == asItWas:
		return "the digest of its lines is another"
	case c.last == digestAnew:
		return "the log's entry of the export, which it brings, says something else"
	case c.last == withoutItem:
		return "the last line does not bring the log's entry of the export"
	case c.kind == "swap":
		return "it stands in the wrong place"
	case c.last == allAnew:
		return ""
	case c.kind == "insert" && !end:
		return "the chain has an entry of this number already"
	case c.kind == "insert":
		return ""
	case c.kind == "edit" && !c.own:
		return "it was changed after it was written"
	case c.kind == "edit" && !end:
		return "one of them was changed or exchanged"
	case filtered:
		return ""
	case c.kind == "edit":
		return "it is not the entry that the anchor of line "
	case c.where == "newest":
		return "its end was cut off"
	case c.where == "only":
		return "the whole chain is missing"
	}
	return "is missing"
}

// place is a line to tamper with, which is of anna as all that the filter lets through.
func (c tampering) place(t *testing.T, entries []pipelines.Event) int {
	t.Helper()
	of := map[string][]int{}
	for i, e := range entries {
		if e.Subject == auditlog.OwnChain {
			continue
		}
		of[e.Subject] = append(of[e.Subject], i)
	}
	best := -1
	for _, at := range of {
		found := -1
		switch {
		case c.where == "only" && len(at) == 1, c.where == "newest" && len(at) > 2:
			found = at[0]
		case c.where == "middle" && len(at) > 2:
			found = at[len(at)/2]
		case c.where == "first" && len(at) > 2:
			found = at[len(at)-1]
		}
		if found >= 0 && found < len(entries)-1 && (best < 0 || found < best) {
			best = found
		}
	}
	if best < 0 {
		t.Fatalf("no chain has a line that is %s", c.where)
	}
	return best
}

// of is the lines, tampered with.
func (c tampering) of(t *testing.T, lines [][]byte, entries []pipelines.Event) [][]byte {
	t.Helper()
	out, at := slices.Clone(lines), c.place(t, entries)
	e := entries[at]
	before := auditlog.Head{Subject: e.Subject, Number: e.Number - 1, Hash: e.Previous}
	switch c.kind {
	case "edit":
		if out[at] = bytes.Replace(lines[at], []byte("anna"), []byte("otto"), 1); c.own {
			e.Username = "otto"
			_, out[at], _ = before.Link(e)
		}
	case "drop":
		out = slices.Delete(out, at, at+1)
	case "insert":
		into := at + 1
		put := pipelines.Event{ID: e.ID[:len(e.ID)-1], At: e.At, Category: "Modified", Subject: e.Subject, Username: "anna", Message: "never was"}
		switch c.where {
		case "newest":
			before, into, put.ID = auditlog.Head{Subject: e.Subject, Number: e.Number, Hash: e.Hash}, at, e.ID+"x"
		case "only":
			before = auditlog.Head{Subject: "Projects-9999"}
			put.Subject = before.Subject
		}
		_, line, _ := before.Link(put)
		out = slices.Insert(out, into, line)
	case "swap":
		out[at], out[at+1] = out[at+1], out[at]
	}
	if c.last == allAnew {
		return anew(t, out)
	}
	return out
}

// anew links all lines again, from the oldest on, and writes the anchors in them
// for what the chains are then.
func anew(t *testing.T, lines [][]byte) [][]byte {
	t.Helper()
	heads, out := map[string]auditlog.Head{}, slices.Clone(lines)
	for i := len(out) - 1; i >= 0; i-- {
		e := eventIn(t, out[i])
		if e.Category == auditlog.Anchored {
			var of []auditlog.Head
			for _, h := range auditlog.Heads(e) {
				if now := heads[h.Subject]; now.Number > 0 {
					of = append(of, now)
				}
			}
			e.Details = map[string]string{"heads": strings.Join(auditlog.Anchors(of), "")}
		}
		head := heads[e.Subject]
		head.Subject = e.Subject
		_, out[i], heads[e.Subject] = head.Link(e)
	}
	return out
}

// anchored is a log with the anchor that an export begins with.
func anchored(t *testing.T, log [][]byte) [][]byte {
	t.Helper()
	heads := map[string]auditlog.Head{}
	var of []auditlog.Head
	for _, l := range log {
		e := eventIn(t, l)
		if _, met := heads[e.Subject]; !met {
			heads[e.Subject] = auditlog.Head{Subject: e.Subject, Number: e.Number, Hash: e.Hash}
			of = append(of, heads[e.Subject])
		}
	}
	own, at, out := heads[auditlog.OwnChain], eventIn(t, log[0]).At, log
	own.Subject = auditlog.OwnChain
	texts := auditlog.Anchors(of)
	for i, text := range texts {
		_, line, next := own.Link(pipelines.Event{ID: fmt.Sprint("anchor", i), At: at.Add(time.Minute + time.Duration(i)), Category: auditlog.Anchored, Subject: auditlog.OwnChain, Username: "system", Details: map[string]string{"heads": text}})
		out, own = slices.Insert(slices.Clone(out), 0, line), next
	}
	return out
}

// lastLine is the trailer of a file.
func lastLine(t *testing.T, file [][]byte) auditlog.Trailer {
	t.Helper()
	var in struct{ Export auditlog.Trailer }
	if err := json.Unmarshal(file[len(file)-1], &in); err != nil {
		t.Fatal(err)
	}
	return in.Export
}

// TestATableOfTamperings: each with an entry of a whole export and of a filtered
// one, by somebody without the server's key. What the file alone does not show is
// found by the key, and by a log that was kept.
func TestATableOfTamperings(t *testing.T) {
	t.Parallel()
	for _, n := range []int{400, many} {
		log := anchored(t, written(n))
		anna := auditlog.Filter{Person: "anna"}
		var some [][]byte
		for _, l := range log {
			if anna.Matches(eventIn(t, l)) {
				some = append(some, l)
			}
		}
		for _, of := range []struct {
			lines  [][]byte
			filter string
			asked  *auditlog.Filter
		}{{log, "", nil}, {some, anna.String(), &anna}} {
			t.Run(fmt.Sprintf("%d %s", n, of.filter), func(t *testing.T) {
				t.Parallel()
				whole, after := signedExport(t, log, of.lines, of.filter, of.asked, theirs)
				asItIs := checkedBy(theirs, whole)
				if !asItIs.OK() || !asItIs.Trusted || of.filter == "" && asItIs.Loose != 1 {
					t.Fatalf("as it is: %+v", asItIs)
				}
				var entries []pipelines.Event
				for _, l := range of.lines {
					entries = append(entries, eventIn(t, l))
				}
				for _, c := range tamperings() {
					if n == many && (c.last != itemAnew || !c.own || of.filter != "") {
						continue // the same, and slower
					}
					c.check(t, of.lines, entries, of.filter, of.asked, log, whole, after, asItIs.Loose)
				}
			})
		}
	}
}

func (c tampering) check(t *testing.T, lines [][]byte, entries []pipelines.Event, filter string, asked *auditlog.Filter, log, whole, after [][]byte, loose int) {
	t.Helper()
	changed := c.of(t, lines, entries)
	var file [][]byte
	switch last := lastLine(t, whole); c.last {
	case asItWas:
		file = append(changed, whole[len(whole)-1])
	case digestAnew, withoutItem:
		again, _ := told(t, log, changed, filter, asked)
		made := lastLine(t, again)
		if made.Entry = last.Entry; c.last == withoutItem {
			made.Entry = nil
		}
		file = append(changed, made.Line())
	case itemAnew:
		file, _ = told(t, log, changed, filter, asked)
	case allAnew:
		of := log
		if filter == "" {
			of = changed
		}
		file, _ = told(t, of, changed, filter, asked)
	}
	want := c.words(filter != "")
	r := checked(file)
	switch {
	case want != "" && (r.OK() || !says(r, want)):
		t.Errorf("%+v of %d: %v, want %q", c, len(lines), few(r), want)
	case want == "" && (!r.OK() || r.Trusted || r.Key != "" || r.Loose < 1):
		t.Errorf("%+v of %d: %v, signed by %q, %d held by the last line; want what only others find", c, len(lines), few(r), r.Key, r.Loose)
	case want == "" && c.kind == "insert" && c.last == itemAnew && r.Loose <= loose-1:
		t.Errorf("%+v of %d: %d are held by the last line only, without it %d", c, len(lines), r.Loose, loose)
	}
	if len(lines) > many/2 {
		return // the same, and slower
	}
	if r := checkedBy(theirs, file); r.OK() || c.last != asItWas && !says(r, "the last line is not signed") {
		t.Errorf("%+v of %d, by the key: %v", c, len(lines), few(r))
	}
	if r := checked(file, after...); r.OK() {
		t.Errorf("%+v of %d, by a log that was kept: nothing was found", c, len(lines))
	}
	// By a key of their own.
	made := lastLine(t, file)
	mine := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	made.Key = auditlog.KeyText(mine.Public().(ed25519.PublicKey))
	file[len(file)-1] = made.SignedLine(ed25519.Sign(mine, made.ToSign()))
	if r := checkedBy(theirs, file); r.OK() || !says(r, "signed by another key") {
		t.Errorf("%+v of %d, signed by another key: %v", c, len(lines), few(r))
	}
}

var theirs = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))

// checkedBy is checked with the key that should have signed.
func checkedBy(key ed25519.PrivateKey, file [][]byte) auditlog.Report {
	v := auditlog.NewVerifier()
	v.Key(auditlog.KeyText(key.Public().(ed25519.PublicKey)))
	for _, l := range file {
		v.Line(l)
	}
	return v.End()
}

// TestASignatureIsOfEachByte of the last line.
func TestASignatureIsOfEachByte(t *testing.T) {
	t.Parallel()
	log := anchored(t, written(20))
	file, _ := signedExport(t, log, log, "", nil, theirs)
	last := file[len(file)-1]
	if r := checkedBy(theirs, file); !r.OK() || !r.Trusted || r.Key == "" {
		t.Fatalf("as it is: %+v", r)
	}
	if r := checked(file); !r.OK() || r.Trusted || r.Key == "" {
		t.Errorf("without a key: %+v", r)
	}
	for i := range last {
		changed := bytes.Clone(last)
		changed[i] ^= 1
		if r := checkedBy(theirs, append(slices.Clone(file[:len(file)-1]), changed)); r.OK() || r.Trusted {
			t.Errorf("with byte %d of the last line changed: %v", i, few(r))
		}
	}
	for _, more := range []string{" ", `,"signature":"x"}`, "}"} {
		if r := checkedBy(theirs, append(slices.Clone(file[:len(file)-1]), append(bytes.Clone(last), more...))); r.OK() {
			t.Errorf("with %q behind it nothing was found", more)
		}
	}
	if _, err := auditlog.ReadKey("AAAA"); err == nil || !strings.Contains(err.Error(), "slipway audit key") {
		t.Errorf("a key of three bytes: %v", err)
	}
}
