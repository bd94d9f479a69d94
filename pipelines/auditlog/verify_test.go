package auditlog_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

const many = 10_000

// written is a log of so many entries in many chains, as it is exported: the
// newest first. Every 1,000 entries an anchor holds the chains that moved.
func written(n int) [][]byte {
	chance := rand.New(rand.NewPCG(1, 2))
	heads := map[string]auditlog.Head{}
	moved := map[string]bool{}
	var out [][]byte
	tell := func(e pipelines.Event) {
		e.ID, e.At = fmt.Sprintf("e%06d", len(out)), noon.Add(time.Duration(len(out))*10*time.Second)
		head := heads[e.Subject]
		head.Subject = e.Subject
		_, line, head := head.Link(e)
		heads[e.Subject] = head
		out = append(out, line)
	}
	for len(out) < n {
		if len(out)%1000 == 900 {
			var of []auditlog.Head
			for subject := range moved {
				of = append(of, heads[subject])
			}
			slices.SortFunc(of, func(a, b auditlog.Head) int { return strings.Compare(a.Subject, b.Subject) })
			for _, text := range auditlog.Anchors(of) {
				tell(pipelines.Event{Category: auditlog.Anchored, Subject: auditlog.OwnChain, Username: "system", Details: map[string]string{"heads": text}})
			}
			clear(moved)
			continue
		}
		subject := fmt.Sprintf("Projects-%d", chance.IntN(20))
		if chance.IntN(2) == 0 {
			subject = fmt.Sprintf("Deployments-%d", len(out)/6)
		}
		moved[subject] = true
		tell(pipelines.Event{
			Category: "Modified", Subject: subject, UserID: "Users-7", Username: "anna", Via: "session", From: "192.0.2.7", Message: "changed project Web",
			Project: "Projects-1", Environment: "Environments-2", Related: []string{"Projects-1"}, Details: map[string]string{"lines": "- value: 8080\n+ value: 8081\n"},
		})
	}
	slices.Reverse(out)
	return out
}

// finished puts the last line under an export, as it was before the log's entry of
// the export stood in it: what is found then is found by the entries alone.
func finished(lines [][]byte, filter string) [][]byte {
	digest := sha256.New()
	for _, l := range lines {
		digest.Write(append(slices.Clone(l), '\n'))
	}
	trailer := auditlog.Trailer{Format: 1, At: noon, By: "auditor", Filter: filter, Entries: len(lines), Digest: hex.EncodeToString(digest.Sum(nil))}
	return append(slices.Clone(lines), trailer.Line())
}

func verified(lines [][]byte, anchors ...[]byte) auditlog.Report {
	v := auditlog.NewVerifier()
	v.Older()
	for _, a := range anchors {
		v.AnchorLine("kept.json", a)
	}
	for _, l := range lines {
		v.Line(l)
	}
	return v.End()
}

