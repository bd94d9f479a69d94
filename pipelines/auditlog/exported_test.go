package auditlog_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// told is an export of a log with its own entry in the last line, and the log with
// that entry.
func told(t *testing.T, log, lines [][]byte, filter string, asked *auditlog.Filter) (export, after [][]byte) {
	t.Helper()
	return signedExport(t, log, lines, filter, asked, nil)
}

// signedExport is told, signed by a key if there is one.
func signedExport(t *testing.T, log, lines [][]byte, filter string, asked *auditlog.Filter, key ed25519.PrivateKey) (export, after [][]byte) {
	t.Helper()
	digest := sha256.New()
	for _, l := range lines {
		digest.Write(append(slices.Clone(l), '\n'))
	}
	last := eventIn(t, log[0])
	tr := auditlog.Trailer{Format: 1, At: last.At.Add(time.Hour), By: "auditor", Filter: filter, Asked: asked, Entries: len(lines), Digest: hex.EncodeToString(digest.Sum(nil))}
	if key != nil {
		tr.Key = auditlog.KeyText(key.Public().(ed25519.PublicKey))
	}
	head := auditlog.Head{Subject: auditlog.OwnChain}
	for _, l := range log {
		if e := eventIn(t, l); e.Subject == auditlog.OwnChain {
			head = auditlog.Head{Subject: e.Subject, Number: e.Number, Hash: e.Hash}
			break
		}
	}
	_, line, _ := head.Link(pipelines.Event{ID: "export", At: tr.At, Category: auditlog.Exported, Subject: auditlog.OwnChain, Username: "<auditor>", Details: tr.Details()})
	tr.Entry = line
	if key != nil {
		return append(slices.Clone(lines), tr.SignedLine(ed25519.Sign(key, tr.ToSign()))), append([][]byte{line}, log...)
	}
	return append(slices.Clone(lines), tr.Line()), append([][]byte{line}, log...)
}

// checked verifies a file against lines that were kept, as the command does.
func checked(file [][]byte, kept ...[]byte) auditlog.Report {
	v := auditlog.NewVerifier()
	for _, a := range kept {
		v.AnchorLine("kept.jsonl", a)
	}
	for _, l := range file {
		v.Line(l)
	}
	if v.End().Filter != "" {
		for _, a := range kept {
			v.Kept("kept.jsonl", a)
		}
	}
	return v.Report()
}

// TestTheLogKnowsItsExports: the last line is bound to an entry of the log, so that
// neither it nor what it counts can be changed unseen by who has a later log.
func TestTheLogKnowsItsExports(t *testing.T) {
	t.Parallel()
	log := written(1500)
	project := auditlog.Filter{Subject: "Projects-3"}
	var of [][]byte
	for _, l := range log {
		if project.Matches(eventIn(t, l)) {
			of = append(of, l)
		}
	}
	whole, after := told(t, log, log, "", nil)
	some, afterSome := told(t, log, of, project.String(), &project)
	if r := checked(whole, after...); !r.OK() || r.Known != "kept.jsonl" {
		t.Errorf("whole: known by %q, %v", r.Known, few(r))
	}
	if r := checked(whole); !r.OK() || r.Known != "" {
		t.Errorf("whole, against nothing: known by %q, %v", r.Known, few(r))
	}
	if r := checked(some, afterSome...); !r.OK() || r.Known != "kept.jsonl" || !r.Held {
		t.Errorf("filtered: known by %q, held %t, %v", r.Known, r.Held, few(r))
	}
	if r := checked(some, log...); !r.OK() || r.Known != "" || !r.Held {
		t.Errorf("filtered, against an older log: known by %q, held %t, %v", r.Known, r.Held, few(r))
	}

	// An entry is dropped and all that comes after it made to fit.
	dropped := slices.Delete(slices.Clone(of), 3, 4)
	forged, _ := told(t, log, dropped, project.String(), &project)
	if r := checked(forged); !r.OK() || r.Filter == "" {
		t.Errorf("filtered without an entry: %v, which the file alone cannot tell", few(r))
	}
	if r := checked(forged, log...); r.OK() || !says(r, "fits the filter and is missing: kept.jsonl has it") {
		t.Errorf("against an older log: %v", few(r))
	}
	if r := checked(forged, afterSome...); r.OK() || !says(r, "not the one that kept.jsonl knows") {
		t.Errorf("against a later log: %v", few(r))
	}

	// A whole export is called a filtered one.
	relabelled, _ := told(t, log, slices.Delete(slices.Clone(log), 700, 701), "text=e", &auditlog.Filter{Text: "e"})
	if r := checked(relabelled, log...); r.OK() || !says(r, "is missing") {
		t.Errorf("relabelled: %v", few(r))
	}
	last := len(whole) - 1
	for was, is := range map[string]string{`"filter":""`: `"filter":"person=ada"`, `"entries":1500`: `"entries":1499`} {
		changed := append(slices.Clone(whole[:last]), bytes.Replace(whole[last], []byte(was), []byte(is), 1))
		if r := checked(changed); r.OK() || !says(r, "the log's entry of the export, which it brings, says something else") {
			t.Errorf("%s for %s: %v", is, was, few(r))
		}
	}
	at := bytes.Index(whole[last], []byte(`,"entry":`))
	bare := append(slices.Clone(whole[last][:at]), "}}"...)
	bare = bytes.Replace(bare, []byte(`"filter":""`), []byte(`"filter":"person=ada"`), 1)
	if r := checked(append(slices.Clone(whole[:last]), bare), after...); r.OK() || !says(r, "says that the export is whole") {
		t.Errorf("relabelled, and its entry taken out: %v", few(r))
	}
	// The entry of another export is put there.
	_, other := told(t, log, of, "", nil)
	swapped := slices.Clone(whole)
	swapped[last] = []byte(strings.Replace(string(whole[last]), string(after[0]), string(other[0]), 1))
	if r := checked(swapped); r.OK() {
		t.Error("with the entry of another export nothing was found")
	}
}

// TestAnOlderExport has no entry in its last line, and whoever knows that says so.
func TestAnOlderExport(t *testing.T) {
	t.Parallel()
	lines := written(50)
	if r := verified(finished(lines, ""), lines...); !r.OK() || r.Known != "" {
		t.Errorf("whole: %v", few(r))
	}
	if r := verified(finished(lines[:10], "seen-by=ada"), lines...); !r.OK() || r.Held {
		t.Errorf("filtered: held %t, %v", r.Held, few(r))
	}
	if r := checked(finished(lines, "")); r.OK() || !says(r, "say --older") {
		t.Errorf("not said to be older: %v", few(r))
	}
}
