package auditlog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"slipway/pipelines"
)

// Finding is one place at which a file is not as it was exported.
type Finding struct {
	Line    int    // 0: none in particular
	Subject string // the chain; "" for none
	Number  int64  // in the chain; 0 for none
	Message string
}

// String is the finding for people.
func (f Finding) String() string {
	out := f.Message
	switch {
	case f.Subject != "" && f.Number > 0:
		out = fmt.Sprintf("chain %s, entry %d: %s", f.Subject, f.Number, out)
	case f.Subject != "":
		out = fmt.Sprintf("chain %s: %s", f.Subject, out)
	}
	if f.Line > 0 {
		out = fmt.Sprintf("line %d: %s", f.Line, out)
	}
	return out
}

// Report is what became of checking a file.
type Report struct {
	Entries  int
	Chains   int
	Before   int    // entries from before the chains
	Anchors  int    // heads of chains that were held against the file
	Filter   string // of the export, "" where it is whole
	Known    string // where the log says of this very export what its last line says, "" where nothing that was kept does
	Held     bool   // what was kept was looked through for entries that fit the filter
	Loose    int    // entries that nothing but the last line holds: no later one of their chain, no anchor
	Key      string // that the last line is signed by, "" where it is not, or not rightly
	Trusted  bool   // it is the key that was given
	Findings []Finding
	Left     int // findings beyond those that are named
}

// OK says whether nothing was found.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// mostFindings bounds what is named; somebody who has cut half a file need not
// read a line for each entry.
const mostFindings = 50

// upgrading is how long a program of before the chains may have written beside
// the one that makes them.
const upgrading = 15 * time.Minute

// Verifier checks an export line by line, in the order in which it was written:
// the newest entry first.
type Verifier struct {
	report  Report
	line    int
	digest  hash.Hash
	last    place // of the line before
	former  place // of the one before that
	oldest  time.Time
	chains  map[string]*chain
	anchors map[string]map[int64]anchored
	trailer *Trailer
	told    map[string]told // what was kept says of exports, by digest
	late    []Finding       // said once it is known whether the export was filtered
	signed  signed          // of the last line
	key     string          // that should have signed it, "" where nobody says which
	older   bool            // the last line may lack what it lacked in older versions
}

// place is where an entry stands among all others.
type place struct {
	sort string
	line int
}

// NewVerifier makes one that has read nothing yet.
func NewVerifier() *Verifier {
	return &Verifier{digest: sha256.New(), chains: map[string]*chain{}, anchors: map[string]map[int64]anchored{}, told: map[string]told{}}
}

func (v *Verifier) find(f Finding) {
	if len(v.report.Findings) == mostFindings {
		v.report.Left++
		return
	}
	v.report.Findings = append(v.report.Findings, f)
}

// conclude is find for what is said of the whole file, however much was found in
// it.
func (v *Verifier) conclude(f Finding) { v.report.Findings = append(v.report.Findings, f) }

// Line takes the next line of the file, without its end.
func (v *Verifier) Line(line []byte) {
	v.line++
	if v.trailer != nil {
		v.find(Finding{Line: v.line, Message: "there is something behind the last line of the export: it was put there later"})
		return
	}
	if t, ok := trailerIn(line); ok {
		v.trailer, v.signed = &t, signatureOn(line, t.Key)
		return
	}
	_, _ = v.digest.Write(line) // a hash takes everything
	_, _ = v.digest.Write([]byte("\n"))
	v.report.Entries++
	var e pipelines.Event
	if err := json.Unmarshal(line, &e); err != nil || e.ID == "" {
		v.find(Finding{Line: v.line, Message: "this is no entry of an audit log: it was changed or put there"})
		return
	}
	v.order(e)
	claimed, has := Claimed(line)
	if claimed == "" {
		v.unchained(e)
		return
	}
	if claimed != has {
		v.find(Finding{Line: v.line, Subject: e.Subject, Number: e.Number, Message: "it was changed after it was written: its content does not fit its hash"})
	}
	if v.oldest.IsZero() || e.At.Before(v.oldest) {
		v.oldest = e.At
	}
	v.take(e.Subject, link{number: e.Number, line: v.line, hash: claimed, previous: e.Previous})
	if claimed == has && e.Category == Anchored {
		v.Anchor(fmt.Sprintf("line %d", v.line), e)
	}
}

// unchained is an entry from before the chains, which only its age speaks for.
func (v *Verifier) unchained(e pipelines.Event) {
	v.report.Before++
	switch {
	case e.Number > 0 || e.Previous != "" || e.Hash != "":
		v.find(Finding{Line: v.line, Subject: e.Subject, Number: e.Number, Message: "its hash was taken away or changed its form"})
	default:
		v.late = append(v.late, Finding{Line: v.line, Subject: e.Subject, Message: e.At.UTC().Format(time.RFC3339Nano)})
	}
}

// order holds a line against those before it: an export is written from the
// newest entry to the oldest. Of two that stand the wrong way round the one is
// blamed without which the others are in order.
func (v *Verifier) order(e pipelines.Event) {
	here := place{e.At.UTC().Format("2006-01-02T15:04:05.000000000Z") + "/" + e.ID, v.line}
	switch {
	case v.last.line == 0 || here.sort < v.last.sort:
		v.former, v.last = v.last, here
	case here.sort == v.last.sort:
		v.find(Finding{Line: v.line, Subject: e.Subject, Number: e.Number, Message: fmt.Sprintf("it is there twice, here and in line %d", v.last.line)})
	case v.former.line == 0 || here.sort < v.former.sort:
		v.find(Finding{Line: v.last.line, Message: "it stands in the wrong place: the line behind it is newer, and an export has the newest first"})
		v.last = here
	default:
		v.find(Finding{Line: v.line, Subject: e.Subject, Number: e.Number, Message: "it stands in the wrong place: it is newer than the line before it, and an export has the newest first"})
	}
}

// End is the report once the whole file was read.
func (v *Verifier) End() Report {
	if v.trailer == nil {
		v.conclude(Finding{Message: "the file ends before its end: the last line of an export says how many entries it has, and it is missing"})
	} else {
		v.report.Filter = v.trailer.Filter
	}
	for _, f := range v.late {
		at, err := time.Parse(time.RFC3339Nano, f.Message)
		if err == nil && !v.oldest.IsZero() && at.After(v.oldest.Add(upgrading)) {
			f.Message = "it has no hash, and is newer than entries that have one: it was put there"
			v.find(f)
		}
	}
	v.report.Chains = len(v.chains)
	v.endChains()
	v.report.Loose = v.loose()
	if t := v.trailer; t != nil {
		v.endSignature(*t)
		v.endExport(*t)
	}
	if v.report.Known == "" { // else what is known of the chains is what came after it
		v.endAnchors()
	}
	if t := v.trailer; t != nil {
		if t.Entries != v.report.Entries {
			v.conclude(Finding{Line: v.line, Message: fmt.Sprintf("the export had %d entries, the file has %d", t.Entries, v.report.Entries)})
		}
		if sum := hex.EncodeToString(v.digest.Sum(nil)); sum != t.Digest {
			v.conclude(Finding{Line: v.line, Message: "the file is not the one that was exported: the digest of its lines is another"})
		}
	}
	return v.report
}