func eventIn(t *testing.T, line []byte) pipelines.Event {
	t.Helper()
	var e pipelines.Event
	if err := json.Unmarshal(line, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// forged writes a chain anew from the entry at so many lines from the top, with
// change made to it, as somebody would who knows the rule.
func forged(t *testing.T, lines [][]byte, at int, change func(*pipelines.Event)) [][]byte {
	t.Helper()
	out := slices.Clone(lines)
	first := eventIn(t, lines[at])
	head := auditlog.Head{Subject: first.Subject, Number: first.Number - 1, Hash: first.Previous}
	for i := at; i >= 0; i-- {
		e := eventIn(t, lines[i])
		if e.Subject != first.Subject {
			continue
		}
		if i == at {
			change(&e)
		}
		_, out[i], head = head.Link(e)
	}
	return out
}

func TestWhatIsAsItWasExportedIsFoundSo(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, many} {
		r := verified(finished(written(n), ""))
		if !r.OK() || r.Entries != n {
			t.Errorf("of %d entries: %d, %v", n, r.Entries, few(r))
		}
	}
	// A filtered one has gaps, which it may have.
	var some [][]byte
	for i, l := range written(many) {
		if i%3 == 0 {
			some = append(some, l)
		}
	}
	if r := verified(finished(some, "person=anna")); !r.OK() || r.Filter != "person=anna" {
		t.Errorf("filtered: %v", few(r))
	}
}

// TestEachFieldThatIsEditedIsFound in whichever entry, also where the last line
// was made to fit.
func TestEachFieldThatIsEditedIsFound(t *testing.T) {
	t.Parallel()
	const several = 1500
	lines := written(several)
	for _, edit := range []struct{ name, was, is string }{
		{"hash", `"hash":"`, `"hash":"0`}, {"id", `"id":"e`, `"id":"f`}, {"at", `"at":"2026`, `"at":"2025`}, {"category", `"Modified"`, `"Created"`}, {"subject", `"subject":"`, `"subject":"X`},
		{"userId", "Users-7", "Users-8"}, {"username", `"anna"`, `"ben"`}, {"via", `"session"`, `"api key"`}, {"from", "192.0.2.7", "192.0.2.8"}, {"message", "changed project", "looked at"},
		{"project", `"project":"Projects-1"`, `"project":"Projects-2"`}, {"environment", "Environments-2", "Environments-3"}, {"related", `["Projects-1"]`, `["Projects-2"]`}, {"details", "8081", "8082"},
		{"number", `"number":`, `"number":9`}, {"previous", `"previous":"`, `"previous":"0`}, {"a field more", `"via":`, `"approved":true,"via":`}, {"a field twice", `"message":`, `"message":"x","message":`}, {"white space", `,"via"`, `, "via"`},
	} {
		for _, at := range []int{0, 1, several / 2, several - 2, several - 1} {
			for bytes.Contains(lines[at], []byte(`"Anchored"`)) || !bytes.Contains(lines[at], []byte(`"previous"`)) && edit.name == "previous" {
				at = (at + several - 1) % several
			}
			changed := slices.Clone(lines)
			changed[at] = bytes.Replace(lines[at], []byte(edit.was), []byte(edit.is), 1)
			if bytes.Equal(changed[at], lines[at]) {
				t.Fatalf("%s: nothing to edit in %s", edit.name, lines[at])
			}
			r := verified(finished(changed, ""))
			if r.OK() || !slices.ContainsFunc(r.Findings, func(f auditlog.Finding) bool { return f.Line == at+1 }) {
				t.Errorf("%s edited in line %d: %v", edit.name, at+1, few(r))
			}
		}
	}
}

// TestEachKindOfTamperingIsFound. hidden is the same by somebody who also makes
// the last line fit; alone says that this cannot be told from the file.
func TestEachKindOfTamperingIsFound(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1500, many} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			tamper(t, n)
		})
	}
}

