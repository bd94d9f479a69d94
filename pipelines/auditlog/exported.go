package auditlog

import (
	"encoding/json"
	"fmt"
	"time"

	"slipway/pipelines"
)

// Older says that the file comes from a Slipway whose last line did not bring the
// log's entry yet.
func (v *Verifier) Older() { v.older = true }

// endExport holds the last line against what the log says of the export: in the
// entry that the line brings, and in what was kept elsewhere.
func (v *Verifier) endExport(t Trailer) {
	switch {
	case t.Entry != nil:
		v.ownEntry(t)
	case !v.older:
		v.conclude(Finding{Line: v.line, Message: "the last line does not bring the log's entry of the export: it was taken out, or a Slipway wrote the file that did not yet put it there. If you know that one did, say --older"})
	}
	k, known := v.told[t.Digest]
	switch {
	case known && saysOf(k.entry, t):
		v.report.Known = k.from
	case known:
		v.conclude(Finding{Line: v.line, Message: fmt.Sprintf("the last line was changed: the log in %s says that the export is %s", k.from, called(k.entry.Details["filter"]))})
	}
}

func called(filter string) string {
	if filter == "" {
		return "whole"
	}
	return "filtered (" + filter + ")"
}

// ownEntry looks at the entry that the log has of the export. It is the newest of
// the log's own chain, behind those of the file.
func (v *Verifier) ownEntry(t Trailer) {
	claimed, has := Claimed(t.Entry)
	var e pipelines.Event
	if claimed == "" || claimed != has || json.Unmarshal(t.Entry, &e) != nil || e.Subject != OwnChain || e.Number < 1 || !saysOf(e, t) {
		v.conclude(Finding{Line: v.line, Message: "the last line was changed: the log's entry of the export, which it brings, says something else"})
		return
	}
	if a, kept := v.anchors[OwnChain][e.Number]; kept {
		if a.hash != claimed {
			v.conclude(Finding{Line: v.line, Subject: OwnChain, Number: e.Number, Message: "the log's entry of the export is not the one that " + a.from + " knows: the last line was written anew"})
			return
		}
		v.report.Known = a.from
	}
	c := v.chains[OwnChain]
	switch {
	case c == nil || e.Number > c.top.number+1: // filtered, or others wrote meanwhile
	case e.Number <= c.top.number:
		v.conclude(Finding{Line: v.line, Subject: OwnChain, Number: e.Number, Message: "the log's entry of the export is not behind the entries that it exports"})
	case e.Previous != c.top.hash:
		v.join(OwnChain, link{number: e.Number, line: v.line, hash: claimed, previous: e.Previous}, c.top)
	}
}

// underWay is for how long an entry may be written: one whose time is just before
// an export need not be in it.
const underWay = time.Minute

// Kept looks, after End, through what was kept elsewhere for an entry that fits the
// filter of the export and is not in it. It says whether the line could be held
// against the file: an export says by what it was filtered unless it shows only
// what one person may see.
func (v *Verifier) Kept(from string, line []byte) bool {
	t := v.trailer
	if t == nil || t.Asked == nil {
		return false
	}
	v.report.Held = true
	claimed, has := Claimed(line)
	var e pipelines.Event
	if claimed == "" || claimed != has || json.Unmarshal(line, &e) != nil || !e.At.Before(t.At.Add(-underWay)) || !t.Asked.Matches(e) {
		return true
	}
	if !v.anchors[e.Subject][e.Number].seen {
		v.find(Finding{Subject: e.Subject, Number: e.Number, Message: "it fits the filter and is missing: " + from + " has it"})
	}
	return true
}

// Report is what was found up to now: after End, and again after Kept.
func (v *Verifier) Report() Report { return v.report }