func tamper(t *testing.T, n int) {
	lines := written(n)
	anchorAt := slices.IndexFunc(lines, func(l []byte) bool { return bytes.Contains(l, []byte(`"Anchored"`)) })
	inDeployment := func(from int) int {
		return from + slices.IndexFunc(lines[from:], func(l []byte) bool {
			e := eventIn(t, l)
			return strings.HasPrefix(e.Subject, "Deployments-") && e.Number == 2
		})
	}
	mid := inDeployment(n / 2)
	for _, c := range []struct {
		name  string
		do    func() [][]byte
		says  string
		alone bool
	}{
		{"drop the first", func() [][]byte { return lines[1:] }, "", true},
		{"drop one in the middle", func() [][]byte { return slices.Delete(slices.Clone(lines), mid, mid+1) }, eventIn(t, lines[mid]).Subject, false},
		{"drop the last", func() [][]byte { return lines[:n-1] }, "missing", false},
		{"swap two", func() [][]byte {
			out := slices.Clone(lines)
			out[mid], out[mid+1] = out[mid+1], out[mid]
			return out
		}, "wrong place", false},
		{"swap far ones", func() [][]byte {
			out := slices.Clone(lines)
			out[10], out[mid] = out[mid], out[10]
			return out
		}, "wrong place", false},
		{"turn round", func() [][]byte { out := slices.Clone(lines); slices.Reverse(out); return out }, "wrong place", false},
		{"double one", func() [][]byte { return slices.Insert(slices.Clone(lines), mid, lines[mid]) }, "twice", false},
		{"double one elsewhere", func() [][]byte { return slices.Insert(slices.Clone(lines), 7, lines[mid]) }, "", false},
		{"insert one", func() [][]byte {
			e := eventIn(t, lines[mid])
			e.ID, e.At = "zz", e.At.Add(-time.Millisecond)
			_, line, _ := auditlog.Head{Subject: e.Subject, Number: e.Number - 1, Hash: e.Previous}.Link(e)
			return slices.Insert(slices.Clone(lines), mid+1, line)
		}, "already", false},
		{"insert one without a chain", func() [][]byte {
			e := eventIn(t, lines[mid])
			line := fmt.Sprintf(`{"id":"zz","at":%q,"category":"Modified","subject":"x","userId":"","username":"","via":"","message":""}`, e.At.Add(-time.Millisecond).Format(time.RFC3339Nano))
			return slices.Insert(slices.Clone(lines), mid+1, []byte(line))
		}, "put there", false},
		{"insert nonsense", func() [][]byte { return slices.Insert(slices.Clone(lines), mid, []byte("nonsense")) }, "no entry", false},
		{"cut the newest off", func() [][]byte { return lines[anchorAt+1:] }, "", true},
		{"cut the oldest off", func() [][]byte { return lines[:mid] }, "missing", false},
		{"write a chain anew", func() [][]byte {
			return forged(t, lines, mid, func(e *pipelines.Event) { e.Username = "nobody" })
		}, "anchor", false},
		{"drop a whole chain", func() [][]byte {
			gone := eventIn(t, lines[mid]).Subject
			return slices.DeleteFunc(slices.Clone(lines), func(l []byte) bool { return eventIn(t, l).Subject == gone })
		}, "whole chain", false},
	} {
		changed := c.do()
		if n == many { // what is found must be found fast, too
			if r := verified(finished(changed, "")); r.OK() != c.alone || !c.alone && !says(r, c.says) {
				t.Errorf("%s in %d entries: %v, want %q", c.name, n, few(r), c.says)
			}
			continue
		}
		honest := append(slices.Clone(changed), finished(lines, "")[n])
		if r := verified(honest); r.OK() || !says(r, c.says) {
			t.Errorf("%s: %v, want %q", c.name, r.Findings, c.says)
		}
		r := verified(finished(changed, ""))
		if r.OK() != c.alone || !c.alone && !says(r, c.says) {
			t.Errorf("%s, and the last line with it: %v, want %q", c.name, r.Findings, c.says)
		}
		if r := verified(finished(changed, ""), lines[0], lines[anchorAt]); r.OK() {
			t.Errorf("%s, held against anchors kept elsewhere: nothing was found", c.name)
		}
		if r := verified(changed); r.OK() || !says(r, "before its end") {
			t.Errorf("%s without a last line: %v", c.name, few(r))
		}
	}
}

func says(r auditlog.Report, text string) bool {
	return slices.ContainsFunc(r.Findings, func(f auditlog.Finding) bool { return strings.Contains(f.String(), text) })
}

// TestClocksThatDiffer put entries of one chain into another order than their
// numbers, which is no fault.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	var lines [][]byte
	head := auditlog.Head{Subject: "Users-1"}
	for i, second := range []int{0, 2, 1, 5, 4, 3, 6} {
		_, line, next := head.Link(pipelines.Event{ID: fmt.Sprint(i), At: noon.Add(time.Duration(second) * time.Second), Subject: "Users-1"})
		lines, head = append(lines, line), next
	}
	slices.SortFunc(lines, func(a, b []byte) int { return eventIn(t, b).At.Compare(eventIn(t, a).At) })
	if r := verified(finished(lines, "")); !r.OK() {
		t.Errorf("found %v", few(r))
	}
	for i := range lines {
		// The newest one of all is known by the last line only.
		r := verified(finished(slices.Delete(slices.Clone(lines), i, i+1), ""))
		if newest := eventIn(t, lines[i]).Number == 7; r.OK() != newest {
			t.Errorf("without line %d: %v", i+1, few(r))
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	lines := finished(written(many), "")
	b.ReportAllocs()
	for b.Loop() {
		if r := verified(lines); !r.OK() {
			b.Fatal(few(r))
		}
	}
}

func FuzzVerifyAnything(f *testing.F) {
	for _, l := range finished(written(3), "") {
		f.Add(l, l)
	}
	f.Add([]byte(`{"hash":"`), []byte(`{"export":{}}`))
	f.Fuzz(func(_ *testing.T, a, b []byte) {
		v := auditlog.NewVerifier()
		v.AnchorLine("x", a)
		v.Line(a)
		v.Line(b)
		_ = v.End()
	})
}

// few are the first findings of a report.
func few(r auditlog.Report) []auditlog.Finding { return r.Findings[:min(len(r.Findings), 4)] }
